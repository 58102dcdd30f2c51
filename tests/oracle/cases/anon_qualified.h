// flags:
// Records without a tag behind qualifiers, and typedefs of typedefs of them.
typedef struct {
	long long counter;
} aq_atomic64;
typedef aq_atomic64 aq_atomic_long;

struct aq_user {
	char a;
	aq_atomic_long b;
	const struct {
		char c;
		int d;
		const struct {
			short e;
		} *f;
	} g;
	const struct {
		unsigned h[3];
		unsigned i : 5;
	} *j;
	volatile union {
		int k;
		char l[6];
	} m[2];
};
