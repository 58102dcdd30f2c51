// flags:
union bn_union {
	unsigned a : 3;
	unsigned long long b : 40;
	signed char c : 7;
	char d;
};

union bn_small {
	unsigned a : 1;
};

union bn_unnamed {
	unsigned : 17;
	char a;
	int : 0;
};

union bn_packed {
	unsigned a : 3;
	unsigned long long b : 41;
} __attribute__((packed));

struct bn_holder {
	char a;
	union bn_union b;
	union bn_small c;
	union bn_packed d;
	unsigned e : 4;
};
