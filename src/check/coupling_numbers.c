#include <config.h>

#include "check/coupling_numbers.h"

#include <math.h>

/* A normal variable exceeds this once in a million. */
static const double LIMIT = 4.75;

static void fail_with(const struct fm_coupling_subject *s, const char *property,
                      const struct fm_error *err)
{
    fm_check_add_note(s->sink, property, "", FM_CHECK_FAIL, "%s", err->message);
}

/* ---- marginals ---- */

/* Chi-square with `degrees` of freedom exceeds this once in a million.
 * Source: Wilson and Hilferty 1931, "The distribution of chi-square", PNAS 17:684. */
static double chi_square_limit(double degrees)
{
    double a = 2 / (9 * degrees), root = 1 - a + LIMIT * sqrt(a);
    return degrees * root * root * root;
}

static double chi_square(size_t n, const double *counts, double expected)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += (counts[i] - expected) * (counts[i] - expected) / expected;
    return sum;
}

/* How often each row is in a pair, over many calls for one batch.  Independent draws of pairs make
 * the statistic chi-square; more even draws make it smaller.  The marginal error that the plugin
 * reports is allowed, as if all of it were in one row. */
void fm_check_marginals(struct fm_coupling_subject *s)
{
    enum { N = 16, N_CALLS = 400 };
    double counts0[N] = {0}, counts1[N] = {0}, admitted = 0;
    struct fm_error err = {0};
    fm_check_begin(s->sink, "marginals");
    fm_batch_fill(s->batch, FM_BATCH_NORMAL, N, 2, 77);
    for (uint32_t call = 0; call < N_CALLS; call++) {
        if (fm_batch_pair(s->coupling, &s->arena, s->batch, 1, call, &err) != FM_OK) {
            fail_with(s, "marginals", &err);
            return;
        }
        for (size_t k = 0; k < N; k++) {
            counts0[s->batch->i0[k]]++;
            counts1[s->batch->i1[k]]++;
        }
        admitted = fmax(admitted, s->batch->report.marginal_error);
    }
    double limit = chi_square_limit(N - 1) + (double)N_CALLS * N * N * admitted * admitted;
    double first = chi_square(N, counts0, N_CALLS),
           second = chi_square(N, counts1, N_CALLS);
    bool is_right = first <= limit && second <= limit;
    fm_check_add_row(
        s->sink, "marginals", first > second ? "x0" : "x1",
        is_right ? FM_CHECK_PASS : FM_CHECK_FAIL, limit, fmax(first, second),
        is_right
            ? "chi-square of the counts of rows in pairs, and its limit at 1e-6"
            : "rows are not paired equally often: right couplings exceed the limit once "
              "in a million");
}

/* ---- cost ---- */

struct moments {
    double n, sum, squares;
};

static void add(struct moments *m, double x)
{
    m->n++;
    m->sum += x;
    m->squares += x * x;
}

static double mean(const struct moments *m)
{
    return m->sum / m->n;
}

/* Of the mean; the small term allows for rounding. */
static double standard_error(const struct moments *m)
{
    double variance = fmax(m->squares / m->n - mean(m) * mean(m), 0);
    return sqrt(variance / (m->n - 1)) + 1e-12;
}

/* Compares the pairs' cost with that of independent pairs, and with the reported plan_cost, over
 * many batches. */
void fm_check_pair_cost(struct fm_coupling_subject *s)
{
    enum { N = 64, N_BATCHES = 60 };
    struct moments ratio = {0}, excess = {0};
    struct fm_error err = {0};
    fm_check_begin(s->sink, "cost");
    for (uint32_t i = 0; i < N_BATCHES; i++) {
        fm_batch_fill(s->batch, FM_BATCH_NORMAL, N, 2, 100 + i);
        if (fm_batch_pair(s->coupling, &s->arena, s->batch, 1, i, &err) != FM_OK) {
            fail_with(s, "cost", &err);
            return;
        }
        const struct fm_coupling_report *r = &s->batch->report;
        add(&ratio, r->cost / r->independent_cost);
        add(&excess, (r->cost - r->plan_cost) / r->independent_cost);
    }
    bool is_cheap = mean(&ratio) <= 1 + LIMIT * standard_error(&ratio);
    fm_check_add_row(s->sink, "cost", "", is_cheap ? FM_CHECK_PASS : FM_CHECK_FAIL, 1,
                     mean(&ratio), "cost of the pairs / cost of independent pairs");
    double z = mean(&excess) / standard_error(&excess);
    bool is_true = fabs(z) <= LIMIT;
    fm_check_add_row(s->sink, "plan cost", "", is_true ? FM_CHECK_PASS : FM_CHECK_FAIL, 0,
                     mean(&excess),
                     is_true ? "mean of cost - plan_cost, relative; within chance"
                             : "mean of cost - plan_cost, relative; beyond chance");
}
