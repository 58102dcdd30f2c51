// flags:
union up_basic {
	char a;
	short b;
	int c;
	long d;
	long long e;
	float f;
	double g;
	void *h;
};

union up_arrays {
	char bytes[13];
	short words[4];
	int dwords[2];
};

union up_one {
	char c;
};

union up_packed {
	char a[5];
	int b;
	long long c;
} __attribute__((packed));

struct up_holder {
	char tag;
	union up_basic value;
	union up_packed tail;
	union up_one last;
};
