/* Anonymous members, unions, a type that the kernel has under another shape; 16-bit fields. */
#include "kernel.h"

struct in6_addr {
    union {
        __u8 u6_addr8[16];
        __be32 u6_addr32[4];
    } in6_u;
} RELOCATED;

struct sock_common {
    __be16 skc_dport;
    __u16 skc_num;
    __be32 skc_daddr, skc_rcv_saddr;
    unsigned short skc_family;
    volatile unsigned char skc_state;
    struct in6_addr skc_v6_daddr;
} RELOCATED;

struct sock {
    struct sock_common __sk_common;
    __u16 sk_type, sk_protocol;
    int sk_rcvbuf;
} RELOCATED;

struct sk_buff {
    unsigned char *head, *data;
    union {
        struct sock *sk;
        int ip_defrag_offset;
    };
    unsigned len;
    __u16 mac_header, network_header;
} RELOCATED;

SEC("kprobe/tcp_connect")
int on_connect(void *ctx)
{
    struct sock *sk = (void *)result[63];
    struct sk_buff *skb = (void *)result[62];
    result[0] = BPF_CORE_READ(sk, __sk_common.skc_dport);
    result[1] = BPF_CORE_READ(sk, __sk_common.skc_num);
    result[2] = BPF_CORE_READ(sk, __sk_common.skc_daddr);
    result[3] = BPF_CORE_READ(sk, __sk_common.skc_v6_daddr.in6_u.u6_addr32[2]);
    result[4] = BPF_CORE_READ(sk, sk_protocol);
    result[5] = BPF_CORE_READ(sk, sk_rcvbuf);
    result[6] = BPF_CORE_READ(skb, sk, __sk_common.skc_state);
    result[7] = BPF_CORE_READ(skb, network_header);
    result[8] = (__u64)BPF_CORE_READ(skb, data);
    return 0;
}
