#include <config.h>

#include "base/parallel.h"

#include "base/error.h"

#include <omp.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>

size_t fm_n_processors(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0)
        return (size_t)CPU_COUNT(&set);
    return 1;
}

double fm_seconds(void)
{
    struct timespec now;
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* ---- waiting ---- */

/* A number that threads wait for, in a cache line of its own. */
struct signal {
    _Alignas(64) atomic_uint value;
};

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static atomic_uint n_asleep;

static void pause_a_little(void)
{
#if defined __x86_64__
    __builtin_ia32_pause();
#elif defined __aarch64__
    __asm__ volatile("yield");
#endif
}

/* Returns once the signal has that value.  The wait is mostly short, and waking a sleeping
 * thread takes longer than a step of a small network, above all on a virtual machine: so it
 * first spins, for some ten microseconds, then offers the processor to others, and sleeps only
 * when nothing has come for milliseconds. */
static void wait_for(struct signal *s, unsigned value)
{
    enum { N_SPINS = 500 };
    const double patience = 5e-3;
    for (int i = 0; i < N_SPINS; i++) {
        if (atomic_load(&s->value) == value)
            return;
        pause_a_little();
    }
    for (double start = fm_seconds(); fm_seconds() - start < patience;) {
        if (atomic_load(&s->value) == value)
            return;
        (void)sched_yield();
    }
    (void)pthread_mutex_lock(&mutex);
    atomic_fetch_add(&n_asleep, 1);
    while (atomic_load(&s->value) != value)
        (void)pthread_cond_wait(&changed, &mutex);
    atomic_fetch_sub(&n_asleep, 1);
    (void)pthread_mutex_unlock(&mutex);
}

static void wake_sleepers(void)
{
    if (atomic_load(&n_asleep) == 0)
        return;
    (void)pthread_mutex_lock(&mutex);
    (void)pthread_cond_broadcast(&changed);
    (void)pthread_mutex_unlock(&mutex);
}

static void set(struct signal *s, unsigned value)
{
    atomic_store(&s->value, value);
    wake_sleepers();
}

/* Adds one; returns what it is then. */
static unsigned count(struct signal *s)
{
    unsigned value = atomic_fetch_add(&s->value, 1) + 1;
    wake_sleepers();
    return value;
}

/* ---- the team ---- */

static struct {
    size_t n_threads; /* 0: there is none */
    /* of the region under way, or of the last */
    size_t n_working;
    void (*body)(void *context, size_t thread); /* NULL: the team parts */
    void *context;
    struct signal n_regions; /* begun so far */
    struct signal n_done;    /* threads that are through with the region */
    struct signal n_arrived, n_barriers;
} team;

/* Gives each thread of a team that wants all processors one of its own.  Linux's scheduler
 * leaves two of them on one processor for long times: threads that wait by spinning look as
 * busy as those that work. */
static void take_processor(const cpu_set_t *allowed, size_t thread)
{
    cpu_set_t one;
    CPU_ZERO(&one);
    for (size_t cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, allowed) && thread-- == 0)
            CPU_SET(cpu, &one);
    (void)sched_setaffinity(0, sizeof one, &one); /* where that fails, go on as it is */
}

static void serve(size_t thread)
{
    for (unsigned region = 1;; region++) {
        wait_for(&team.n_regions, region);
        if (!team.body)
            return;
        if (thread < team.n_working)
            team.body(team.context, thread);
        (void)count(&team.n_done);
    }
}

static void start_region(size_t n_working, void (*body)(void *context, size_t thread),
                         void *context)
{
    team.n_working = n_working;
    team.body = body;
    team.context = context;
    atomic_store(&team.n_done.value, 0);
    set(&team.n_regions, atomic_load(&team.n_regions.value) + 1);
}

void fm_parallel_team(size_t n_threads, void (*body)(void *context), void *context)
{
    FM_ASSERT(team.n_threads == 0);
    if (n_threads <= 1) {
        body(context);
        return;
    }
    atomic_store(&team.n_regions.value, 0);
    team.n_threads = n_threads;
    cpu_set_t allowed;
    bool are_all = sched_getaffinity(0, sizeof allowed, &allowed) == 0
                   && (size_t)CPU_COUNT(&allowed) == n_threads;
    omp_set_dynamic(0);
#pragma omp parallel num_threads((int)n_threads)
    {
        size_t thread = (size_t)omp_get_thread_num();
        FM_ASSERT((size_t)omp_get_num_threads() == n_threads);
        if (are_all)
            take_processor(&allowed, thread);
        if (thread == 0) {
            body(context);
            start_region(0, NULL, NULL);
        } else {
            serve(thread);
        }
        if (are_all)
            (void)sched_setaffinity(0, sizeof allowed, &allowed);
    }
    team.n_threads = 0;
}

/* ---- regions ---- */

void fm_parallel_region(size_t n_threads, void (*body)(void *context, size_t thread),
                        void *context)
{
    if (n_threads <= 1) {
        body(context, 0);
        return;
    }
    if (team.n_threads > 0) {
        FM_ASSERT(n_threads <= team.n_threads);
        start_region(n_threads, body, context);
        body(context, 0);
        wait_for(&team.n_done, (unsigned)team.n_threads - 1);
        return;
    }
    omp_set_dynamic(0);
#pragma omp parallel num_threads((int)n_threads)
    {
        FM_ASSERT((size_t)omp_get_num_threads() == n_threads);
        body(context, (size_t)omp_get_thread_num());
    }
}

void fm_parallel_barrier(void)
{
    if (team.n_threads == 0) {
#pragma omp barrier
        return;
    }
    unsigned next = atomic_load(&team.n_barriers.value) + 1;
    if (count(&team.n_arrived) == team.n_working) {
        atomic_store(&team.n_arrived.value, 0);
        set(&team.n_barriers, next);
    } else {
        wait_for(&team.n_barriers, next);
    }
}

struct loop {
    void (*body)(void *context, size_t item, size_t thread);
    void *context;
    size_t n_items;
    atomic_size_t next;
};

static void take_items(void *context, size_t thread)
{
    struct loop *loop = context;
    for (size_t i; (i = atomic_fetch_add(&loop->next, 1)) < loop->n_items;)
        loop->body(loop->context, i, thread);
}

void fm_parallel_for(size_t n_threads, size_t n_items,
                     void (*body)(void *context, size_t item, size_t thread), void *context)
{
    struct loop loop = {body, context, n_items, 0};
    fm_parallel_region(n_threads < n_items ? n_threads : n_items, take_items, &loop);
}
