// flags:
// Typedefs that lower the alignment of their type, as compat_u64 does.
typedef unsigned long long rt_compat_u64 __attribute__((aligned(4)));
typedef long rt_long1 __attribute__((aligned(1)));
typedef int rt_int2 __attribute__((aligned(2)));

struct rt_compat {
	int a;
	rt_compat_u64 b;
	int c;
};

struct rt_unaligned {
	char a;
	rt_long1 b;
	char c;
};

struct rt_half {
	char a;
	rt_int2 b;
	short c;
	rt_int2 d;
	char e;
};

struct rt_arrays {
	char a;
	rt_compat_u64 b[2];
	rt_long1 c[3];
	int d;
};

struct rt_with_plain {
	char a;
	rt_compat_u64 b;
	unsigned long long c;
};
