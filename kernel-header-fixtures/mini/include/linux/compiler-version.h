/* Included first of all, as by kbuild; a place to notice a new compiler. */
#ifndef __LINUX_COMPILER_VERSION_H
#define __LINUX_COMPILER_VERSION_H

#ifdef __clang__
#define MINI_COMPILER_MAJOR __clang_major__
#else
#define MINI_COMPILER_MAJOR __GNUC__
#endif

#endif
