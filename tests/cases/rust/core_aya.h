// hdrgen: bits --accessors core --probe-read-fn aya --module kernel --ctypes-prefix aya_ebpf::cty --target i386-linux-gnu
/* A 32-bit kernel's pointers, read by aya's helpers. */
struct bits { unsigned first : 3; struct bits *next; void *any; long number; };
