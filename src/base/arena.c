#include <config.h>

#include "base/arena.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { ALIGNMENT = 64, BLOCK_BYTES = 64 * 1024, HUGE_BYTES = 2 * 1024 * 1024 };

struct fm_arena_block {
    struct fm_arena_block *next;
    size_t used, capacity;
    /* the bytes start at the first multiple of ALIGNMENT after the header */
};

static atomic_size_t n_takes, fail_countdown;

void fm_arena_fail_after(size_t n)
{
    atomic_store(&fail_countdown, n);
}

size_t fm_arena_n_takes(void)
{
    return atomic_load(&n_takes);
}

static bool must_fail(void)
{
    size_t left = atomic_load(&fail_countdown);
    if (left == 0)
        return false;
    if (left > 1) {
        atomic_store(&fail_countdown, left - 1);
        return false;
    }
    return true;
}

size_t fm_physical_memory(void)
{
    long pages = sysconf(_SC_PHYS_PAGES), bytes = sysconf(_SC_PAGESIZE);
    return pages > 0 && bytes > 0 ? (size_t)pages * (size_t)bytes : 0;
}

void fm_arena_init(struct fm_arena *arena)
{
    *arena = (struct fm_arena){0};
}

void fm_arena_fini(struct fm_arena *arena)
{
    if (!arena)
        return;
    for (struct fm_arena_block *b = arena->blocks, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    *arena = (struct fm_arena){0};
}

static size_t round_up(size_t n)
{
    return (n + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

/* A block with room for at least that many bytes, or NULL.  The blocks of a large arena are
 * whole huge pages, which makes matrices that stream through the caches 3 to 5 % faster. */
static struct fm_arena_block *new_block(const struct fm_arena *arena, size_t bytes)
{
    const size_t header = round_up(sizeof(struct fm_arena_block));
    size_t capacity = bytes > BLOCK_BYTES / 4 ? bytes : BLOCK_BYTES, alignment = ALIGNMENT;
    if (arena->n_bytes + bytes >= HUGE_BYTES / 2 && capacity <= SIZE_MAX - 2 * HUGE_BYTES) {
        alignment = HUGE_BYTES;
        capacity = (header + capacity + HUGE_BYTES - 1) / HUGE_BYTES * HUGE_BYTES - header;
    }
    struct fm_arena_block *block = aligned_alloc(alignment, header + capacity);
    if (!block)
        return NULL;
    if (alignment == HUGE_BYTES) /* where the system has none, it uses small pages */
        (void)madvise(block, header + capacity, MADV_HUGEPAGE);
    *block = (struct fm_arena_block){.capacity = capacity};
    return block;
}

void *fm_arena_take(struct fm_arena *arena, size_t n, size_t object_bytes)
{
    const size_t header = round_up(sizeof(struct fm_arena_block));
    atomic_fetch_add(&n_takes, 1);
    if (must_fail())
        return NULL;
    if (object_bytes != 0 && n > (SIZE_MAX / 2 - header) / object_bytes)
        return NULL;
    size_t bytes = round_up(n * object_bytes);
    if (bytes == 0)
        bytes = ALIGNMENT;
    struct fm_arena_block *block = arena->blocks;
    if (!block || block->capacity - block->used < bytes) {
        struct fm_arena_block *fresh = new_block(arena, bytes);
        if (!fresh)
            return NULL;
        /* Takes come from the first block: the one with more room left. */
        if (block && block->capacity - block->used > fresh->capacity - bytes) {
            fresh->next = block->next;
            block->next = fresh;
        } else {
            fresh->next = block;
            arena->blocks = fresh;
        }
        block = fresh;
    }
    char *result = (char *)block + header + block->used;
    block->used += bytes;
    arena->n_bytes += bytes;
    return memset(result, 0, bytes);
}

void fm_arena_reset(struct fm_arena *arena)
{
    size_t bytes = arena->n_bytes;
    if (arena->blocks && !arena->blocks->next) {
        arena->blocks->used = 0;
        arena->n_bytes = 0;
        return;
    }
    fm_arena_fini(arena);
    if (bytes == 0)
        return;
    arena->blocks = new_block(arena, bytes);
}

char *fm_arena_text_n(struct fm_arena *arena, const char *text, size_t n)
{
    char *copy = fm_arena_take(arena, n + 1, 1);
    if (copy)
        memcpy(copy, text, n);
    return copy;
}

char *fm_arena_text(struct fm_arena *arena, const char *text)
{
    return fm_arena_text_n(arena, text, strlen(text));
}
