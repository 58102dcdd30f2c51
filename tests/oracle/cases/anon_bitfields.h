// flags:
// Bit-fields that live in anonymous members.
struct ab_flags {
	int a;
	union {
		unsigned int all;
		struct {
			unsigned int read : 1;
			unsigned int write : 1;
			unsigned int mode : 6;
			unsigned int : 4;
			unsigned int owner : 20;
		};
	};
	struct {
		unsigned char lo : 4;
		unsigned char hi : 4;
	};
	struct {
		signed int temp : 11;
		unsigned long long seq : 37;
	} state;
};

union ab_reg {
	unsigned long long raw;
	struct {
		unsigned long long valid : 1;
		unsigned long long index : 12;
		unsigned long long page : 51;
	};
	struct {
		unsigned int low;
		unsigned int high : 31;
		unsigned int top : 1;
	} half;
};
