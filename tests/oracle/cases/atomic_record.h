// flags:
// _Atomic rounds odd sizes up and raises the alignment.
struct ar_three {
	char c[3];
};
struct ar_eight {
	int a;
	int b;
};
struct ar_twelve {
	int a[3];
};

struct ar_user {
	char a;
	_Atomic(struct ar_three) b;
	char c;
	_Atomic(struct ar_eight) d;
	char e;
	_Atomic(struct ar_twelve) f;
	char g;
	_Atomic(struct ar_three) h[2];
};
