#include "mini_char.h"

struct mini_queue {
	struct mini_slot *slots[MINI_CHAR_SLOTS];
	unsigned int head, tail;
};

unsigned int mini_queued(const struct mini_queue *queue)
{
	return queue->head - queue->tail;
}
