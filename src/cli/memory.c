/*
 * Makes malloc use large pages.
 *
 * The problem: clang's trees are tens to hundreds of megabytes, made once and never freed.  The
 * kernel provides this memory in pages of 4 KiB, with a page fault for each: a tenth of a run.
 *
 * The method: malloc gets one heap, which grows by HEAP bytes at once and may consist of large
 * pages.  The unused part takes addresses but no memory.  Worker processes inherit the heap, without
 * the part that malloc_trim gave back.  If the system refuses any of this, malloc works as usual.
 */
#include "cli.h"

#ifdef __GLIBC__

#include <malloc.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    HEAP = 512 << 20,
    LARGE_PAGE = 2 << 20,
    LARGEST_BLOCK = 32 << 20, /* malloc maps larger ones by themselves; it takes no higher value */
    ANY_BLOCK = 1 << 18,      /* too large for the heap that malloc may have already */
};

void use_large_pages(void)
{
    mallopt(M_ARENA_MAX, 1); /* libclang parses in a thread of its own */
    mallopt(M_MMAP_THRESHOLD, LARGEST_BLOCK);
    mallopt(M_TRIM_THRESHOLD, HEAP);
    mallopt(M_TOP_PAD, HEAP);
    uintptr_t begin = (uintptr_t)sbrk(0);
    void *volatile block = malloc(ANY_BLOCK); /* the heap grows now */
    free(block);
    uintptr_t end = (uintptr_t)sbrk(0);
    mallopt(M_TOP_PAD, LARGE_PAGE);
    begin = (begin + LARGE_PAGE - 1) / LARGE_PAGE * LARGE_PAGE;
    if (begin < end)
        madvise((void *)begin, end - begin, MADV_HUGEPAGE); /* NOLINT(performance-no-int-to-ptr) */
}

#else

void use_large_pages(void)
{
}

#endif
