#include "patch.h"

bool livepatch_is_active(const struct livepatch_entry *entry)
{
	return entry->active;
}
