/* The times of training have the documented densities.  Kolmogorov's test: for n draws and
 * their distribution F, D = sup |F_n - F|, the limit of P(sqrt(n) D > k) is 2 sum_j
 * (-1)^(j-1) exp(-2 j^2 k^2), 0.001 at k = 1.95.  The draws are from a fixed seed. */
#include <config.h>

#include "base/stream.h"
#include "plugin_support.h"
#include "support.h"
#include "test_train.h"
#include "train/times.h"

#include <math.h>
#include <stdlib.h>

enum { N = 20000, BATCH = 250 };

/* P(T <= t) for each kind, from its density. */
static double distribution(const struct fm_train_options *o, double t)
{
    const double a = o->time_a;
    switch ((enum fm_train_time)o->time) {
    case FM_TIME_UNIFORM:
    case FM_TIME_STRATIFIED:
        return t;
    case FM_TIME_LOGIT_NORMAL: /* logit T is N(mean, sd^2) */
        return 0.5 * erfc(-(log(t / (1 - t)) - o->time_mean) / o->time_sd / sqrt(2));
    case FM_TIME_EDM_SKEWED: /* T <= t where log sigma, N(-1.2, 1.2^2), >= log((1 - t) / t) */
        return 0.5 * erfc((log((1 - t) / t) + 1.2) / 1.2 / sqrt(2));
    case FM_TIME_U_SHAPED: /* int_0^t a (e^(a s) + e^(a (1 - s))) ds / (2 (e^a - 1)) */
        return (exp(a * t) - 1 + exp(a) - exp(a * (1 - t))) / (2 * (exp(a) - 1));
    }
    return -1;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Returns sqrt(n) D of t and sorts t. */
static double distance(const struct fm_train_options *o, double *t, size_t n)
{
    double largest = 0;
    qsort(t, n, sizeof *t, compare);
    for (size_t i = 0; i < n; i++) {
        double f = distribution(o, t[i]);
        largest =
            fmax(largest, fmax((double)(i + 1) / (double)n - f, f - (double)i / (double)n));
    }
    return sqrt((double)n) * largest;
}

static struct fm_stream stream_at(uint32_t step)
{
    return (struct fm_stream){5, FM_STREAM_TRAIN_TIME, step};
}

static const struct {
    enum fm_train_time time;
    double mean, sd, a;
} cases[] = {
    {FM_TIME_UNIFORM, 0, 1, 4},         {FM_TIME_LOGIT_NORMAL, 0, 1, 4},
    {FM_TIME_LOGIT_NORMAL, -0.5, 2, 4}, {FM_TIME_EDM_SKEWED, 0, 1, 4},
    {FM_TIME_U_SHAPED, 0, 1, 4},        {FM_TIME_U_SHAPED, 0, 1, 0.5},
    {FM_TIME_STRATIFIED, 0, 1, 4},
};
enum { N_CASES = sizeof cases / sizeof *cases };

static struct fm_train_options options_of(int i)
{
    struct fm_train_options o = test_train_options(1, BATCH);
    o.time = cases[i].time;
    o.time_mean = cases[i].mean;
    o.time_sd = cases[i].sd;
    o.time_a = cases[i].a;
    return o;
}

START_TEST(times_have_their_density)
{
    static double t[N];
    const struct fm_train_options o = options_of(_i);
    for (uint32_t step = 0; step < N / BATCH; step++)
        fm_train_times(&o, stream_at(step), 0, BATCH, t + step * BATCH);
    for (size_t i = 0; i < N; i++)
        ck_assert(t[i] >= 0 && t[i] < 1);
    double d = distance(&o, t, N);
    ck_assert_msg(d < 1.95, "sqrt(n) D = %.3f", d);
    /* another density fails, which shows that the test has power */
    struct fm_train_options other = o;
    other.time = o.time == FM_TIME_U_SHAPED ? FM_TIME_EDM_SKEWED : FM_TIME_U_SHAPED;
    other.time_a = 4;
    ck_assert_double_gt(distance(&other, t, N), 1.95);
}
END_TEST

START_TEST(times_are_functions_of_seed_step_and_row)
{
    double whole[BATCH], part[BATCH];
    const struct fm_train_options o = options_of(_i);
    fm_train_times(&o, stream_at(3), 0, BATCH, whole);
    for (size_t first = 0; first < BATCH; first += 7) {
        size_t n = BATCH - first < 7 ? BATCH - first : 7;
        fm_train_times(&o, stream_at(3), first, n, part);
        ck_assert_mem_eq(part, whole + first, n * sizeof *part);
    }
    fm_train_times(&o, stream_at(4), 0, BATCH, part);
    for (size_t i = 0; i < BATCH; i++)
        ck_assert(part[i] != whole[i]);
}
END_TEST

/* Row i of n is in [i / n, (i + 1) / n), and uniform within it by Kolmogorov's test. */
START_TEST(stratified_times_have_one_row_per_stratum)
{
    static double within[N];
    const struct fm_train_options o = options_of(N_CASES - 1);
    ck_assert_int_eq(o.time, FM_TIME_STRATIFIED);
    for (uint32_t step = 0; step < N / BATCH; step++) {
        double t[BATCH];
        fm_train_times(&o, stream_at(step), 0, BATCH, t);
        for (size_t i = 0; i < BATCH; i++) {
            within[step * BATCH + i] = t[i] * BATCH - (double)i;
            ck_assert(within[step * BATCH + i] > -1e-12
                      && within[step * BATCH + i] < 1 + 1e-12);
        }
    }
    ck_assert_double_lt(distance(&o, within, N), 1.95);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("times");
    TCase *times = tcase_create("times");
    tcase_add_loop_test(times, times_have_their_density, 0, N_CASES);
    tcase_add_loop_test(times, times_are_functions_of_seed_step_and_row, 0, N_CASES);
    tcase_add_test(times, stratified_times_have_one_row_per_stratum);
    suite_add_tcase(suite, times);
    return test_main(suite);
}
