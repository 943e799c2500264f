/* The only door to OpenMP.  Work is cut into items whose number never depends on the number
 * of threads; what an item computes must depend on the item alone, so results are the same
 * for any number of threads.
 * The scheduler's parent process must never call fm_parallel_for: a process forked after
 * libgomp has started its threads hangs. */
#ifndef FM_BASE_PARALLEL_H
#define FM_BASE_PARALLEL_H

#include <stddef.h>

/* Processors this process may run on (at least 1). */
size_t fm_n_processors(void);

/* Calls body(context, item, thread) for item = 0 .. n_items - 1, on up to n_threads threads
 * (thread in 0 .. n_threads - 1), in any order; returns when all are done. */
void fm_parallel_for(size_t n_threads, size_t n_items,
                     void (*body)(void *context, size_t item, size_t thread),
                     void *context);

/* Calls body(context, thread) once on each of n_threads threads at the same time, thread = 0 ..
 * n_threads - 1; returns when all are done.  Within body, fm_parallel_barrier waits until all
 * threads have come to it. */
void fm_parallel_region(size_t n_threads, void (*body)(void *context, size_t thread),
                        void *context);
void fm_parallel_barrier(void);

/* To be called first thing in main, with main's argv.  libgomp's threads spin for
 * milliseconds at the end of a parallel region; where other processes want the processors,
 * too, that slows training by 5 times and more.  How long they spin can be said only in the
 * environment, and before libgomp is loaded: so this sets GOMP_SPINCOUNT and starts the
 * program again, unless the user has said something.  No result depends on it. */
void fm_parallel_configure(char **argv);

/* Monotonic seconds. */
double fm_seconds(void);

#endif
