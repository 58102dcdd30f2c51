// flags:
// 128-bit integers, where the target has them.
struct i128_fallback {
	char a;
	long long hi;
	long long lo;
};

#ifdef __SIZEOF_INT128__
struct i128_plain {
	char a;
	__int128 b;
	char c;
	unsigned __int128 d;
	char e;
};

struct i128_packed {
	char a;
	__int128 b;
} __attribute__((packed));

union i128_union {
	unsigned __int128 whole;
	unsigned long long half[2];
};

typedef unsigned __int128 i128_u __attribute__((aligned(16)));
struct i128_aligned {
	long a;
	i128_u b;
	char c;
};

struct i128_array {
	int a;
	__int128 b[2];
	__int128 *c;
};
#endif
