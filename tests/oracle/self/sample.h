// flags:
// What the self-test mutates: one of everything the oracle claims to see. sample.json is its right answer for x86_64-linux-gnu.
enum color { RED = -1, GREEN, BLUE = 7 };

typedef unsigned long size_type;

typedef struct {
	short low;
	char high;
} pair;

struct plain {
	char a;
	const int b;
	size_type c;
	pair d[2][3];
	enum color e;
};

struct bits {
	unsigned a : 3;
	signed long long b : 40;
	_Bool c : 1;
	union {
		int all;
		struct {
			unsigned short x : 9;
			unsigned char y;
		};
	};
};

struct tight {
	char a;
	long b;
	struct {
		int in;
	} c;
} __attribute__((packed, aligned(2)));

struct later;

struct pointers {
	const char *a;
	struct plain **b;
	int (*c)(int, const struct tight *, ...);
	struct later *d;
	union value {
		float f;
		unsigned char raw[5];
	} e;
	_Atomic int g;
	char tail[];
};
