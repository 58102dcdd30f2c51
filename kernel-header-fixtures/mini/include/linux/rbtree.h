/* Red-black trees: the parent pointer's low bits hold the colour. */
#ifndef _LINUX_RBTREE_H
#define _LINUX_RBTREE_H

#include <linux/types.h>

struct rb_node {
	unsigned long parent_and_colour;
	struct rb_node *right;
	struct rb_node *left;
} __aligned(sizeof(long));

struct rb_root {
	struct rb_node *rb_node;
};

struct rb_root_cached {
	struct rb_root root;
	struct rb_node *leftmost;
};

#endif
