/* Growing text, and small helpers on names. */
#ifndef FM_BASE_TEXT_H
#define FM_BASE_TEXT_H

#include <fmrun/status.h>
#include <stdbool.h>
#include <stddef.h>

/* Zero-initialise.  bytes is NULL, or NUL-terminated; fm_text_bytes is never NULL.  When
 * memory runs out, has_failed is set and further additions do nothing: check it once, at
 * the end. */
struct fm_text {
    char *bytes;
    size_t length, capacity;
    bool has_failed;
};

void fm_text_fini(struct fm_text *text);
void fm_text_add(struct fm_text *text, const char *format, ...) FM_FORMAT(2, 3);
void fm_text_add_bytes(struct fm_text *text, const char *bytes, size_t n);
void fm_text_clear(struct fm_text *text);
/* Keeps the first n bytes; n is at most length. */
void fm_text_cut(struct fm_text *text, size_t n);
/* Drops the first n bytes; n is at most length. */
void fm_text_cut_front(struct fm_text *text, size_t n);
const char *fm_text_bytes(const struct fm_text *text);

/* Adds the shortest decimal that reads back as the same double ("0.001", "1e-10", "3"). */
void fm_text_add_real(struct fm_text *text, double value);

/* The name nearest to `wrong`, or NULL when none is near: the edit distance, with
 * transpositions, is at most a third of wrong's length, or 1.  n: (size_t)-1 when names
 * ends with NULL. */
const char *fm_nearest(const char *wrong, const char *const *names, size_t n);

/* Number of terminal columns of UTF-8 text, counting each code point as one. */
size_t fm_text_columns(const char *utf8);

/* Adds "3 runs", or "1 run", for n and "run". */
void fm_text_add_count(struct fm_text *text, size_t n, const char *noun);
/* Adds "850 ms", "12.3 s", "4 min 10 s" or "2 h 03 min". */
void fm_text_add_duration(struct fm_text *text, double seconds);

#endif
