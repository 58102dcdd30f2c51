// flags:
// Zero-length arrays: at the end, in the middle, and of aligned elements.
struct za_last {
	int a;
	char data[0];
};

struct za_middle {
	char a;
	long long mark[0];
	char b;
	int other[0];
	char c;
};

struct za_first {
	char start[0];
	int a;
};

struct za_markers {
	int a;
	unsigned char group_begin[0];
	short b;
	short c;
	unsigned char group_end[0];
	long d;
};

struct za_of_arrays {
	char a;
	int m[0][4];
	int n[4][0];
	char b;
};

union za_union {
	char none[0];
	int a;
};
