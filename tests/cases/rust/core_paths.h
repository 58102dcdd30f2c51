// hdrgen: thread thread___old 'enum color' 'enum wide' uid_t --accessors core --target x86_64-linux-gnu
/* What relocations call things: types without a tag, elements, enumerators, flavours. */
typedef struct { unsigned int val; } kuid_t;
typedef unsigned int uid_t;
enum color { RED, GREEN = 5, NEGATIVE = -1 };
enum wide { WIDE = 0x1122334455667788ULL };
struct limit { long now, most; };
struct thread {
	kuid_t uid;
	struct { int a; struct { int b; } deep; } odd;
	struct { int x; } many[3];
	struct limit limits[16];
	struct thread *children[4];
	int matrix[2][3];
	enum color color;
	enum wide wide;
	float ratio;
	uid_t *groups;
	int (*run)(struct thread *);
	struct { int q; } *nameless;
	int type, new, at;
};
struct thread___old { long state; };
