// flags:
// Anonymous records inside anonymous records, several levels down.
struct an_deep {
	int a;
	union {
		long b;
		struct {
			short c;
			union {
				char d;
				struct {
					char e;
					int f;
					struct {
						long long g;
						char h;
					};
				};
			};
			char i;
		};
		char j[3];
	};
	int k;
};

struct an_named_mix {
	struct {
		int x;
		struct {
			char y;
			short z;
		} inner;
	} outer;
	union {
		struct {
			int p;
			int q;
		};
		long long pq;
	};
	struct {
		char r;
	} rows[3];
};

union an_union {
	struct {
		char a;
		union {
			int b;
			struct {
				short c;
				short d;
			};
		};
	};
	struct {
		long e;
	};
};

struct an_only {
	struct {
		struct {
			struct {
				int bottom;
			};
		};
	};
};
