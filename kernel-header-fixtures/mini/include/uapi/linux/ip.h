/* The IPv4 header: bit-fields whose order follows the byte order. */
#ifndef _UAPI_LINUX_IP_H
#define _UAPI_LINUX_IP_H

#include <linux/types.h>
#include <asm/byteorder.h>

struct iphdr {
#if defined(__LITTLE_ENDIAN_BITFIELD)
	__u8 words : 4, version : 4;
#elif defined(__BIG_ENDIAN_BITFIELD)
	__u8 version : 4, words : 4;
#else
#error "asm/byteorder.h says nothing about bit-fields"
#endif
	__u8 service;
	__be16 length;
	__be16 identity;
	__be16 fragment;
	__u8 hops;
	__u8 protocol;
	__sum16 checksum;
	union {
		struct {
			__be32 source;
			__be32 destination;
		};
		struct {
			__be32 source;
			__be32 destination;
		} both;
	};
};

#endif
