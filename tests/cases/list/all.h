// hdrgen: --target x86_64-linux-gnu
// Kind, name, size, place.
struct node {
	struct node *next;
	struct later *data;
};
union value {
	long number;
	double real;
};
enum color { RED, GREEN };
enum { LOOSE = 1, CHANGE = 2 };
typedef unsigned int u32;
typedef void callback(struct node *);
typedef struct {
	u32 x;
} point;
