// flags:
enum ek_one { EK_A, EK_B = 255 } __attribute__((packed));
enum ek_one_signed { EK_C = -128, EK_D = 127 } __attribute__((packed));
enum ek_two { EK_E, EK_F = 256 } __attribute__((packed));
enum ek_two_signed { EK_G = -1, EK_H = 128 } __attribute__((packed));
enum ek_four { EK_I, EK_J = 65536 } __attribute__((packed));
typedef enum __attribute__((packed)) { EK_K, EK_L } ek_typed;

struct ek_user {
	enum ek_one a;
	enum ek_one_signed b;
	enum ek_two c;
	enum ek_one d;
	enum ek_two_signed e;
	enum ek_one f;
	enum ek_four g;
	ek_typed h;
	enum ek_two i[3];
};
