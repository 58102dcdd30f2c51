// flags:
// Tags declared inside another record are known outside.
struct ti_outer {
	int a;
	struct ti_inner {
		char b;
		long c;
		union ti_deeper {
			short d;
			char e;
		} u;
	} in;
	struct ti_inner more[2];
	struct ti_ptr_only *p;
	enum ti_state { TI_OFF, TI_ON } state;
};

struct ti_user {
	char x;
	struct ti_inner y;
	union ti_deeper z;
	enum ti_state s;
};

struct ti_ptr_only {
	int later;
};
