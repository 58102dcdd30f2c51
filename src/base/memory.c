/*
 * Memory: see memory.h.  An arena is a list of blocks, of which the first is being filled.  An
 * object larger than a quarter of a block gets a block of its own, which becomes the second of the
 * list, so that the rest of the first is still used.
 */
#include "base/memory.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define ONE_MALLOC_PER_OBJECT 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ONE_MALLOC_PER_OBJECT 1
#endif
#endif
#ifndef ONE_MALLOC_PER_OBJECT
#define ONE_MALLOC_PER_OBJECT 0
#endif

enum { BLOCK_SIZE = 64 * 1024 };

struct hg_arena_block {
    struct hg_arena_block *next;
    size_t used;
    _Alignas(max_align_t) unsigned char data[];
};

void hg_out_of_memory(void)
{
    fputs("hdrgen: error: out of memory\n", stderr);
    abort();
}

void *hg_malloc(size_t size)
{
    void *memory = malloc(size ? size : 1);
    if (memory == NULL)
        hg_out_of_memory();
    return memory;
}

void *hg_calloc(size_t count, size_t size)
{
    void *memory = calloc(count ? count : 1, size ? size : 1);
    if (memory == NULL)
        hg_out_of_memory();
    return memory;
}

void *hg_realloc_array(void *old, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        hg_out_of_memory();
    void *memory = realloc(old, bytes ? bytes : 1);
    if (memory == NULL)
        hg_out_of_memory();
    return memory;
}

void *hg_grow(void *items, size_t *capacity, size_t size)
{
    if (*capacity > SIZE_MAX / 2)
        hg_out_of_memory();
    *capacity = *capacity < 4 ? 8 : *capacity * 2;
    return hg_realloc_array(items, *capacity, size);
}

void hg_arena_init(struct hg_arena *arena)
{
    *arena = (struct hg_arena){0};
}

void hg_arena_deinit(struct hg_arena *arena)
{
    struct hg_arena_block *block = arena->blocks;
    while (block != NULL) {
        struct hg_arena_block *next = block->next;
        free(block);
        block = next;
    }
    *arena = (struct hg_arena){0};
}

static struct hg_arena_block *new_block(size_t size)
{
    if (size > SIZE_MAX - sizeof(struct hg_arena_block))
        hg_out_of_memory();
    return hg_calloc(1, sizeof(struct hg_arena_block) + size);
}

void *hg_arena_alloc(struct hg_arena *arena, size_t size)
{
    const size_t grain = _Alignof(max_align_t);
    if (size > SIZE_MAX - grain)
        hg_out_of_memory();
    if (ONE_MALLOC_PER_OBJECT || size > BLOCK_SIZE / 4) {
        struct hg_arena_block *own = new_block(size);
        if (arena->blocks == NULL || ONE_MALLOC_PER_OBJECT) {
            own->next = arena->blocks;
            arena->blocks = own;
            arena->left = 0;
        } else {
            own->next = arena->blocks->next;
            arena->blocks->next = own;
        }
        return own->data;
    }
    size_t rounded = size == 0 ? grain : (size + grain - 1) / grain * grain;
    if (arena->left < rounded) {
        struct hg_arena_block *block = new_block(BLOCK_SIZE);
        block->next = arena->blocks;
        arena->blocks = block;
        arena->left = BLOCK_SIZE;
    }
    void *memory = arena->blocks->data + arena->blocks->used;
    arena->blocks->used += rounded;
    arena->left -= rounded;
    return memory;
}

void *hg_arena_array(struct hg_arena *arena, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes))
        hg_out_of_memory();
    return hg_arena_alloc(arena, bytes);
}

char *hg_arena_string(struct hg_arena *arena, const char *text, size_t length)
{
    char *copy = hg_arena_alloc(arena, length + 1);
    memcpy(copy, text, length);
    return copy;
}

const char *hg_arena_keep(struct hg_arena *arena, const char *string)
{
    return string == NULL ? NULL : hg_arena_string(arena, string, strlen(string));
}

void *hg_arena_copy(struct hg_arena *arena, const void *from, size_t count, size_t size)
{
    if (count == 0)
        return NULL;
    void *copy = hg_arena_array(arena, count, size);
    memcpy(copy, from, count * size);
    return copy;
}
