// hdrgen: '*' --target x86_64-linux-gnu
// Bit-fields: signed, bool and enum ones, and one that touches nine bytes.
enum mode { MODE_OFF, MODE_ON, MODE_AUTO };

struct flags {
	unsigned char kind;
	unsigned int width : 5;
	int delta : 7;
	_Bool ready : 1;
	enum mode mode : 2;
	unsigned long long serial : 40;
};

struct nine_bytes {
	unsigned char low : 3;
	unsigned long long value : 64;
	unsigned char high : 5;
} __attribute__((packed));
