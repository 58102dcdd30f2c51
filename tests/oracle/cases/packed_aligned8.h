// flags:
// A packed record whose own alignment is raised again: members stay packed, only size and alignment grow.
struct pa8_int_long {
	int a;
	long b;
} __attribute__((packed, aligned(8)));

struct pa8_tail {
	char a;
	long long b;
	char c;
} __attribute__((packed)) __attribute__((aligned(8)));

struct pa8_in_record {
	char head;
	struct pa8_int_long body;
	char tail;
};

struct pa8_array {
	short head;
	struct pa8_tail rows[3];
};
