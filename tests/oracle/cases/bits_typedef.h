// flags:
// Bit-fields declared through kernel-like fixed-width names.
typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef unsigned long long __u64;
typedef signed char __s8;
typedef signed short __s16;
typedef signed int __s32;
typedef signed long long __s64;
typedef __u16 __le16;

struct bt_iphdr {
#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	__u8 version : 4, ihl : 4;
#else
	__u8 ihl : 4, version : 4;
#endif
	__u8 tos;
	__u16 tot_len;
	__u16 frag_off : 13, flags : 3;
};

struct bt_all {
	__u8 a : 3;
	__u16 b : 10;
	__u32 c : 20;
	__u64 d : 50;
	__s8 e : 3;
	__s16 f : 10;
	__s32 g : 20;
	__s64 h : 50;
	__le16 i : 9;
	const __u32 j : 3;
	volatile __u32 k : 3;
};
