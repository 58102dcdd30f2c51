// flags:
struct aa_elem {
	char c;
} __attribute__((aligned(16)));

struct aa_packed_elem {
	char c;
	int i;
} __attribute__((packed));

struct aa_user {
	char a;
	struct aa_elem b[3];
	char c;
	struct aa_packed_elem d[3];
	char e;
	int f[2] __attribute__((aligned(32)));
	char g;
};

union aa_union {
	struct aa_elem a[2];
	struct aa_packed_elem b[7];
};
