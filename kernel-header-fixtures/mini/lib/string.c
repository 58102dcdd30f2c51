#include <linux/types.h>

struct word_at_a_time {
	const unsigned long one_bits, high_bits;
};

size_t strlen(const char *text)
{
	size_t length = 0;

	while (text[length])
		length++;
	return length;
}
