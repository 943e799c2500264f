/* Memory by lifetime: an arena gives zeroed, 64-byte aligned blocks and frees them at once.
 * Training and sampling loops allocate nothing; everything is taken from an arena first.  An
 * arena beyond a megabyte grows by huge pages of 2 MB. */
#ifndef FM_BASE_ARENA_H
#define FM_BASE_ARENA_H

#include <stddef.h>

struct fm_arena_block;

/* Zero-initialise ({0}) or fm_arena_init. */
struct fm_arena {
    struct fm_arena_block *blocks;
    size_t n_bytes; /* taken so far */
};

/* Bytes of memory the machine has; 0 when that is unknown. */
size_t fm_physical_memory(void);

void fm_arena_init(struct fm_arena *arena);
/* Frees everything; the arena is empty and usable again.  NULL is allowed. */
void fm_arena_fini(struct fm_arena *arena);
/* Takes everything back but keeps the memory, in one piece: who takes as much as before does
 * not allocate again. */
void fm_arena_reset(struct fm_arena *arena);

/* n objects of object_bytes bytes, zeroed, 64-byte aligned, never NULL for n = 0.
 * NULL when memory is out or n * object_bytes overflows.  One arena is used by one thread
 * at a time. */
void *fm_arena_take(struct fm_arena *arena, size_t n, size_t object_bytes);
#define FM_NEW(arena, n, type) ((type *)fm_arena_take(arena, n, sizeof(type)))

/* A copy of text (of the first n bytes of it), NUL-terminated; NULL when memory is out. */
char *fm_arena_text(struct fm_arena *arena, const char *text);
char *fm_arena_text_n(struct fm_arena *arena, const char *text, size_t n);

/* For tests: the n-th take from now on fails (1 = the next one), as does every later one
 * until fm_arena_fail_after(0).  Per process. */
void fm_arena_fail_after(size_t n);
/* Takes of this process so far: a loop that allocates nothing leaves it unchanged. */
size_t fm_arena_n_takes(void);

#endif
