/* A buffer that all threads share, and a race for it that always happens: concurrent
 * threads wait for each other once, so that one of them reads the other's number.  A thread
 * that is alone, or that no other joins within ten seconds, continues. */
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
