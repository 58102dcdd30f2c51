/* What only this architecture's own code knows. */
#include <linux/sched.h>

struct x86_boot_info {
	unsigned long load_address;
	u32 flags;
	struct thread_struct first_thread;
};

static struct x86_boot_info boot_info;

unsigned long setup_load_address(void)
{
	return boot_info.load_address;
}
