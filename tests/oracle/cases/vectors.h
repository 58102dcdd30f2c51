// flags:
typedef int vec_i2 __attribute__((vector_size(8)));
typedef int vec_i4 __attribute__((vector_size(16)));
typedef unsigned char vec_c16 __attribute__((vector_size(16)));
typedef float vec_f4 __attribute__((vector_size(16)));

struct vec_small {
	char a;
	vec_i2 b;
	char c;
};

struct vec_large {
	char a;
	vec_i4 b;
	char c;
	vec_c16 d;
	vec_f4 e;
};

struct vec_array {
	int a;
	vec_i4 b[2];
	vec_i4 *p;
};

union vec_union {
	vec_c16 bytes;
	unsigned long long words[2];
};

struct vec_packed {
	char a;
	vec_i4 b;
} __attribute__((packed));
