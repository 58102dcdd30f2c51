// hdrgen: '*' --target x86_64-linux-gnu
// Keywords, Rust's own types, and one word for a tag and an unrelated typedef.
typedef unsigned int u32;
typedef signed char s8;
typedef _Bool bool;
typedef unsigned long usize;
typedef struct list list;
struct list {
	struct list *next;
};

struct type {
	u32 match;
	s8 self;
	bool r;
	usize fn : 12;
	list *in;
};

struct u64 {
	int Option;
};

struct counter {
	long value;
};
typedef int counter;
struct uses {
	struct counter tagged;
	counter typed;
};
