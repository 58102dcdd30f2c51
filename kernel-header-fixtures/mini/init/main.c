/* The beginning: a type of a .c file of its own, and one inside a function. */
#include <linux/sched.h>

struct init_step {
	const char *name;
	int (*run)(void);
	unsigned int order : 4;
	unsigned int done : 1;
};

static struct init_step steps[4];

int run_init_steps(void)
{
	struct init_progress {
		unsigned int at;
		u64 started;
	} progress = { 0, 0 };

	while (progress.at < 4 && steps[progress.at].run() == 0)
		progress.at++;
	return (int)progress.at;
}
