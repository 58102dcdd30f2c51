// flags:
// Pointers that carry an address space, as the kernel's __user and __percpu may.
struct as1_target {
	int x;
};
#define as1_user __attribute__((address_space(1)))
struct as1_user_ptrs {
	char a;
	int as1_user *b;
	struct as1_target as1_user *c;
	const char as1_user *const as1_user *d;
	void as1_user *e[2];
	void (*f)(void as1_user *, int);
	char g;
};
typedef char as1_user *as1_str;
struct as1_typedef {
	as1_str s;
};
