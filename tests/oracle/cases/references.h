// flags:
// Records that refer to themselves and to each other.
struct ref_list {
	struct ref_list *next, *prev;
};

struct ref_tree {
	int key;
	struct ref_tree *child[2];
	struct ref_tree **parent;
	struct ref_list node;
};

struct ref_b;
struct ref_a {
	struct ref_b *b;
	int x;
};
struct ref_b {
	struct ref_a a;
	struct ref_a *pa;
	struct ref_b *self;
	int (*visit)(struct ref_b *, struct ref_a *);
};

typedef struct ref_node ref_node_t;
struct ref_node {
	ref_node_t *next;
	struct {
		ref_node_t *up;
		struct ref_node *down;
	} link;
};
