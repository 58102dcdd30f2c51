// flags: -Wno-missing-declarations
// A tagged record inside another without a declarator is a declaration of the tag, and no member.
struct dnt_outer {
	int a;
	struct dnt_tag {
		int hidden;
		char also;
	};
	union dnt_un {
		char x;
	};
	enum dnt_en { DNT_A, DNT_B = 5 };
	char b;
	struct dnt_tag c;
	long d;
};
struct dnt_user {
	char a;
	struct dnt_tag b;
	union dnt_un c;
	enum dnt_en d;
};
