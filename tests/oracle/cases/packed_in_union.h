// flags:
// Packed records as union members, reached by designated names.
struct piu_wire {
	unsigned char type;
	unsigned int length;
	unsigned short crc;
} __attribute__((packed));

union piu_frame {
	struct piu_wire wire;
	struct {
		unsigned char op;
		unsigned long long arg;
	} __attribute__((packed)) cmd;
	unsigned char raw[11];
	struct {
		short s;
		unsigned int t;
	} natural;
};

struct piu_queue {
	unsigned char head;
	union piu_frame frames[2];
	struct piu_wire *cursor;
};

union piu_tight {
	struct piu_wire a;
	struct {
		char b;
		double c;
	} __attribute__((packed));
};
