// flags: -Wno-deprecated-non-prototype
// Function pointers without a prototype.
struct knr_ops {
	char a;
	int (*b)();
	void (*c)();
	struct knr_ops *(*d)();
	int (*e[2])();
	char f;
};
typedef long knr_fn();
struct knr_typed {
	knr_fn *fn;
};
