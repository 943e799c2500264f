/* Concurrent calls, to see whether they disturb one another. */
#ifndef FM_CHECK_AT_ONCE_H
#define FM_CHECK_AT_ONCE_H

#include <stddef.h>

/* The most threads that a check needs. */
enum { FM_CHECK_THREADS = 3 };

/* Like fm_parallel_for, but all n_threads start together, and thread k does the items k,
 * k + n_threads, ...  With fm_parallel_for the first thread can finish a few short items before
 * another has started. */
void fm_check_at_once(size_t n_threads, size_t n_items,
                      void (*body)(void *context, size_t item, size_t thread),
                      void *context);

#endif
