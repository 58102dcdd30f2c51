/* Shapes of C that real kernels hold somewhere and that are easy to get
 * wrong. Nothing else in the tree needs this header. */
#ifndef _LINUX_CORNERS_H
#define _LINUX_CORNERS_H

#include <linux/types.h>

/* Packed, yet with a member that is aligned: Rust has no such type. */
struct corner_line {
	u64 words[2];
} __aligned(16);

struct corner_packed_aligned {
	u8 kind;
	struct corner_line line;
} __packed;

/* Packed to 2, then the whole aligned to 4. */
#pragma pack(push, 2)
struct corner_pack2 {
	u8 kind;
	u32 value;
	u64 more;
} __aligned(4);
#pragma pack(pop)

/* Packed, with bit-fields that cross bytes and words. */
struct corner_packed_bits {
	u8 low : 3;
	u32 wide : 27;
	u64 wider : 40;
	u8 high : 2;
} __packed;

/* Bit-fields of other types, and a new unit in the middle. */
struct corner_bits {
	s32 negative : 5;
	bool yes : 1;
	enum { CORNER_RED, CORNER_GREEN, CORNER_BLUE } colour : 2;
	unsigned long long big : 50;
	char letter : 4;
	int : 0;
	u16 after : 9;
};

/* Named with words of Rust. */
struct corner_names {
	int type, ref, self, match;
	struct corner_names *mut, *crate;
	int (*fn)(int in, int move);
};

struct corner_empty {
};

union corner_union {
	u8 bytes[7];
	u32 word;
	struct corner_empty nothing;
};

enum corner_enum_signed { CORNER_MINUS = -5, CORNER_PLUS = 5 };
enum corner_enum_64 { CORNER_SMALL = 1, CORNER_LARGE = 0x100000000 };
enum __packed corner_enum_byte { CORNER_A, CORNER_B, CORNER_C = 200 };

struct corner_arrays {
	u16 table[2][3][4];
	const char *const names[3];
	int (*handlers[2])(void);
	int (*row)[8];
	struct {
		u8 x, y;
	} points[4];
	enum corner_enum_byte byte;
	enum corner_enum_64 large;
	volatile u32 *const volatile port;
	long tail[0];
};

/* Two that need each other. */
struct corner_there;
struct corner_here {
	struct corner_there *there;
};
struct corner_there {
	struct corner_here here;
	struct corner_there *next;
};

typedef struct corner_here corner_alias_t;
typedef int corner_function_t(corner_alias_t *here, const struct corner_there *there);

struct corner_uses_function {
	corner_function_t *call;
	corner_alias_t pair[2];
	struct corner_elsewhere *elsewhere; /* defined nowhere */
};

/* Two pointers passed as one. */
typedef union {
	struct corner_here *here;
	struct corner_there *there;
} corner_either_t __attribute__((__transparent_union__));

#endif
