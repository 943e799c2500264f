/* Checks a density p in many dimensions, where grids are too large.  For any density q and set A,
 *   E_p[q/p 1_A] = E_q[1_A].
 * The left side is a mean over rows of the data set, the right side a mean over draws of q.
 * Here q is normal around one of the rows, and A is where q/p is at most MAX_RATIO, so that no
 * rare, huge term dominates a mean.  Both sides agree if there are as many rows around that row
 * as p says. */
#include <config.h>

#include "check/dataset_mass.h"

#include "base/error.h"
#include "check/moments.h"

#include <math.h>

enum { N_CENTRES = 8, N_WIDTHS = 8, N_ROWS = 1 << 15, N_DRAWS = 1 << 12, MAX_RATIO = 200 };

struct mass {
    const struct fm_dataset_subject *s;
    double *x;     /* [2 N_ROWS][dim] */
    double *log_p; /* [2 N_ROWS] */
    double *sd;    /* [dim]: of the rows */
    double *centre, *draw;
};

static double log_q(const struct mass *m, double width, const double *x)
{
    double sum = 0;
    for (size_t j = 0; j < m->s->dim; j++) {
        const double sd = width * m->sd[j], z = (x[j] - m->centre[j]) / sd;
        sum -= z * z / 2 + log(sd) + 0.91893853320467274178;
    }
    return sum;
}

/* The left side, over the rows first .. first + N_ROWS - 1. */
static struct fm_moment mean_over_rows(const struct mass *m, double width, size_t first)
{
    struct fm_moment sums = {0};
    for (size_t i = first; i < first + N_ROWS; i++) {
        const double ratio = exp(log_q(m, width, m->x + i * m->s->dim) - m->log_p[i]);
        fm_moment_add(&sums, ratio <= MAX_RATIO ? ratio : 0);
    }
    return fm_moment_of(&sums);
}

/* The right side. */
static struct fm_moment mean_over_draws(const struct mass *m, double width, size_t centre)
{
    struct fm_moment sums = {0};
    for (size_t i = 0; i < N_DRAWS; i++) {
        struct fm_rng r = fm_rng_at((struct fm_stream){18, 3, (uint32_t)centre}, i);
        double log_p;
        for (size_t j = 0; j < m->s->dim; j++)
            m->draw[j] = m->centre[j] + width * m->sd[j] * fm_rng_normal(&r);
        fm_dataset_log_density(m->s, 1, m->draw, &log_p);
        fm_moment_add(&sums, log_q(m, width, m->draw) - log_p <= log(MAX_RATIO));
    }
    return fm_moment_of(&sums);
}

static enum fm_status open_mass(struct mass *m, const struct fm_dataset_subject *s,
                                struct fm_error *err)
{
    const size_t n = (size_t)2 * N_ROWS, dim = s->dim;
    *m = (struct mass){s,
                       FM_NEW(s->arena, n * dim, double),
                       FM_NEW(s->arena, n, double),
                       FM_NEW(s->arena, dim, double),
                       FM_NEW(s->arena, dim, double),
                       FM_NEW(s->arena, dim, double)};
    if (!m->x || !m->log_p || !m->sd || !m->centre || !m->draw)
        return fm_out_of_memory(err);
    fm_dataset_rows(s, &s->data, (struct fm_stream){18, 1, 0}, 0, n, m->x, NULL);
    fm_dataset_log_density(s, n, m->x, m->log_p);
    for (size_t j = 0; j < dim; j++) {
        struct fm_moment sums = {0};
        for (size_t i = 0; i < n; i++)
            fm_moment_add(&sums, m->x[i * dim + j]);
        const struct fm_moment moment = fm_moment_of(&sums);
        m->sd[j] = moment.error * sqrt(moment.n);
    }
    return FM_OK;
}

/* The width of q with the smallest relative error of the left side, found on rows of its own. */
static double best_width(const struct mass *m)
{
    double best = 1, least = HUGE_VAL;
    for (int k = 0; k < N_WIDTHS; k++) {
        const double width = pow(0.8, k);
        const struct fm_moment r = mean_over_rows(m, width, 0);
        if (r.mean > 0 && r.error / r.mean < least) {
            least = r.error / r.mean;
            best = width;
        }
    }
    return best;
}

enum fm_status fm_check_dataset_mass(const struct fm_dataset_subject *s,
                                     struct fm_error *err)
{
    struct mass m;
    double furthest = -1, ratio = 0, ratio_error = 0;
    size_t n = 0;
    if (s->data.ops->read || s->dim > 128) {
        fm_dataset_note(s, "rows by density", FM_CHECK_SKIP,
                        s->data.ops->read ? "not decided: the set is finite"
                                          : "not decided: too many dimensions");
        return FM_OK;
    }
    fm_check_begin(s->sink, "rows by density");
    FM_TRY(open_mass(&m, s, err));
    for (size_t k = 0; k < N_CENTRES; k++) {
        fm_dataset_rows(s, &s->data, (struct fm_stream){18, 2, 0}, k, 1, m.centre, NULL);
        const double width = best_width(&m);
        const struct fm_moment rows = mean_over_rows(&m, width, N_ROWS),
                               draws = mean_over_draws(&m, width, k);
        const double error = hypot(rows.error, draws.error);
        if (!(fmax(rows.mean, draws.mean) > 10 * error)) /* too uncertain to compare */
            continue;
        n++;
        if (fabs(rows.mean - draws.mean) / error > furthest) {
            furthest = fabs(rows.mean - draws.mean) / error;
            ratio = rows.mean / draws.mean;
            ratio_error = error / fmax(rows.mean, draws.mean);
        }
    }
    if (n == 0)
        fm_dataset_note(s, "rows by density", FM_CHECK_SKIP,
                        "not decided: too few rows around each point");
    else
        fm_check_add_row(
            s->sink, "rows by density", "",
            furthest <= FM_MOMENT_LIMIT ? FM_CHECK_PASS : FM_CHECK_FAIL, 1, ratio,
            "counted rows / rows by p, around a row (+- %.2g); worst of %zu places",
            ratio_error, n);
    return FM_OK;
}
