// flags:
// Unnamed padding and zero-width bit-fields.
struct bu_padding {
	unsigned a : 3;
	unsigned : 5;
	unsigned b : 8;
	unsigned : 16;
	unsigned c : 1;
	unsigned : 31;
};

struct bu_zero {
	unsigned a : 3;
	unsigned : 0;
	unsigned b : 3;
	unsigned char : 0;
	unsigned c : 3;
	unsigned long long : 0;
	unsigned d : 3;
};

struct bu_zero_ends {
	unsigned : 0;
	char a;
	unsigned short : 0;
	char b;
	unsigned long long : 0;
};

struct bu_leading {
	unsigned : 7;
	unsigned a : 2;
	char : 3;
	char b;
};

struct bu_only_named_tail {
	char a;
	long long : 40;
	char b;
};
