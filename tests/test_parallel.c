/* Threads: every item runs once, every thread once, and barriers wait, with and without a
 * team. */
#include <config.h>

#include "base/parallel.h"
#include "support.h"

#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

enum { MAX_THREADS = 7, N_ITEMS = 1000, N_ROUNDS = 300 };
static const size_t thread_counts[] = {1, 2, 3, MAX_THREADS};
enum { N_COUNTS = sizeof thread_counts / sizeof *thread_counts };

struct work {
    size_t n_threads;
    atomic_uint items[N_ITEMS], threads[MAX_THREADS];
    unsigned before[MAX_THREADS], after[MAX_THREADS]; /* a barrier between them */
    unsigned round;
    atomic_uint n_wrong;
};

static void take(void *context, size_t item, size_t thread)
{
    struct work *w = context;
    atomic_fetch_add(&w->items[item], 1);
    if (thread >= w->n_threads)
        atomic_fetch_add(&w->n_wrong, 1);
}

/* Each thread writes, waits, and must see what all the others wrote. */
static void meet(void *context, size_t thread)
{
    struct work *w = context;
    atomic_fetch_add(&w->threads[thread], 1);
    w->before[thread] = w->round;
    if (w->n_threads > 1)
        fm_parallel_barrier();
    for (size_t i = 0; i < w->n_threads; i++)
        if (w->before[i] != w->round)
            atomic_fetch_add(&w->n_wrong, 1);
    w->after[thread] = w->round;
    if (w->n_threads > 1)
        fm_parallel_barrier();
    for (size_t i = 0; i < w->n_threads; i++)
        if (w->after[i] != w->round)
            atomic_fetch_add(&w->n_wrong, 1);
}

static enum fm_status all_rounds(void *context, struct fm_error *err)
{
    (void)err;
    struct work *w = context;
    size_t n_threads = w->n_threads;
    for (unsigned round = 1; round <= N_ROUNDS; round++) {
        w->round = round;
        w->n_threads =
            1 + (n_threads - 1) * (round % 2); /* alternately all threads and one */
        fm_parallel_region(w->n_threads, meet, w);
        w->n_threads = n_threads;
        fm_parallel_for(n_threads, N_ITEMS, take, w);
        if (round % 100 == 0) /* long enough for the others to fall asleep */
            (void)nanosleep(&(struct timespec){.tv_nsec = 20000000}, NULL);
    }
    return FM_OK;
}

static void check_rounds(const struct work *w)
{
    ck_assert_uint_eq(w->n_wrong, 0);
    for (size_t i = 0; i < N_ITEMS; i++)
        ck_assert_uint_eq(w->items[i], N_ROUNDS);
    for (size_t i = 1; i < w->n_threads; i++)
        ck_assert_uint_eq(w->threads[i], N_ROUNDS / 2);
    ck_assert_uint_eq(w->threads[0], N_ROUNDS);
}

START_TEST(a_team_does_everything_once)
{
    static struct work w;
    w.n_threads = thread_counts[_i];
    ck_assert_int_eq(fm_parallel_team(w.n_threads, all_rounds, &w, NULL), FM_OK);
    check_rounds(&w);
    memset(&w, 0, sizeof w); /* then another team */
    w.n_threads = thread_counts[N_COUNTS - 1 - _i];
    ck_assert_int_eq(fm_parallel_team(w.n_threads, all_rounds, &w, NULL), FM_OK);
    check_rounds(&w);
}
END_TEST

START_TEST(regions_without_a_team_do_everything_once)
{
    static struct work w;
    w.n_threads = thread_counts[_i];
    ck_assert_int_eq(all_rounds(&w, NULL), FM_OK);
    check_rounds(&w);
}
END_TEST

static enum fm_status diverge(void *context, struct fm_error *err)
{
    (void)context;
    return fm_fail(err, FM_ERROR_DIVERGED, "as asked");
}

START_TEST(a_team_leaves_the_threads_their_processors)
{
    cpu_set_t before, after;
    size_t n = fm_n_processors();
    ck_assert_uint_ge(n, 1);
    ck_assert_int_eq(sched_getaffinity(0, sizeof before, &before), 0);
    ck_assert_int_eq(fm_parallel_team(n, diverge, NULL, NULL), FM_ERROR_DIVERGED);
    ck_assert_int_eq(sched_getaffinity(0, sizeof after, &after), 0);
    ck_assert(CPU_EQUAL(&before, &after));
    ck_assert_uint_eq(fm_n_processors(), n);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("parallel");
    TCase *threads = tcase_create("threads");
    tcase_add_loop_test(threads, a_team_does_everything_once, 0, N_COUNTS);
    tcase_add_loop_test(threads, regions_without_a_team_do_everything_once, 0, N_COUNTS);
    tcase_add_test(threads, a_team_leaves_the_threads_their_processors);
    suite_add_tcase(suite, threads);
    return test_main(suite);
}
