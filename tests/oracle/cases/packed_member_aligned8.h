// flags:
// A packed record in which one member asks for aligned(8).
struct pma_last {
	char a;
	int b __attribute__((aligned(8)));
	char c;
} __attribute__((packed));

struct pma_three {
	char a;
	long long b __attribute__((aligned(8)));
	char c;
	short d;
} __attribute__((packed));

struct pma_aligned2 {
	char a;
	long long b __attribute__((aligned(2)));
	char c;
	int d;
} __attribute__((packed));

struct pma_first {
	int a __attribute__((aligned(16)));
	char b;
	long long c;
} __attribute__((packed));
