// flags:
struct oa_page {
	char a;
} __attribute__((aligned(4096)));
struct oa_holder {
	char a;
	struct oa_page b;
	char c;
};
struct oa_max {
	char a;
	char b __attribute__((aligned));
	char c;
};
struct oa_nested {
	short a;
	struct {
		char b;
		int c __attribute__((aligned(32)));
	} d;
	union {
		char e;
		short f __attribute__((aligned(8)));
	};
	char g;
};
struct oa_alignas {
	char a;
	_Alignas(16) char b;
	_Alignas(long long) char c;
	char d;
};
