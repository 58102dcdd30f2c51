// flags:
// Bit-fields of 64-bit base type that are wider than 32 bits or straddle 32-bit borders.
struct bw_wide {
	unsigned long long a : 33;
	unsigned long long b : 31;
	unsigned long long c : 64;
	unsigned long long d : 40;
	unsigned long long e : 40;
	signed long long f : 63;
	unsigned long long g : 1;
};

struct bw_straddle {
	unsigned long long a : 30;
	unsigned long long b : 5;
	unsigned long long c : 28;
	unsigned long long d : 2;
	unsigned int e : 30;
	unsigned int f : 3;
};

struct bw_after_byte {
	char a;
	unsigned long long b : 56;
	char c;
	unsigned long long d : 57;
};
