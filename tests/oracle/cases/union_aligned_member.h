// flags:
// Unions whose members or selves carry a raised alignment.
struct uam_inner {
	char c[5];
} __attribute__((aligned(8)));

union uam_member {
	char a;
	int b __attribute__((aligned(16)));
	char c[20];
};

union uam_record {
	char a[9];
	struct uam_inner b;
};

union uam_whole {
	short a;
	char b;
} __attribute__((aligned(32)));

struct uam_user {
	char a;
	union uam_member b;
	char c;
	union uam_record d;
	char e;
	union uam_whole f;
};

union uam_odd {
	char a[3];
	short b;
};
