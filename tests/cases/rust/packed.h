// hdrgen: '*' --target x86_64-linux-gnu
// Packed records: the whole, up to an alignment, single members, and a bit-field of no width.
struct wire {
	unsigned char type;
	unsigned int length;
	unsigned short crc;
} __attribute__((packed));

#pragma pack(push, 2)
struct half_packed {
	unsigned char type;
	unsigned int length;
};
#pragma pack(pop)

struct one_packed {
	char a;
	int b __attribute__((packed));
	short c;
};

struct cut {
	char a;
	int : 0;
	char b;
} __attribute__((packed));
