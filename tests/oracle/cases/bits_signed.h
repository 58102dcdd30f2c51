// flags:
struct bs_signed {
	signed int a : 3;
	signed int b : 7;
	signed int c : 22;
	signed char d : 5;
	signed short e : 11;
	signed long long f : 45;
};

struct bs_unsigned {
	unsigned int a : 1;
	unsigned int b : 31;
	unsigned char c : 8;
	unsigned short d : 15;
	unsigned long long e : 63;
	unsigned int f : 32;
};

struct bs_plain {
	int a : 4;
	int b : 4;
	short c : 9;
	long d : 30;
};
