// hdrgen: "struct outer" "struct bits" --target x86_64-linux-gnu
// An attribute on a member without a name, in a packed record; bit-fields that compilers warn of.
enum wide { WIDE_NEGATIVE = -1, WIDE = 9 };

struct outer {
	char first;
	struct {
		int a;
		char b;
	} __attribute__((aligned(4)));
	char last;
} __attribute__((packed));

struct bits {
	unsigned char low : 3;
	unsigned char high : 7 __attribute__((packed));
	enum wide value : 4;
	short end;
};
