/* A network packet: one-bit flags, unions, and a group of members that has
 * a name and none at once. */
#ifndef _LINUX_SKBUFF_H
#define _LINUX_SKBUFF_H

#include <linux/atomic.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/rbtree.h>
#include <linux/spinlock.h>

struct net_device;
struct sock;
struct sk_buff;

/* The same members, bare and as a member called `name`. */
#define struct_group(name, ...) \
	union { \
		struct { __VA_ARGS__ }; \
		struct { __VA_ARGS__ } name; \
	}

struct sk_buff_head {
	struct_group(ends,
		struct sk_buff *next;
		struct sk_buff *prev;
	);
	u32 qlen;
	spinlock_t lock;
};

struct sk_buff {
	union {
		struct {
			struct sk_buff *next;
			struct sk_buff *prev;
			union {
				struct net_device *dev;
				unsigned long dev_scratch;
			};
		};
		struct rb_node rbnode;
	};
	struct sock *sk;
	char cb[48] __aligned(8);
	void (*destructor)(struct sk_buff *skb);
	unsigned int len, data_len;
	u8 __cloned_offset[0]; /* marks the place: no size */
	u8 cloned : 1, nohdr : 1, fclone : 2, peeked : 1;
	u8 pp_recycle : 1;
	struct_group(headers,
		u8 pkt_type : 3;
		u8 ignore_df : 1;
		u8 : 0;
		u8 ip_summed : 2;
		u16 vlan_present : 1, vlan_tci : 15;
		__be16 protocol;
		union {
			u32 csum;
			struct {
				u16 csum_start;
				u16 csum_offset;
			};
		};
	);
	u32 mark;
	unsigned char *head, *data;
	refcount_t users;
};

#endif
