// flags:
struct cx_float {
	char a;
	_Complex float b;
	char c;
};

struct cx_double {
	char a;
	_Complex double b;
	char c;
	_Complex double d[2];
};

struct cx_long_double {
	char a;
	_Complex long double b;
	char c;
};

struct cx_int {
	char a;
	_Complex int b;
	char c;
};
