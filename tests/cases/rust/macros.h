// hdrgen: word --macros '[A-Z]*' -q --target x86_64-linux-gnu
/* What clang can evaluate, in C's type; what only repeats an enumerator is there once. */
struct word { int value; };
typedef unsigned int u32;
enum protocol {
	IPPROTO_TCP = 6,
#define IPPROTO_TCP IPPROTO_TCP
};
#define PROTO IPPROTO_TCP
#define ETH_P_IP 0x0800
#define SHIFTED ((u32)ETH_P_IP << 3)
#define ALL_ONES (~0ULL)
#define LEAST (-9223372036854775807L - 1)
#define LETTER 'a'
#define SIZE sizeof(struct word)
#define BYTE ((unsigned char)0x1ff)
#define YES ((_Bool)7)
#define TEXT "one\t" "\"two\""
#define OVER 1
#undef OVER
#define OVER 2
#define GONE 1
#undef GONE
#define OPEN (
#define CALL word(1)
#define EMPTY
#define REAL 1.5
#define BODY { 1, 2 }
