#include <config.h>

#include "base/parallel.h"

#include <omp.h>
#include <sched.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

size_t fm_n_processors(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0)
        return (size_t)CPU_COUNT(&set);
    return 1;
}

void fm_parallel_for(size_t n_threads, size_t n_items,
                     void (*body)(void *context, size_t item, size_t thread), void *context)
{
    if (n_threads > n_items)
        n_threads = n_items;
    if (n_threads <= 1) {
        for (size_t i = 0; i < n_items; i++)
            body(context, i, 0);
        return;
    }
#pragma omp parallel for schedule(dynamic, 1) num_threads((int)n_threads)
    for (size_t i = 0; i < n_items; i++)
        body(context, i, (size_t)omp_get_thread_num());
}

void fm_parallel_region(size_t n_threads, void (*body)(void *context, size_t thread),
                        void *context)
{
    if (n_threads <= 1) {
        body(context, 0);
        return;
    }
#pragma omp parallel num_threads((int)n_threads)
    body(context, (size_t)omp_get_thread_num());
}

void fm_parallel_barrier(void)
{
#pragma omp barrier
}

void fm_parallel_configure(char **argv)
{
    if (getenv("GOMP_SPINCOUNT") || getenv("OMP_WAIT_POLICY"))
        return;
    if (setenv("GOMP_SPINCOUNT", "2000", 1) == 0)
        (void)execv("/proc/self/exe", argv); /* where that fails, go on as it is */
}

double fm_seconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}
