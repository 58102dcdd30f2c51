// hdrgen: word --macros '[A-Z]*' -q --no-preserve-access-index --target x86_64-linux-gnu
/* Constants of the preprocessor, at the end and guarded. */
struct word { int value; };
enum protocol {
	IPPROTO_TCP = 6,
#define IPPROTO_TCP IPPROTO_TCP
};
#define ETH_P_IP 0x0800
#define MASK (1u << 31)
#define ALL_ONES (~0ULL)
#define LEAST (-2147483647 - 1)
#define LEAST_LONG (-9223372036854775807L - 1)
#define MINUS -5
#define TEXT "what??/\n"
#define CALL word(1)
