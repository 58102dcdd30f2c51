// flags:
// oracle: no-types
#define bt2_user __attribute__((btf_type_tag("user")))
#define bt2_rcu __attribute__((btf_type_tag("rcu")))
#define bt2_decl __attribute__((btf_decl_tag("counted")))

struct bt2_target {
	int x bt2_decl;
} __attribute__((btf_decl_tag("whole")));

struct bt2_user_ptrs {
	char a;
	int bt2_user *b;
	struct bt2_target bt2_rcu *c;
	const struct bt2_target bt2_user bt2_rcu *d;
	struct bt2_target bt2_user *bt2_rcu *e;
	int f bt2_decl;
	unsigned g : 3 bt2_decl;
};
typedef int bt2_num __attribute__((btf_decl_tag("typedef")));
struct bt2_num_user {
	bt2_num n;
};
