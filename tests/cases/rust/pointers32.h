// hdrgen: '*' --target i386-linux-gnu
// A 32-bit target, whose records are read by 64-bit programs: pointers are addresses of 4 bytes, and
// integers go by their size.
struct node {
	struct node *next;
	long long time;
	unsigned long flags;
	const char *name;
	int (*compare)(const struct node *, const struct node *);
};
