// hdrgen: '*' --target x86_64-linux-gnu
// Enums are integers and constants; those without a name, too.
enum pid_type { PIDTYPE_PID, PIDTYPE_TGID, PIDTYPE_MAX = 4 };

enum level { LOW = -1, HIGH = 1 };

enum small { SMALL } __attribute__((packed));

enum wide { WIDE = 0x123456789abcdef0 };

enum { BUFFERS = 16, BUFFER_MASK = BUFFERS - 1 };

typedef enum { TYPED } typed_t;

struct user {
	enum pid_type type;
	enum level level;
	enum small small;
	enum wide wide;
	typed_t typed;
	enum { ON, OFF } unnamed;
};
