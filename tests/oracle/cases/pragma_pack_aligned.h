// flags:
// #pragma pack against aligned members, aligned records and bit-fields.
struct ppa_over {
	int x;
} __attribute__((aligned(16)));

#pragma pack(push, 1)
struct ppa_member {
	char a;
	int b __attribute__((aligned(8)));
	char c;
};
struct ppa_record {
	char a;
	struct ppa_over b;
	char c;
};
struct ppa_self {
	char a;
	long long b;
} __attribute__((aligned(4)));
struct ppa_bits {
	char a;
	unsigned b : 5;
	unsigned c : 30;
	unsigned long long d : 60;
	char e;
};
#pragma pack(pop)

#pragma pack(push, 2)
struct ppa_bits2 {
	char a;
	unsigned b : 31;
	unsigned c : 31;
	char d;
	int : 0;
	char e;
};
struct ppa_member2 {
	char a;
	long long b __attribute__((aligned(4)));
	int c;
};
#pragma pack(pop)
