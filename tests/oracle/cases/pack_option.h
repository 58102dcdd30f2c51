// flags: -fpack-struct=2
// The alignment ceiling comes from the command line.
struct po_all {
	char a;
	int b;
	char c;
	long long d;
	void *e;
	unsigned f : 9;
	unsigned g : 30;
};
struct po_over {
	char a;
	int b __attribute__((aligned(8)));
};
