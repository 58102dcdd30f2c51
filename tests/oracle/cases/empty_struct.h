// flags:
// GNU C: records without members have size 0.
struct es0_empty {
};
union es0_union {
};
struct es0_aligned {
} __attribute__((aligned(8)));

struct es0_user {
	char a;
	struct es0_empty b;
	char c;
	struct es0_aligned d;
	char e;
	union es0_union f;
	struct es0_empty g[4];
	int h;
};

struct es0_only {
	struct es0_empty a;
	struct es0_empty b;
};
