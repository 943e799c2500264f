/* Memory by lifetime: an arena gives zeroed, 64-byte aligned memory and frees all of it at
 * once.  Training and sampling take everything from an arena before their loops, which
 * allocate nothing.  An arena beyond a megabyte grows by huge pages of 2 MB. */
#ifndef FM_BASE_ARENA_H
#define FM_BASE_ARENA_H

#include <stddef.h>

struct fm_arena_block;

/* Zero-initialise ({0}) or fm_arena_init. */
struct fm_arena {
    struct fm_arena_block *blocks;
    size_t n_bytes; /* taken so far */
};

/* Bytes of memory that the machine has; 0: unknown. */
size_t fm_physical_memory(void);

void fm_arena_init(struct fm_arena *arena);
/* Frees everything; the arena is empty and usable again.  NULL is allowed. */
void fm_arena_fini(struct fm_arena *arena);
/* Empties the arena but keeps its memory, in one piece: taking as much as before allocates
 * nothing. */
void fm_arena_reset(struct fm_arena *arena);

/* n objects of object_bytes bytes, zeroed, 64-byte aligned; for n = 0 a pointer, too.
 * NULL when memory is out or n * object_bytes overflows.  Not thread-safe for one arena. */
void *fm_arena_take(struct fm_arena *arena, size_t n, size_t object_bytes);
#define FM_NEW(arena, n, type) ((type *)fm_arena_take(arena, n, sizeof(type)))

/* A NUL-terminated copy of text, or of its first n bytes; NULL when memory is out. */
char *fm_arena_text(struct fm_arena *arena, const char *text);
char *fm_arena_text_n(struct fm_arena *arena, const char *text, size_t n);

/* For tests: makes the n-th take from now on (1: the next one) and all later ones fail,
 * until fm_arena_fail_after(0).  Per process. */
void fm_arena_fail_after(size_t n);
/* How many takes this process has made: a loop that allocates nothing adds none. */
size_t fm_arena_n_takes(void);

#endif
