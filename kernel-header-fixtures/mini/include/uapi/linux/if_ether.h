/* The Ethernet frame header: a packed structure. */
#ifndef _UAPI_LINUX_IF_ETHER_H
#define _UAPI_LINUX_IF_ETHER_H

#include <linux/types.h>

#define ETH_ALEN 6
#define ETH_P_IP 0x0800
#define ETH_P_IPV6 0x86DD

struct ethhdr {
	__u8 target[ETH_ALEN];
	__u8 origin[ETH_ALEN];
	__be16 ethertype;
} __attribute__((packed));

#endif
