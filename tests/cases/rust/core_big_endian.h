// hdrgen: bits --accessors core --enum-style newtype --target s390x-linux-gnu
/* Bit-fields of a big-endian kernel. */
enum mode { OFF, ON, AUTO };
struct bits { unsigned first : 3; int second : 7; enum mode mode : 2; _Bool last : 1; unsigned long long wide : 40; };
