// flags:
// Records far beyond a page: byte offsets past 2^22, bit offsets past 2^24.
struct lg_big {
	int data[1 << 20];
	char last;
};
struct lg_more {
	char first;
	struct lg_big rows[4];
	long long after;
};
struct lg_bits_late {
	int data[1 << 18];
	unsigned a : 5;
	unsigned b : 20;
	char c;
};
