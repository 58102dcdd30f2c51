/* Attribute macros that every header relies on; included before any header. */
#ifndef __LINUX_COMPILER_TYPES_H
#define __LINUX_COMPILER_TYPES_H

#ifdef __clang__
#include <linux/compiler-clang.h>
#endif
#ifndef BTF_TYPE_TAG
#define BTF_TYPE_TAG(value)
#endif

/* Which memory a pointer leads to: for checkers, and for BTF when tagged. */
#define __user BTF_TYPE_TAG(user)
#define __rcu BTF_TYPE_TAG(rcu)
#define __percpu BTF_TYPE_TAG(percpu)
#define __iomem
#define __force

#define __packed __attribute__((__packed__))
#define __aligned(bytes) __attribute__((__aligned__(bytes)))
#define __maybe_unused __attribute__((__unused__))
#define __always_inline inline __attribute__((__always_inline__))

/* Structure layout is as written: no randomisation in this tree. */
#define __randomize_layout
#define __no_randomize_layout

#endif
