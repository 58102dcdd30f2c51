#include "patch.h"

#ifndef MODULE
#error a module is compiled with -DMODULE
#endif

struct livepatch_state {
	struct livepatch_entry *first;
	unsigned long version;
};

static struct livepatch_state state;

unsigned long livepatch_version(void)
{
	return state.version;
}
