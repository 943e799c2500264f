/* A buffer that all threads share, and a race for it that is always run: threads that are here at
 * the same time wait for one another, once, so that one of them gets the other's number.  One
 * that is alone, or that nobody joins for ten seconds, goes on. */
#define _POSIX_C_SOURCE 200809L /* for clock_gettime */
#include <omp.h>                /* the host's */
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>

static inline void meet_another(void)
{
    static atomic_uint n_visits;
    static atomic_bool have_met;
    const unsigned mine = atomic_fetch_add(&n_visits, 1) + 1;
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    const time_t end = now.tv_sec + 10;
    while (omp_get_num_threads() > 1 && !have_met) {
        (void)sched_yield();
        (void)clock_gettime(CLOCK_MONOTONIC, &now);
        have_met = atomic_load(&n_visits) != mine || now.tv_sec > end;
    }
}

/* The number, or that of another thread. */
static inline double through_shared_buffer(double number)
{
    static volatile double buffer;
    buffer = number;
    meet_another();
    return buffer;
}
