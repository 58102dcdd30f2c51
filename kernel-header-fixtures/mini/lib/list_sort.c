#include <linux/list.h>

struct sort_run {
	struct list_head *head;
	size_t length;
};

size_t run_length(const struct sort_run *run)
{
	return run->length;
}
