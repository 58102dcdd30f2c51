// flags:
// Types that are never completed, behind pointers only.
struct inc_never;
union inc_never_union;
typedef struct inc_hidden inc_handle;
typedef struct inc_secret *inc_secret_t;

struct inc_user {
	char a;
	struct inc_never *b;
	union inc_never_union *c;
	inc_handle *d;
	inc_secret_t e;
	struct inc_first_seen_here *f;
	int (*g)(struct inc_never *, inc_handle *);
	struct inc_never **h;
	inc_secret_t i[2];
};
