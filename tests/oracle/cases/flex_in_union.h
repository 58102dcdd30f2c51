// flags:
// The GNU way of a flexible array in a union: beside an empty member.
union fu_union {
	int head;
	struct {
		struct {
		} empty_words;
		unsigned long words[];
	};
	struct {
		struct {
		} empty_bytes;
		unsigned char bytes[];
	};
};

struct fu_tail {
	int len;
	union {
		struct {
			struct {
			} empty_a;
			char a[];
		};
		struct {
			struct {
			} empty_b;
			long long b[];
		};
	};
};
