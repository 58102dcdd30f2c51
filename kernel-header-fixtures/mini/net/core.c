#include <linux/skbuff.h>

struct net_backlog {
	struct sk_buff *first;
	unsigned int length;
};

unsigned int backlog_length(const struct net_backlog *backlog)
{
	return backlog->length;
}
