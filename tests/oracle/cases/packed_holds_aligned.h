// flags:
// A packed record that holds records of raised alignment.
struct pha_inner16 {
	int x;
} __attribute__((aligned(16)));

struct pha_outer {
	char a;
	struct pha_inner16 b;
} __attribute__((packed));

struct pha_array {
	char a;
	struct pha_inner16 b[2];
	char c;
} __attribute__((packed));

union pha_union {
	char a[3];
	struct pha_inner16 b;
} __attribute__((packed));

struct pha_twice {
	char a;
	struct pha_outer b;
	union pha_union c;
} __attribute__((packed, aligned(2)));

struct pha_typed {
	short s;
	struct {
		char t;
		struct pha_inner16 u;
	} __attribute__((packed)) v;
};
