#include <config.h>

#include "check/dataset_moments.h"

#include "base/error.h"
#include "check/dataset_integral.h"
#include "check/moments.h"

#include <math.h>

enum { N_NUMBERS = 1 << 22, N_MAX = 1 << 19, N_LEAST = 1 << 12, N_AT_ONCE = 256 };

static size_t enough_rows(const struct fm_dataset_subject *s)
{
    const size_t n = N_NUMBERS / s->dim;
    return fm_dataset_n(s, n > N_MAX ? N_MAX : n < N_LEAST ? N_LEAST : n);
}

/* ---- moments ---- */

struct moments {
    const struct fm_dataset_subject *subject;
    double *expected_mean, *expected_square, *expected_product; /* [dim] */
    struct fm_moment *mean, *square, *product;                  /* [dim]; j with j + 1 */
};

static enum fm_status open_moments(struct moments *m, const struct fm_dataset_subject *s,
                                   struct fm_error *err)
{
    double *numbers = FM_NEW(s->arena, 3 * s->dim, double);
    struct fm_moment *sums = FM_NEW(s->arena, 3 * s->dim, struct fm_moment);
    if (!numbers || !sums)
        return fm_out_of_memory(err);
    *m = (struct moments){s,    numbers,       numbers + s->dim, numbers + 2 * s->dim,
                          sums, sums + s->dim, sums + 2 * s->dim};
    return FM_OK;
}

/* The closed form's mean and variance of each coordinate, and covariance with the next one. */
static void expect_mixture(struct moments *m, const struct fm_mixture *mixture)
{
    const size_t dim = mixture->dim;
    for (size_t k = 0; k < mixture->n_components; k++)
        for (size_t j = 0; j < dim; j++)
            m->expected_mean[j] += mixture->weights[k] * mixture->means[k * dim + j];
    for (size_t k = 0; k < mixture->n_components; k++)
        for (size_t j = 0; j < dim; j++) {
            const double w = mixture->weights[k],
                         z = mixture->means[k * dim + j] - m->expected_mean[j];
            m->expected_square[j] += w * (z * z + mixture->variances[k * dim + j]);
            if (j + 1 < dim)
                m->expected_product[j] +=
                    w * z * (mixture->means[k * dim + j + 1] - m->expected_mean[j + 1]);
        }
}

/* Central moments about the expected mean. */
static enum fm_status add_rows(struct moments *m, size_t n, struct fm_error *err)
{
    const struct fm_dataset_subject *s = m->subject;
    const size_t dim = s->dim;
    double *x = FM_NEW(s->arena, N_AT_ONCE * dim, double);
    if (!x)
        return fm_out_of_memory(err);
    for (size_t first = 0; first < n; first += N_AT_ONCE) {
        const size_t n_rows = n - first < N_AT_ONCE ? n - first : N_AT_ONCE;
        fm_dataset_rows(s, &s->data, (struct fm_stream){15, 1, 0}, first, n_rows, x, NULL);
        for (size_t i = 0; i < n_rows; i++)
            for (size_t j = 0; j < dim; j++) {
                const double z = x[i * dim + j] - m->expected_mean[j];
                fm_moment_add(&m->mean[j], z);
                fm_moment_add(&m->square[j], z * z);
                if (j + 1 < dim)
                    fm_moment_add(&m->product[j],
                                  z * (x[i * dim + j + 1] - m->expected_mean[j + 1]));
            }
    }
    return FM_OK;
}

static bool is_right(const struct moments *m, const struct fm_moment *sums, size_t j,
                     double shift, double expected, const char *what)
{
    const struct fm_moment moment = fm_moment_of(sums);
    const double limit = fm_moment_limit_of(3 * (double)m->subject->dim);
    if (fabs(moment.mean - (expected - shift))
        <= limit * moment.error + 1e-9 * (1 + fabs(expected)))
        return true;
    fm_check_add_row(m->subject->sink, "moments", "", FM_CHECK_FAIL, expected,
                     moment.mean + shift, "%s of coordinate %zu (+- %.2g)", what, j,
                     moment.error);
    return false;
}

static bool check_mixture(const struct moments *m)
{
    const size_t dim = m->subject->dim;
    for (size_t j = 0; j < dim; j++) {
        const double mean = m->expected_mean[j];
        if (!is_right(m, &m->mean[j], j, mean, mean, "the mean")
            || !is_right(m, &m->square[j], j, 0, m->expected_square[j], "the variance"))
            return false;
        if (j + 1 < dim
            && !is_right(m, &m->product[j], j, 0, m->expected_product[j],
                         "the covariance with the next"))
            return false;
    }
    return true;
}

/* Files may hold floats. */
static const double standardised_tolerance = 1e-6;

/* Over all rows, each coordinate has mean 0 and variance 1, or 0 where it is constant. */
static bool check_standardised(const struct moments *m)
{
    const struct fm_dataset_subject *s = m->subject;
    for (size_t j = 0; j < s->dim; j++) {
        const double mean = fm_moment_of(&m->mean[j]).mean,
                     square = fm_moment_of(&m->square[j]).mean;
        const bool is_mean = fabs(mean) <= standardised_tolerance,
                   is_variance = square == 0 || fabs(square - 1) <= standardised_tolerance;
        if (is_mean && is_variance)
            continue;
        fm_check_add_row(s->sink, "moments", "", FM_CHECK_FAIL, is_mean ? 1 : 0,
                         is_mean ? square : mean, "the %s of coordinate %zu, standardised",
                         is_mean ? "variance" : "mean", j);
        return false;
    }
    return true;
}

