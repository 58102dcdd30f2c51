// hdrgen: '*' --target x86_64-linux-gnu
// Arrays without elements, which have an address, an alignment and no size.
struct message {
	unsigned short length;
	unsigned char data[];
};

struct marks {
	unsigned char first[0];
	char a;
	long second[0];
	char b;
};

struct pair {
	int count;
	union {
		struct {
			struct {
			} __empty_words;
			unsigned int words[];
		};
		unsigned long quads[0];
	};
};
