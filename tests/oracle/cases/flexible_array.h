// flags:
struct fa_bytes {
	int len;
	char data[];
};

struct fa_tail_padding {
	long long a;
	char b;
	char data[];
};

struct fa_aligned_elem {
	char a;
	long long data[];
};

struct fa_elem {
	short a;
	char b;
};

struct fa_records {
	char count;
	struct fa_elem rows[];
};

struct fa_pointers {
	int n;
	void *items[];
};

struct fa_two_dims {
	char a;
	int grid[][3];
};

struct fa_nested_last {
	int a;
	struct fa_bytes b;
};
