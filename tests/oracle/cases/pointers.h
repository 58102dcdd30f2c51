// flags:
// Pointers to arrays, to functions and to pointers.
struct pt_target {
	int x;
};

struct pt_data {
	char a;
	void *b;
	const void *c;
	int *d;
	int **e;
	int ***f;
	struct pt_target *g;
	const struct pt_target *const h;
	int (*i)[4];
	int (*j[2])[3][5];
	char *k[3];
	char *(*l)[3];
};

struct pt_code {
	char a;
	void (*b)(void);
	int (*c)(int, char *);
	int (*d)(const char *, ...);
	struct pt_target (*e)(struct pt_target);
	struct pt_target *(*f)(struct pt_code *, struct pt_target *);
	void (*g)(void (*)(int), int (*)[3]);
	void (**h)(void);
	int (*(*i)(int))(char);
	int (*(*j)(void))[4];
};
