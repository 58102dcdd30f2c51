// flags:
struct as_scalars {
	char a;
	_Atomic int b;
	char c;
	_Atomic(char) d;
	_Atomic long long e;
	_Atomic(void *) f;
	_Atomic _Bool g;
	_Atomic unsigned short h;
};

typedef _Atomic int as_counter;
struct as_typedef {
	char a;
	as_counter b;
	as_counter c[3];
	_Atomic int *d;
	const _Atomic int e;
};
