// hdrgen: '*' --target x86_64-linux-gnu
// Sizes and signs; C23's words.
typedef _Bool bool;
enum { false, true };
enum plain { PLAIN_A, PLAIN_B = 10 };
enum negative { NEGATIVE = -1, POSITIVE = 1 };
enum small { SMALL_MAX = 255 } __attribute__((packed));
enum word { WORD_MAX = 65535 } __attribute__((packed));
enum big { BIG = 0x100000000 };
enum forced { FORCED } __attribute__((mode(__DI__)));
struct state {
	enum { IDLE, BUSY } now, before;
	bool on;
};
