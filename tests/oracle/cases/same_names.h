// flags:
// Members, tags and typedefs of the same name.
struct sn_a {
	int sn_a;
	struct sn_b *sn_b;
};
typedef struct sn_b {
	struct sn_a sn_a;
	int x;
} sn_b;
typedef struct sn_c sn_c;
struct sn_c {
	sn_c *sn_c;
	sn_b sn_b;
};
typedef int sn_d;
struct sn_e {
	sn_d sn_d;
	struct sn_e *sn_e;
	enum sn_f { SN_F } sn_f;
	union {
		sn_d sn_g;
		struct {
			sn_b sn_h;
		};
	};
};
