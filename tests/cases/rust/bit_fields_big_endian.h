// hdrgen: '*' --target s390x-linux-gnu
// The same on a big-endian target: bits count from the most significant one.
struct flags {
	unsigned char kind;
	unsigned int width : 5;
	int delta : 7;
	unsigned long long serial : 40;
};

struct nine_bytes {
	unsigned char low : 3;
	unsigned long long value : 64;
	unsigned char high : 5;
} __attribute__((packed));
