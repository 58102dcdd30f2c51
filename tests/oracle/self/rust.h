// flags:
// What the self-test of the Rust oracle breaks: rust.rs is its right answer for x86_64-linux-gnu.
struct plain {
	char a;
	int b;
	struct {
		short in;
	} c[2];
};
union either {
	int whole;
	unsigned char part[6];
};
struct bits {
	unsigned low : 3;
	int high : 9;
	char after;
};
struct ends {
	struct {
		char x;
		long y;
	};
	struct {
		int z;
	} named;
};
