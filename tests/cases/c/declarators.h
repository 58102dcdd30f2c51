// hdrgen: "struct ops" --target x86_64-linux-gnu
// Names in the middle of types; what a pointer mentions is declared before.
struct device;
struct request;
typedef int (*handler_t)(struct request *rq, void *data);
typedef void release_fn(struct device *);

struct ops {
	int (*open)(struct device *dev, const char *name);
	int (*(*table)[3])(void);
	char *(*(*lookup)(int))[4];
	handler_t handlers[2];
	release_fn *release;
	const volatile unsigned char *const restrict regs;
	unsigned char grid[2][3];
	void (*log)(const char *format, ...);
	struct ops *next;
	char name[];
};
