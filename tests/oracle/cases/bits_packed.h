// flags:
// Packed bit-fields that cross their storage units.
struct bp_cross {
	unsigned a : 5;
	unsigned b : 31;
	unsigned c : 29;
	unsigned short d : 15;
	unsigned char e : 7;
	unsigned long long f : 61;
} __attribute__((packed));

struct bp_nine_bytes {
	unsigned char lead : 3;
	unsigned long long wide : 64;
	unsigned char tail : 5;
} __attribute__((packed));

struct bp_signed {
	signed int a : 7;
	signed long long b : 50;
	signed short c : 13;
	signed char d : 2;
} __attribute__((packed));

struct bp_with_bytes {
	char a;
	unsigned b : 12;
	char c;
	unsigned d : 20;
	short e;
	unsigned f : 4;
} __attribute__((packed));
