#include <linux/list.h>

struct livepatch_entry {
	struct list_head list;
	const void *old_code;
	const void *new_code;
	bool active;
};
