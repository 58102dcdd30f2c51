// flags:
// #pragma pack(1|2|4) with push and pop.
#pragma pack(push, 1)
struct pp1 {
	char a;
	short b;
	int c;
	long long d;
};
#pragma pack(push, 2)
struct pp2 {
	char a;
	short b;
	int c;
	long long d;
	char e;
};
#pragma pack(4)
struct pp4 {
	char a;
	long long b;
	short c;
	void *d;
	char e;
};
union pp4_union {
	char a;
	long long b;
};
#pragma pack(pop)
struct pp1_again {
	char a;
	double b;
};
#pragma pack(pop)

struct pp_natural {
	char a;
	struct pp1 b;
	struct pp2 c;
	struct pp4 d;
	union pp4_union e;
	long long f;
};
