// flags:
struct ld_plain {
	char a;
	long double b;
	char c;
};

struct ld_array {
	int a;
	long double b[2];
};

union ld_union {
	long double a;
	char b[20];
};

struct ld_packed {
	char a;
	long double b;
} __attribute__((packed));
