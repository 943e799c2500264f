#include <config.h>

#include "base/parallel.h"

#include "base/error.h"

#include <math.h>
#include <omp.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* The container's quota in processors, rounded up; 0: no quota. */
static size_t quota(void)
{
    double microseconds = 0, period = 0;
    FILE *file =
        fopen("/sys/fs/cgroup/cpu.max", "r"); /* "200000 100000", or "max 100000" */
    if (!file)
        return 0;
    bool has_quota = fscanf(file, "%lf %lf", &microseconds, &period) == 2
                     && microseconds > 0 && period > 0;
    (void)fclose(file);
    return has_quota ? (size_t)ceil(microseconds / period) : 0;
}

size_t fm_parallel_limit(void)
{
    return (size_t)omp_get_thread_limit();
}

size_t fm_n_processors(void)
{
    cpu_set_t set;
    size_t n = 1, most = quota();
    if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0)
        n = (size_t)CPU_COUNT(&set);
    if (most > 0 && most < n)
        n = most;
    return n < fm_parallel_limit() ? n : fm_parallel_limit();
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

/* Returns once the signal has that value.  Most waits are short, and waking a thread takes
 * longer than a train step of a small network, above all on a virtual machine.  So it spins
 * for tens of microseconds, then yields, and sleeps only after ten times as long as waking
 * takes. */
static void wait_for(struct signal *s, unsigned value)
{
    enum { N_SPINS = 2000 };
    const double max_yielding = 5e-4;
    for (int i = 0; i < N_SPINS; i++) {
        if (atomic_load(&s->value) == value)
            return;
        pause_a_little();
    }
    for (double start = fm_seconds(); fm_seconds() - start < max_yielding;) {
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

/* Adds one and returns the sum. */
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
    bool is_busy;
    size_t n_working;
    void (*body)(void *context, size_t thread); /* NULL: the team ends */
    void *context;
    struct signal *starts; /* [n_threads]: regions that each thread has begun */
    struct signal n_done;  /* threads that have finished the region */
    struct signal n_arrived, n_barriers;
} team;

/* Pins the thread to a processor of its own, for a team that uses all.  Linux's scheduler
 * leaves two threads on one processor for long, because those that spin look as busy as
 * those that work. */
static void take_processor(const cpu_set_t *allowed, size_t thread)
{
    cpu_set_t one;
    CPU_ZERO(&one);
    for (size_t cpu = 0; cpu < CPU_SETSIZE; cpu++)
        if (CPU_ISSET(cpu, allowed) && thread-- == 0)
            CPU_SET(cpu, &one);
    /* when it fails, the thread stays unpinned */
    (void)sched_setaffinity(0, sizeof one, &one);
}

static void serve(size_t thread)
{
    for (unsigned region = 1;; region++) {
        wait_for(&team.starts[thread], region);
        if (!team.body)
            return;
        team.body(team.context, thread);
        (void)count(&team.n_done);
    }
}

/* Starts the first n_working threads without this one; the others keep waiting. */
static void start_region(size_t n_working, void (*body)(void *context, size_t thread),
                         void *context)
{
    team.n_working = n_working;
    team.body = body;
    team.context = context;
    atomic_store(&team.n_done.value, 0);
    for (size_t i = 1; i < n_working; i++)
        (void)atomic_fetch_add(&team.starts[i].value, 1);
    wake_sleepers();
}

static enum fm_status with_team(size_t n_threads,
                                enum fm_status (*body)(void *context, struct fm_error *err),
                                void *context, struct fm_error *err)
{
    enum fm_status status = FM_OK;
    cpu_set_t allowed;
    bool are_all = sched_getaffinity(0, sizeof allowed, &allowed) == 0
                   && (size_t)CPU_COUNT(&allowed) == n_threads;
    team.n_threads = n_threads;
    omp_set_dynamic(0);
#pragma omp parallel num_threads((int)n_threads)
    {
        size_t thread = (size_t)omp_get_thread_num();
        FM_ASSERT((size_t)omp_get_num_threads() == n_threads);
        if (are_all)
            take_processor(&allowed, thread);
        if (thread == 0) {
            status = body(context, err);
            start_region(n_threads, NULL, NULL);
        } else {
            serve(thread);
        }
        if (are_all)
            (void)sched_setaffinity(0, sizeof allowed, &allowed);
    }
    team.n_threads = 0;
    return status;
}

enum fm_status fm_parallel_team(size_t n_threads,
                                enum fm_status (*body)(void *context, struct fm_error *err),
                                void *context, struct fm_error *err)
{
    FM_ASSERT(team.n_threads == 0);
    if (n_threads > 1)
        team.starts =
            aligned_alloc(_Alignof(struct signal), n_threads * sizeof *team.starts);
    if (!team.starts) /* each region starts threads of its own, then */
        return body(context, err);
    for (size_t i = 0; i < n_threads; i++)
        atomic_init(&team.starts[i].value, 0);
    const enum fm_status status = with_team(n_threads, body, context, err);
    free(team.starts);
    team.starts = NULL;
    return status;
}

/* ---- regions ---- */

/* A region of the team. */
static void team_region(size_t n_threads, void (*body)(void *context, size_t thread),
                        void *context)
{
    FM_ASSERT(n_threads <= team.n_threads && !team.is_busy);
    team.is_busy = true;
    start_region(n_threads, body, context);
    body(context, 0);
    if (n_threads > 1)
        wait_for(&team.n_done, (unsigned)n_threads - 1);
    team.is_busy = false;
}

void fm_parallel_region(size_t n_threads, void (*body)(void *context, size_t thread),
                        void *context)
{
    if (n_threads == 0)
        n_threads = 1;
    if (team.n_threads > 0) {
        team_region(n_threads, body, context);
        return;
    }
    if (n_threads == 1) {
        body(context, 0);
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
