// hdrgen: user --target x86_64-linux-gnu
// Records without a tag are shown where they are.
typedef struct {
	int x, y;
} point, *point_ptr;

typedef struct {
	int counter;
} atomic_t;

struct user {
	point_ptr corner;
	atomic_t refs;
	union {
		struct {
			short low, high;
		};
		int both;
	};
	struct {
		char tag;
		struct {
			int v;
		} *values;
	} rows[2];
	int (*visit)(struct user *self, point at);
};
