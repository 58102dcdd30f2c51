// flags:
// packed on single members of an ordinary record.
struct pom_first {
	char a;
	int b __attribute__((packed));
	short c __attribute__((packed));
	int d;
};

struct pom_mid {
	char a;
	short b;
	long long c __attribute__((packed));
	char d;
	long long e;
};

struct pom_only {
	char a;
	long b __attribute__((packed));
};

struct pom_array {
	char a;
	int b[2] __attribute__((packed));
	char c;
	int d;
};
