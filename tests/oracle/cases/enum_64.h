// flags:
enum e64_above_32 { E64_A, E64_B = 0x100000000ll };
enum e64_negative { E64_C = -0x100000000ll, E64_D = 0 };
enum e64_above_int64 { E64_E, E64_F = 0x8000000000000001ull };
enum e64_max { E64_G = 0xffffffffffffffffull };
enum e64_min { E64_H = -0x7fffffffffffffffll - 1, E64_I = 0x7fffffffffffffffll };

struct e64_user {
	char a;
	enum e64_above_32 b;
	char c;
	enum e64_negative d;
	char e;
	enum e64_above_int64 f;
	enum e64_max g;
	enum e64_min h;
};
