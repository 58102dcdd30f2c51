#include "mini_char.h"

enum mini_state { MINI_IDLE, MINI_BUSY = 4 };

struct mini_char {
	struct mini_slot slots[MINI_CHAR_SLOTS];
	enum mini_state state;
	const char *name;
};

static struct mini_char device = { .name = KBUILD_MODNAME };

enum mini_state mini_state(void)
{
	return device.state;
}
