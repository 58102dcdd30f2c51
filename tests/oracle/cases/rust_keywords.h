// flags:
// C names that are keywords in Rust, as members, records, enumerators and typedefs.
struct type {
	int type;
	int match;
	int fn;
	int impl;
};
struct self {
	char self;
	int Self;
	int crate;
	int super;
};
union dyn {
	int async;
	char await;
	long dyn;
	short try;
};
enum loop { LOOP_ONE, where, unsafe };
typedef int trait;
typedef struct type use;
typedef unsigned long move;

struct match {
	struct type *ref;
	struct self mut;
	union dyn box;
	trait pub;
	use mod;
	move let;
	enum loop in;
	int as;
	int final;
	int override;
	int abstract;
	int become;
	int priv;
	int virtual;
	int yield;
	int macro;
	int typeof_;
	int unsized;
	int gen;
	int raw;
	int union_;
	int true;
	int false;
	struct {
		int extern_;
		int loop;
		int where_;
	};
	unsigned mut_bits : 3;
	unsigned trait : 3;
	unsigned impl : 2;
	int (*yield_fn)(int type, int match, int self);
};

struct Self {
	struct Self *Self;
};
struct crate {
	struct super *super;
};
