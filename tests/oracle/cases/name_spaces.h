// flags:
// One word as a tag and as a typedef of something else: two name spaces in C, one in Rust.
struct ns_both {
	char tag_side;
	long long x;
};
typedef struct {
	short typedef_side;
} ns_both;

enum ns_enum { NS_A = 1, NS_B };
typedef unsigned char ns_enum;

union ns_ptr {
	int a;
	char b[6];
};
typedef union ns_ptr *ns_ptr;

struct ns_user {
	struct ns_both tagged;
	ns_both typed;
	enum ns_enum e;
	ns_enum t;
	union ns_ptr u;
	ns_ptr p;
};
