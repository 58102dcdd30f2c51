// flags:
// A bit-field closes a packed record.
struct bpe_one {
	long long a;
	unsigned b : 1;
} __attribute__((packed));

struct bpe_many {
	char a;
	unsigned b : 17;
} __attribute__((packed));

struct bpe_array {
	struct bpe_many rows[3];
	unsigned char last : 3;
} __attribute__((packed));

struct bpe_aligned {
	char a;
	unsigned b : 17;
} __attribute__((packed, aligned(2)));

struct bpe_user {
	char x;
	struct bpe_one one;
	struct bpe_aligned two;
	int y;
};
