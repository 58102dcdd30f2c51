// flags:
// long, pointers and size_t change width with the target.
struct lt_all {
	char a;
	long b;
	char c;
	unsigned long d;
	short e;
	void *f;
	char g;
	__SIZE_TYPE__ h;
	char i;
};
struct lt_arrays {
	unsigned long bits[5];
	char a;
	long b[2][3];
};
union lt_union {
	long a;
	int b;
	char c[5];
};
struct lt_bits {
	long a : 5;
	unsigned long b : 27;
	unsigned long c : 31;
	unsigned long d : 32;
};
