// hdrgen: 'struct holder' --target x86_64-linux-gnu
// What is known by its name only, and values that Rust has no type for.
struct never_defined;
struct not_followed {
	int x;
};

struct holder {
	struct never_defined *a;
	const struct not_followed *b;
	void *c;
	const void *d;
	long double e;
	unsigned __int128 f;
	int g __attribute__((vector_size(16)));
	_Complex double h;
};
