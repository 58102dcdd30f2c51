/* What only clang has. Like its real namesake it refuses to be included by itself. */
#ifndef __LINUX_COMPILER_TYPES_H
#error "linux/compiler-clang.h is a part of linux/compiler_types.h"
#endif

#ifdef CONFIG_PAHOLE_HAS_BTF_TAG
#define BTF_TYPE_TAG(value) __attribute__((btf_type_tag(#value)))
#endif
