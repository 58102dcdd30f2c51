// hdrgen: '*' --target x86_64-linux-gnu
// Packed and aligned at once, which no repr of Rust says: a packed record inside an aligned one, bytes
// where an aligned one is inside a packed one, and padding where one member is aligned.
struct both {
	int a;
	long b;
} __attribute__((packed, aligned(8)));

struct aligned16 {
	int x;
} __attribute__((aligned(16)));

struct holds_aligned {
	char a;
	struct aligned16 b;
} __attribute__((packed));

struct one_aligned {
	char a;
	int b __attribute__((aligned(8)));
	char c;
} __attribute__((packed));
