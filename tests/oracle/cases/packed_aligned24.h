// flags:
// packed with aligned(2) and aligned(4) over mixed members.
struct pa4_mixed {
	char a;
	short b;
	int c;
	long long d;
	char e;
} __attribute__((packed, aligned(4)));

struct pa2_mixed {
	char a;
	short b;
	int c;
	long long d;
	char e;
} __attribute__((packed, aligned(2)));

struct pa4_odd {
	char a[3];
	long b;
	char c[2];
} __attribute__((packed, aligned(4)));

struct pa2_holder {
	char a;
	struct pa2_mixed b;
	struct pa4_mixed c;
};
