#include "sched.h"

u64 rq_time(const struct rq *rq)
{
	return rq->clock;
}
