// flags:
enum en_minus { EN_M1 = -1, EN_Z, EN_P1 };
enum en_low { EN_MIN = -2147483647 - 1, EN_MAX = 2147483647 };
enum en_only { EN_ONLY = -5 };

struct en_user {
	char a;
	enum en_minus b;
	enum en_low c;
	enum en_only d;
	char e;
};
