// flags:
struct np_all {
	char a;
	short b;
	char c;
	int d;
	char e;
	long f;
	char g;
	long long h;
	char i;
	void *j;
	char k;
};

struct np_tail {
	long long a;
	char b;
};

struct np_reverse {
	long long a;
	long b;
	int c;
	short d;
	char e;
};

struct np_nested {
	char a;
	struct np_tail b;
	char c;
	struct np_all d;
	char e;
};

struct np_single {
	signed char only;
};
