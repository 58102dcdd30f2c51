// hdrgen: connection kind packet --target x86_64-linux-gnu
// Holes, bit-fields, cache lines, totals.
enum kind { KIND_NONE, KIND_DATA = 4 };
struct timer { long expires; char active; };
struct connection {
	char state;
	enum kind kind : 3;
	unsigned int retries : 5;
	struct timer timer;
	int (*receive)(struct connection *, const void *, unsigned long);
	unsigned char address[40];
	unsigned int flags : 2;
	unsigned int : 0;
	unsigned int window : 16;
	struct connection *next __attribute__((aligned(64)));
};
struct packet {
	unsigned char type;
	unsigned int length;
	unsigned char data[];
} __attribute__((packed));
