// hdrgen: task --accessors core --target x86_64-linux-gnu
/* The same through CO-RE relocations. */
struct inner { int a; };
struct task {
	int state;
	unsigned on_rq : 1, prio : 10;
	_Bool done;
	union {
		int pid;
		struct { short low, high; };
	};
	char comm[16];
	struct inner inner;
	char large[300];
	struct task *parent;
	long tail[];
};
