// flags:
// long long and double have alignment 4 inside i386 records, 8 elsewhere.
struct ua_u64 {
	char a;
	unsigned long long b;
	char c;
};
struct ua_double {
	int a;
	double b;
	int c;
};
struct ua_nested {
	int a;
	struct ua_u64 b;
	int c;
	struct ua_double d[2];
};
union ua_union {
	int a;
	unsigned long long b;
	char c[9];
};
struct ua_user {
	char a;
	union ua_union b;
	long long c __attribute__((aligned(8)));
	char d;
};
struct ua_bits {
	int a;
	unsigned long long b : 33;
	char c;
	unsigned long long d : 10;
};
