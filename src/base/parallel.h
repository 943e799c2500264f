/* The only user of OpenMP.  The number of items never depends on the number of threads, and
 * what an item computes must depend on the item alone: so results are the same for any
 * number of threads. A process that forks (base/process.h) must not call fm_parallel_for,
 * _region or _team before: its children would hang in libgomp. */
#ifndef FM_BASE_PARALLEL_H
#define FM_BASE_PARALLEL_H

#include <fmrun/status.h>
#include <stddef.h>

/* Processors that this process may use: by its affinity, its container's quota, and
 * OMP_THREAD_LIMIT; at least 1. */
size_t fm_n_processors(void);
/* The most threads there can be: OMP_THREAD_LIMIT. */
size_t fm_parallel_limit(void);

/* Calls body(context, item, thread) for item = 0 .. n_items - 1, on up to n_threads threads
 * (thread in 0 .. n_threads - 1), in any order; returns when all are done. */
void fm_parallel_for(size_t n_threads, size_t n_items,
                     void (*body)(void *context, size_t item, size_t thread),
                     void *context);

/* Calls body(context, thread) once on each of n_threads threads at the same time, thread =
 * 0 .. n_threads - 1; returns when all are done.  Within body, fm_parallel_barrier waits
 * until all threads have called it.  One thread starts regions and loops, which do not
 * nest.  n_threads is at most fm_parallel_limit, and within a team at most the team's. */
void fm_parallel_region(size_t n_threads, void (*body)(void *context, size_t thread),
                        void *context);
void fm_parallel_barrier(void);

/* Calls body(context, err), and returns what it returns, while n_threads - 1 more threads
 * wait for the regions and loops inside it.  These start within a microsecond; outside a
 * team, each starts or wakes OpenMP's threads.  A waiting thread spins for tens of
 * microseconds, then yields, and sleeps after half a millisecond.  A team as large as the
 * machine pins each thread to a processor of its own. */
FM_MUST_USE enum fm_status fm_parallel_team(size_t n_threads,
                                            enum fm_status (*body)(void *context,
                                                                   struct fm_error *err),
                                            void *context, struct fm_error *err);

/* Monotonic seconds. */
double fm_seconds(void);

#endif
