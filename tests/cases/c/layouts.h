// hdrgen: '*' --target x86_64-linux-gnu
// Attributes exactly where the layout needs them.
typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;

struct natural {
	u8 a;
	u64 b;
};

struct event {
	u32 events;
	u64 data;
} __attribute__((packed));

struct compat {
	u32 a;
	u64 b;
	u32 c;
} __attribute__((packed, aligned(4)));

struct one_member {
	u64 a;
	u8 b;
	u64 c __attribute__((packed));
	u64 d;
};

struct cache {
	u32 lock;
	u32 count __attribute__((aligned(64)));
};

struct whole_line {
	u32 lock;
} __attribute__((aligned(64)));

union wide {
	u8 bytes[20];
	u32 words[5];
} __attribute__((aligned(16)));

struct bits {
	u32 a : 3;
	u32 : 5;
	u32 b : 12;
	u32 : 0;
	u32 c : 1;
	u8 d : 4;
	u64 e : 40;
};

struct packed_bits {
	u8 a;
	u32 b : 30;
	u32 c : 30;
} __attribute__((packed));
