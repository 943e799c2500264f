/* The only door to OpenMP.  Work is cut into items whose number never depends on the number
 * of threads; what an item computes must depend on the item alone, so results are the same
 * for any number of threads.
 * The scheduler's parent process must never call fm_parallel_for, _region or _team: a process forked after
 * libgomp has started its threads hangs. */
#ifndef FM_BASE_PARALLEL_H
#define FM_BASE_PARALLEL_H

#include <fmrun/status.h>
#include <stddef.h>

/* Processors this process may run on: by its affinity, its container's quota, and
 * OMP_THREAD_LIMIT; at least 1. */
size_t fm_n_processors(void);
/* The most threads there can be: OMP_THREAD_LIMIT. */
size_t fm_parallel_limit(void);

/* Calls body(context, item, thread) for item = 0 .. n_items - 1, on up to n_threads threads
 * (thread in 0 .. n_threads - 1), in any order; returns when all are done. */
void fm_parallel_for(size_t n_threads, size_t n_items,
                     void (*body)(void *context, size_t item, size_t thread),
                     void *context);

/* Calls body(context, thread) once on each of n_threads threads at the same time, thread = 0 ..
 * n_threads - 1; returns when all are done.  Within body, fm_parallel_barrier waits until all
 * threads have come to it.  Regions and loops are begun by one thread and not nested; n_threads is
 * at most fm_parallel_limit, and in a team at most its own. */
void fm_parallel_region(size_t n_threads, void (*body)(void *context, size_t thread),
                        void *context);
void fm_parallel_barrier(void);

/* Returns what body(context, err) returns, called with n_threads - 1 more threads standing by, which the regions and loops
 * inside it use, of up to n_threads threads: they start within a microsecond, while a region by
 * itself starts OpenMP's threads, or wakes them, each time.  Threads that wait spin for tens of
 * microseconds, then let others have the processor, and sleep after half a millisecond.  A team
 * as large as the machine gives each thread a processor of its own. */
FM_MUST_USE enum fm_status fm_parallel_team(size_t n_threads,
                                            enum fm_status (*body)(void *context,
                                                                   struct fm_error *err),
                                            void *context, struct fm_error *err);

/* Monotonic seconds. */
double fm_seconds(void);

#endif
