// hdrgen: --fields task=pid,on_cpu,inner --fields box=last --target x86_64-linux-gnu
/* Only the members asked for, where they are; one of them within a member without a name. */
struct box { int first; long middle; char last; };
struct task {
	int state;
	unsigned on_rq : 1, on_cpu : 2;
	union {
		int pid;
		struct { int a, b, c; };
	};
	char comm[16];
	struct box inner;
	struct box *other;
};
