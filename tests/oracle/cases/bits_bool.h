// flags:
struct bb_bools {
	_Bool a : 1;
	_Bool b : 1;
	int c : 3;
	_Bool d : 1;
	unsigned char e;
	_Bool f : 1;
};

typedef _Bool bb_flag;
struct bb_typedef {
	bb_flag a : 1;
	unsigned long long b : 40;
	bb_flag c : 1;
	bb_flag d;
};

struct bb_zero {
	_Bool a : 1;
	_Bool : 0;
	_Bool b : 1;
	int : 0;
	_Bool c : 1;
};
