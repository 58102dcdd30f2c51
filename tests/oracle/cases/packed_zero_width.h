// flags:
// Zero-width bit-fields inside packed records still move the next member.
struct pzw_int {
	char a;
	int : 0;
	char b;
} __attribute__((packed));

struct pzw_mixed {
	char a;
	unsigned b : 3;
	int : 0;
	unsigned c : 5;
	short : 0;
	long long d;
} __attribute__((packed));

struct pzw_char {
	unsigned a : 1;
	char : 0;
	unsigned b : 1;
	long long : 0;
	unsigned c : 1;
	char d;
} __attribute__((packed));

struct pzw_tail {
	char a;
	int : 0;
} __attribute__((packed));
