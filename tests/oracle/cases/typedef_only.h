// flags:
// Records known only by a typedef name.
typedef struct {
	int counter;
} to_atomic;
typedef union {
	char a;
	long b;
} to_value;
typedef struct {
	to_atomic refs;
	to_value val;
	struct {
		char c;
		int d;
	} in;
} to_outer, *to_outer_ptr;
typedef struct {
	char z;
} to_array[3];
typedef struct {
	short s;
	char t;
} *to_pointer_only;

struct to_user {
	char a;
	to_atomic b;
	to_value c;
	to_outer d;
	to_outer_ptr e;
	to_array f;
	to_pointer_only g;
};
