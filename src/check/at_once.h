/* Calls at the same time, to see whether they disturb one another. */
#ifndef FM_CHECK_AT_ONCE_H
#define FM_CHECK_AT_ONCE_H

#include <stddef.h>

enum { FM_CHECK_THREADS = 3 }; /* the most that a check needs */

/* As fm_parallel_for, but n_threads begin together and take the items in turn, whichever is
 * faster.  There, the thread that is up first may be done with all of a few short items before
 * another one has started. */
void fm_check_at_once(size_t n_threads, size_t n_items,
                      void (*body)(void *context, size_t item, size_t thread),
                      void *context);

#endif
