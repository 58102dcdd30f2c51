// flags:
// Typedefs that raise the alignment of a record or a scalar.
struct at_plain {
	int a;
	char b;
};
typedef struct at_plain at_plain16 __attribute__((aligned(16)));
typedef int at_int8 __attribute__((aligned(8)));
typedef struct {
	char x;
	short y;
} at_anon4 __attribute__((aligned(4)));
typedef struct at_tagged {
	char x;
} __attribute__((aligned(8))) at_tagged_t;

struct at_user {
	char a;
	at_plain16 b;
	char c;
	at_int8 d;
	char e;
	at_anon4 f;
	char g;
	at_tagged_t h;
	struct at_plain i;
	char j;
};
