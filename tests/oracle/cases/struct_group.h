// flags:
// One macro makes several records at one source location, as the kernel's struct_group does.
#define sg_group(TAG, NAME, ATTRS, MEMBERS...) \
	union { \
		struct { MEMBERS } ATTRS; \
		struct TAG { MEMBERS } ATTRS NAME; \
	}

struct sg_packet {
	int before;
	sg_group(, addrs, , unsigned char src[6]; unsigned char dst[6]; unsigned short proto;);
	char mid;
	sg_group(sg_tagged, meta, , int mark; long long stamp; unsigned bits : 3;);
	sg_group(, tight, __attribute__((packed)), char one; int two;);
	int after;
};
