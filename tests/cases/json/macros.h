// hdrgen: word --macros 'A*' -q --target x86_64-linux-gnu
/* Macros stand at the end, where they were asked for. */
struct word { int value; };
#define ANSWER 42
#define ALL_ONES (~0UL)
#define AMINUS -1L
#define ATEXT "a\"b"
