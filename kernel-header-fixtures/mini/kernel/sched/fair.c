#include "sched.h"

struct fair_stats {
	u64 picked;
	u64 skipped;
	DECLARE_BITMAP(seen, 128);
};

static struct fair_stats stats;

u64 fair_picked(const struct cfs_rq *cfs)
{
	return cfs->nr_queued + stats.picked;
}
