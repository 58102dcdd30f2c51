/*
 * Memory: allocation that cannot fail, arenas, growable arrays.
 *
 * If memory runs out, these functions end the process with a message, so callers need no checks.
 * But they must compare each count from the input with a limit before they allocate by it.
 */
#ifndef HG_BASE_MEMORY_H
#define HG_BASE_MEMORY_H

#include <stddef.h>
#include <stdlib.h>

/* As malloc, calloc and realloc, but they never return NULL, not even for size 0. */
void *hg_malloc(size_t size);
void *hg_calloc(size_t count, size_t size);
void *hg_realloc_array(void *old, size_t count, size_t size);

_Noreturn void hg_out_of_memory(void);

/*
 * Arena: many small objects that are freed together.  A struct hg_arena of zeros is empty.
 *
 * Objects are zeroed, and aligned for any type.  Under AddressSanitizer each is a malloc of its
 * own, so that it detects a read past an object's end.
 */
struct hg_arena {
    struct hg_arena_block *blocks;
    size_t left; /* bytes free in the first block */
};

void hg_arena_init(struct hg_arena *arena);
/* Frees all objects; the arena is empty then. */
void hg_arena_deinit(struct hg_arena *arena);

void *hg_arena_alloc(struct hg_arena *arena, size_t size);
/* An array of `count` items of `size` bytes; an overflow of count * size ends the process. */
void *hg_arena_array(struct hg_arena *arena, size_t count, size_t size);
/* A copy of `length` bytes, with a NUL after it. */
char *hg_arena_string(struct hg_arena *arena, const char *text, size_t length);
/* A copy of a string; NULL gives NULL. */
const char *hg_arena_keep(struct hg_arena *arena, const char *string);
/* A copy of count * size bytes; NULL when count is 0. */
void *hg_arena_copy(struct hg_arena *arena, const void *from, size_t count, size_t size);

/*
 * Growable array: any struct with the members items, count and capacity.
 *
 *     struct { hg_type_id *items; size_t count, capacity; } queue = {0};
 *     *HG_PUSH(&queue) = id;
 *     free(queue.items);
 */
#define HG_ARRAY(type)                                                                             \
    struct {                                                                                       \
        type *items;                                                                               \
        size_t count, capacity;                                                                    \
    }

/* Pointer to a new, uninitialised last item; valid until the next push. */
#define HG_PUSH(array)                                                                             \
    ((array)->count == (array)->capacity                                                           \
         ? (void)((array)->items =                                                                 \
                      hg_grow((array)->items, &(array)->capacity, sizeof *(array)->items))         \
         : (void)0,                                                                                \
     &(array)->items[(array)->count++])

/* Doubles the capacity (at least 8). */
void *hg_grow(void *items, size_t *capacity, size_t size);

/* `HG_CLEANUP(close_it) T x` calls close_it(&x) when x goes out of scope. */
#define HG_CLEANUP(function) __attribute__((cleanup(function)))

/* For HG_CLEANUP on any pointer from malloc. */
static inline void hg_free_pointer(void *pointer_to_pointer)
{
    free(*(void **)pointer_to_pointer);
}

#endif
