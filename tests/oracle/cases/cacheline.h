// flags:
// aligned(64) members in the manner of ____cacheline_aligned.
struct cl_hot {
	int lock;
	long count;
	int head __attribute__((aligned(64)));
	int spare;
	int tail __attribute__((aligned(64)));
	char flag;
};

struct cl_whole {
	char a;
	long b;
} __attribute__((aligned(64)));

struct cl_pad {
	char a;
	struct {
	} pad __attribute__((aligned(64)));
	char b;
};

struct cl_array {
	char a;
	struct cl_whole rows[2];
	long b;
};
