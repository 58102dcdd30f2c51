/* Not built: CONFIG_NUMA is off. */
#include "sched.h"

struct numa_balance {
	int node;
};
