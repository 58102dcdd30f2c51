// hdrgen: '*' --target x86_64-linux-gnu
// Records without a name: what they are called, and methods for what C reaches without naming them.
struct task {
	int state;
	union {
		struct {
			int pid;
			int tgid;
		};
		long id;
	};
	struct {
		unsigned int on_rq : 1;
		unsigned int cpu : 10;
		char comm[16];
	};
	struct {
		long usage;
	} thread;
	struct {
		int key;
	} slots[2], *spare;
};

typedef struct {
	int counter;
} atomic_t;

union word {
	unsigned int all;
	struct {
		unsigned short low;
		unsigned short high;
	};
	_Bool flag;
};
