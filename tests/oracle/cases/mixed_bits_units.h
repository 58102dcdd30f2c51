// flags:
// Ordinary members and bit-fields of several base types one after the other.
struct mbu_classic {
	unsigned char a;
	unsigned b : 1;
	unsigned short c;
	unsigned long long z : 40;
	char w;
};

struct mbu_chars {
	unsigned char a : 3;
	unsigned short b : 9;
	unsigned c : 17;
	unsigned long long d : 33;
	unsigned char e : 5;
};

struct mbu_between {
	unsigned long long a : 20;
	unsigned char b;
	unsigned long long c : 20;
	unsigned short d;
	unsigned e : 7;
	unsigned char f;
};

struct mbu_share {
	char a;
	int b : 8;
	int c : 16;
	short d;
	short e : 3;
	char f;
};
