// flags:
typedef union {
	int *i;
	char *c;
	const void *v;
} tu_arg __attribute__((transparent_union));

union tu_tagged {
	long *l;
	void *v;
} __attribute__((transparent_union));

struct tu_user {
	char a;
	tu_arg b;
	union tu_tagged c;
	int (*d)(tu_arg, union tu_tagged);
};