enum fm_status fm_check_dataset_moments(const struct fm_dataset_subject *s,
                                        struct fm_error *err)
{
    struct moments m = {.subject = s};
    const struct fm_dataset *set = &s->data.set;
    const bool is_standardised = s->data.ops->read && set->scale;
    const size_t n = is_standardised ? set->n_rows : enough_rows(s);
    if (!set->mixture && s->data.ops->draw && s->has_density
        && s->dim <= FM_INTEGRAL_MAX_DIM)
        return FM_OK; /* dataset_integral.c compares them */
    fm_check_begin(s->sink, "moments of rows");
    FM_TRY(open_moments(&m, s, err));
    if (set->mixture)
        expect_mixture(&m, set->mixture);
    FM_TRY(add_rows(&m, n, err));
    if (!set->mixture && !is_standardised) {
        const struct fm_moment mean = fm_moment_of(&m.mean[0]);
        fm_check_add_note(s->sink, "moments", "", FM_CHECK_INFO,
                          "the first coordinate has mean %.4g and sd %.4g", mean.mean,
                          mean.error * sqrt(mean.n));
    } else if (set->mixture ? check_mixture(&m) : check_standardised(&m)) {
        fm_check_add_note(s->sink, "moments", "", FM_CHECK_PASS, "%s, of %zu rows",
                          set->mixture ? "means and covariances match the closed form"
                                       : "mean 0 and variance 1 of each coordinate",
                          n);
    }
    return FM_OK;
}

/* ---- labels ---- */

/* Rows whose labels are read, and the least rows of one label whose mean is compared. */
enum { MAX_LABELS = 4096, MAX_COORDINATES = 64, N_LABELLED = 20000, N_LEAST_ROWS = 300 };

struct labels {
    size_t n, dim; /* labels, and coordinates that are compared */
    struct fm_moment share[MAX_LABELS];
    struct fm_moment mean[MAX_LABELS][MAX_COORDINATES];
};

/* The closed form's share of rows with that label, and their mean. */
static double expect_label(const struct fm_mixture *m, size_t label, size_t dim,
                           double *mean)
{
    double weight = 0;
    for (size_t j = 0; j < dim; j++)
        mean[j] = 0;
    for (size_t k = 0; k < m->n_components; k++)
        if (m->labels[k] == label) {
            weight += m->weights[k];
            for (size_t j = 0; j < dim; j++)
                mean[j] += m->weights[k] * m->means[k * m->dim + j];
        }
    for (size_t j = 0; weight > 0 && j < dim; j++)
        mean[j] /= weight;
    return weight;
}

static bool check_label(const struct fm_dataset_subject *s, const struct labels *l,
                        size_t label)
{
    double mean[MAX_COORDINATES];
    const double weight = expect_label(s->data.set.mixture, label, l->dim, mean);
    const struct fm_moment share = fm_moment_of(&l->share[label]);
    const double limit = fm_moment_limit_of((double)(l->n * (1 + l->dim)));
    if (fabs(share.mean - weight)
        > limit * sqrt(weight * (1 - weight) / share.n) + limit * limit / share.n) {
        fm_check_add_row(s->sink, "labels", "", FM_CHECK_FAIL, weight, share.mean,
                         "the share of label %zu", label);
        return false;
    }
    for (size_t j = 0; l->mean[label][j].n > N_LEAST_ROWS && j < l->dim; j++) {
        const struct fm_moment m = fm_moment_of(&l->mean[label][j]);
        if (fabs(m.mean - mean[j]) <= limit * m.error + 1e-9 * (1 + fabs(mean[j])))
            continue;
        fm_check_add_row(s->sink, "labels", "", FM_CHECK_FAIL, mean[j], m.mean,
                         "the mean of coordinate %zu of the rows with label %zu", j, label);
        return false;
    }
    return true;
}

/* False: a label is out of range, with a row that says so. */
static bool add_labels(const struct fm_dataset_subject *s, struct labels *l, size_t n,
                       double *x)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t label;
        fm_dataset_rows(s, &s->data, (struct fm_stream){15, 2, 0}, i, 1, x, &label);
        if (label >= s->data.set.n_labels) {
            fm_check_add_row(
                s->sink, "labels", "", FM_CHECK_FAIL, (double)s->data.set.n_labels, label,
                "label of row %zu; labels must be below the declared number", i);
            return false;
        }
        for (size_t k = 0; k < l->n; k++)
            fm_moment_add(&l->share[k], k == label);
        for (size_t j = 0; label < l->n && j < l->dim; j++)
            fm_moment_add(&l->mean[label][j], x[j]);
    }
    return true;
}

enum fm_status fm_check_dataset_labels(const struct fm_dataset_subject *s,
                                       struct fm_error *err)
{
    const size_t n = fm_dataset_n(s, N_LABELLED), n_labels = s->data.set.n_labels;
    size_t n_seen = 0;
    if (n_labels == 0)
        return FM_OK;
    struct labels *l = FM_NEW(s->arena, 1, struct labels);
    double *x = FM_NEW(s->arena, s->dim, double);
    if (!l || !x)
        return fm_out_of_memory(err);
    l->n = n_labels < MAX_LABELS ? n_labels : MAX_LABELS;
    l->dim = s->dim < MAX_COORDINATES ? s->dim : MAX_COORDINATES;
    fm_check_begin(s->sink, "labels of rows");
    if (!add_labels(s, l, n, x))
        return FM_OK;
    const struct fm_mixture *mixture = s->data.set.mixture;
    const bool are_known = mixture && mixture->labels;
    for (size_t k = 0; k < l->n; k++) {
        n_seen += l->share[k].mean > 0;
        if (are_known && !check_label(s, l, k))
            return FM_OK;
    }
    fm_check_add_row(s->sink, "labels", "", FM_CHECK_PASS, (double)l->n, (double)n_seen,
                     "labels occur in %zu rows%s", n,
                     are_known ? "; shares and means match the closed form" : "");
    return FM_OK;
}
