// flags: -funsigned-char
struct cu_chars {
	char a;
	signed char b;
	unsigned char c;
	char d[3];
	int e;
	char f : 3;
	char *g;
};
