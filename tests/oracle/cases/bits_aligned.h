// flags:
// Bit-fields with an alignment of their own, or packed one by one.
struct ba_aligned {
	unsigned a : 3;
	unsigned b : 4 __attribute__((aligned(4)));
	unsigned char c : 2;
	unsigned char d : 5 __attribute__((aligned(2)));
	unsigned long long e : 40 __attribute__((aligned(16)));
	char f;
};

struct ba_member_packed {
	char a;
	unsigned b : 30 __attribute__((packed));
	unsigned c : 30;
	unsigned d : 6 __attribute__((packed));
};

typedef unsigned ba_u32_a8 __attribute__((aligned(8)));
typedef unsigned ba_u32_a1 __attribute__((aligned(1)));
struct ba_typedefs {
	char a;
	ba_u32_a8 b : 9;
	char c;
	ba_u32_a1 d : 27;
	char e;
};

struct ba_packed_aligned {
	unsigned a : 3;
	unsigned b : 4 __attribute__((aligned(4)));
	char c;
} __attribute__((packed));
