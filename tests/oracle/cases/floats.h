// flags:
struct fl_basic {
	char a;
	float b;
	char c;
	double d;
	char e;
};

struct fl_packed {
	char a;
	float b;
	double c;
} __attribute__((packed));

union fl_union {
	float a;
	double b;
	unsigned int c;
	unsigned long long d;
};

struct fl_arrays {
	float m[3];
	double n[2][2];
	float *p;
};
