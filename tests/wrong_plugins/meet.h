/* A race between threads that is always run.
 *     buffer = ...; meet(); ... = buffer;
 * Threads that call it at the same time wait for one another, once, so that one of them reads
 * what the other wrote.  One that is alone, or that nobody joins for seconds, goes on. */
#include <omp.h> /* the host's */
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>

static inline void meet(void)
{
    static atomic_uint n_visits;
    static atomic_bool have_met;
    const unsigned mine = atomic_fetch_add(&n_visits, 1) + 1;
    const time_t end = time(NULL) + 5;
    while (omp_get_num_threads() > 1 && !have_met && time(NULL) < end)
        if (atomic_load(&n_visits) == mine)
            (void)sched_yield();
        else
            have_met = true;
}
