// flags:
// Members without a name inside packed records: they keep their own alignment and layout, at any offset.
struct ap_plain {
	char a;
	struct {
		int b;
		char c;
	};
	union {
		long long d;
		char e;
	};
	char f;
} __attribute__((packed));

struct ap_bits {
	char a;
	struct {
		unsigned b : 3;
		unsigned c : 20;
	};
	union {
		unsigned d : 9;
		int e;
	};
	char f;
} __attribute__((packed));

struct ap_both {
	short a;
	struct {
		char b;
		unsigned c : 7;
		long d;
	} __attribute__((packed));
	struct {
		signed e : 5;
		signed f : 27;
	} __attribute__((packed));
} __attribute__((packed, aligned(4)));
