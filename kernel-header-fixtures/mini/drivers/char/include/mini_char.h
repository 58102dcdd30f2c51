#ifndef _MINI_CHAR_H
#define _MINI_CHAR_H

#include <linux/fs.h>
#include <linux/list.h>

union mini_word {
	u32 whole;
	u16 halves[2];
};

struct mini_slot {
	struct list_head list;
	union mini_word word;
	struct file *file;
};

#endif
