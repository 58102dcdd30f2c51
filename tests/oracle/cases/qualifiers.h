// flags:
struct q_rec {
	int x;
};
struct q_members {
	const int a;
	volatile char b;
	const volatile long long c;
	int *restrict d;
	const char *const restrict e;
	volatile struct q_rec f;
	const struct q_rec g[2];
	struct q_rec *volatile h;
	const volatile void *const volatile i;
	volatile unsigned bit : 3;
	const int (*const j)[2];
};
