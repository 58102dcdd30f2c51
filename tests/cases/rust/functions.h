// hdrgen: '*' --target x86_64-linux-gnu
// Pointers to functions, and to functions that take and return them.
struct request;
typedef void done_fn(struct request *request, int error);

struct operations {
	int (*open)(const char *name, unsigned int flags);
	int (*print)(const char *format, ...);
	void (*stop)(void);
	void (*(*find)(int type))(void *self);
	done_fn *done;
	done_fn **later;
	int (*rows)(int table[4][5], int count);
};
