/* Some rows divide space into cells with equally many rows each, by a k-d tree.  Each cell is then
 * narrowed to the bounding box of its rows, so that cells are small where the density is large.
 * The integral over a cell comes from two random points, whose difference gives the error.  Other
 * rows are counted in each cell and outside of all. */
#include <config.h>

#include "check/dataset_integral.h"

#include "base/error.h"
#include "check/moments.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    N_CELLS = 1 << 12,
    N_GROUPS = 1 << 7, /* groups of cells, for counting */
    N_CUTTING = N_CELLS * 32,
    N_COUNTED = 1 << 17,
    MAX_DIM = FM_INTEGRAL_MAX_DIM
};

struct cell {
    double low[MAX_DIM], high[MAX_DIM];
    double mass, variance; /* the integral of the density, and its variance */
    double count;          /* rows in it */
};

struct tree {
    const struct fm_dataset_subject *s;
    size_t dim;
    double *rows; /* [N_CUTTING][dim] */
    /* Inner nodes, numbered as in a heap: which coordinate is cut, and where. */
    size_t axis[N_CELLS];
    double cut[N_CELLS];
    struct cell cells[N_CELLS];
    /* integrals of p, p x_j, p x_j x_k over all cells, and their variances */
    double mean[MAX_DIM], product[MAX_DIM][MAX_DIM];
    double mean_variance[MAX_DIM], product_variance[MAX_DIM][MAX_DIM];
    size_t n_outside;
};

/* ---- cells ---- */

static size_t axis_compared; /* of compare_rows */

static int compare_rows(const void *a, const void *b)
{
    const double x = ((const double *)a)[axis_compared],
                 y = ((const double *)b)[axis_compared];
    return (x > y) - (x < y);
}

/* The bounding box of n rows. */
static struct cell box_of(const double *rows, size_t n, size_t dim)
{
    struct cell c = {.mass = 0};
    for (size_t j = 0; j < dim; j++) {
        c.low[j] = HUGE_VAL;
        c.high[j] = -HUGE_VAL;
        for (size_t i = 0; i < n; i++) {
            c.low[j] = fmin(c.low[j], rows[i * dim + j]);
            c.high[j] = fmax(c.high[j], rows[i * dim + j]);
        }
    }
    return c;
}

/* Halves n rows along the coordinate of the widest range. */
static void split(struct tree *t, size_t node, size_t first, size_t n)
{
    double *rows = t->rows + first * t->dim;
    const struct cell box = box_of(rows, n, t->dim);
    size_t axis = 0;
    if (node >= N_CELLS) {
        t->cells[node - N_CELLS] = box;
        return;
    }
    for (size_t j = 1; j < t->dim; j++)
        if (box.high[j] - box.low[j] > box.high[axis] - box.low[axis])
            axis = j;
    axis_compared = axis;
    qsort(rows, n, t->dim * sizeof *rows, compare_rows);
    t->axis[node] = axis;
    t->cut[node] = (rows[(n / 2 - 1) * t->dim + axis] + rows[n / 2 * t->dim + axis]) / 2;
    split(t, 2 * node, first, n / 2);
    split(t, 2 * node + 1, first + n / 2, n - n / 2);
}

/* The cell of x; NULL: x is outside of all. */
static struct cell *cell_of(struct tree *t, const double *x)
{
    size_t node = 1;
    while (node < N_CELLS)
        node = 2 * node + (x[t->axis[node]] >= t->cut[node]);
    struct cell *c = &t->cells[node - N_CELLS];
    for (size_t j = 0; j < t->dim; j++)
        if (x[j] < c->low[j] || x[j] > c->high[j])
            return NULL;
    return c;
}

static void count_rows(struct tree *t)
{
    for (size_t i = 0; i < N_COUNTED; i++) {
        double x[MAX_DIM];
        fm_dataset_rows(t->s, &t->s->data, (struct fm_stream){17, 2, 0}, i, 1, x, NULL);
        struct cell *c = cell_of(t, x);
        if (c)
            c->count++;
        else
            t->n_outside++;
    }
}

/* ---- integrals ---- */

/* Adds the integral over a cell of volume v: the mean of two values, with half their difference as
 * the error. */
static void add(double *sum, double *variance, double v, double a, double b)
{
    *sum += v * (a + b) / 2;
    *variance += v * v * (a - b) * (a - b) / 4;
}

static void integrate_cell(struct tree *t, struct cell *c, struct fm_rng *r)
{
    double x[2][MAX_DIM], p[2], volume = 1;
    for (size_t j = 0; j < t->dim; j++) {
        volume *= c->high[j] - c->low[j];
        for (int i = 0; i < 2; i++)
            x[i][j] = c->low[j] + (c->high[j] - c->low[j]) * fm_rng_uniform(r);
    }
    for (int i = 0; i < 2; i++) {
        fm_dataset_log_density(t->s, 1, x[i], &p[i]);
        p[i] = exp(p[i]);
    }
    add(&c->mass, &c->variance, volume, p[0], p[1]);
    for (size_t j = 0; j < t->dim; j++) {
        add(&t->mean[j], &t->mean_variance[j], volume, p[0] * x[0][j], p[1] * x[1][j]);
        for (size_t k = 0; k <= j; k++)
            add(&t->product[j][k], &t->product_variance[j][k], volume,
                p[0] * x[0][j] * x[0][k], p[1] * x[1][j] * x[1][k]);
    }
}

static void integrate(struct tree *t)
{
    for (size_t k = 0; k < N_CELLS; k++) {
        struct fm_rng r = fm_rng_at((struct fm_stream){17, 3, 0}, k);
        integrate_cell(t, &t->cells[k], &r);
    }
}

/* ---- rows of the check ---- */

/* Outside all cells, the share of rows there estimates the integral. */
static bool check_total(const struct tree *t)
{
    double total = 0, variance = 0;
    const double outside = (double)t->n_outside / N_COUNTED;
    for (size_t k = 0; k < N_CELLS; k++) {
        total += t->cells[k].mass;
        variance += t->cells[k].variance;
    }
    const double error = sqrt(variance + outside / N_COUNTED);
    const bool is_right = fabs(total + outside - 1) <= FM_MOMENT_LIMIT * error + 1e-6;
    if (error > 0.01) { /* the points don't resolve heavy tails */
        fm_check_add_row(
            t->s->sink, "integral", "", FM_CHECK_SKIP, 1, total + outside,
            "integral of the density (+- %.2g); not decided: the error is too large",
            error);
        return true;
    }
    fm_check_add_row(t->s->sink, "integral", "", is_right ? FM_CHECK_PASS : FM_CHECK_FAIL,
                     1, total + outside, "integral of the density (+- %.2g)", error);
    return is_right;
}

/* Joins the cells first .. first + n - 1, which belong to one node of the tree. */
static struct cell group_of(const struct tree *t, size_t first, size_t n)
{
    struct cell g = t->cells[first];
    for (size_t k = first + 1; k < first + n; k++) {
        const struct cell *c = &t->cells[k];
        g.mass += c->mass;
        g.variance += c->variance;
        g.count += c->count;
        for (size_t j = 0; j < t->dim; j++) {
            g.low[j] = fmin(g.low[j], c->low[j]);
            g.high[j] = fmax(g.high[j], c->high[j]);
        }
    }
    return g;
}

/* Chi-squared of the counts in groups of cells, which for so many groups is nearly normal. */
static void check_counts(const struct tree *t)
{
    double sum = 0, n = 0, worst = 0;
    struct cell at = t->cells[0];
    for (size_t k = 0; k < N_GROUPS; k++) {
        const size_t size = N_CELLS / N_GROUPS;
        const struct cell g = group_of(t, k * size, size);
        const double share = g.count / N_COUNTED, p = fmin(1, fmax(g.mass, share)),
                     variance = p * (1 - p) / N_COUNTED + g.variance,
                     z = (share - g.mass) * (share - g.mass) / variance;
        if (!(variance > 0)) /* neither rows nor density */
            continue;
        sum += z;
        n++;
        if (z > worst) {
            worst = z;
            at = g;
        }
    }
    if (sum <= n + 7 * sqrt(2 * n)) {
        fm_check_add_row(t->s->sink, "rows by density", "", FM_CHECK_PASS, n, sum,
                         "chi-squared, of %d rows in %.0f places", (int)N_COUNTED, n);
        return;
    }
    char place[128];
    size_t length = 0;
    for (size_t j = 0; j < t->dim; j++)
        length += (size_t)snprintf(place + length, sizeof place - length, "%s%.3g to %.3g",
                                   j ? ", " : "", at.low[j], at.high[j]);
    fm_check_add_row(t->s->sink, "rows by density", "", FM_CHECK_FAIL, n, sum,
                     "chi-squared; worst in [%s], with %.0f rows where the density "
                     "has %.1f",
                     place, at.count, at.mass * N_COUNTED);
}

static bool check_moment(const struct tree *t, double expected, double variance,
                         const struct fm_moment *sums, const char *what, size_t j)
{
    const struct fm_moment m = fm_moment_of(sums);
    if (fm_moment_is_near(m.mean, expected, sqrt(variance) + m.error))
        return true;
    fm_check_add_row(t->s->sink, "moments", "", FM_CHECK_FAIL, expected, m.mean,
                     "the %s of coordinate %zu (+- %.2g)", what, j, m.error);
    return false;
}

/* Compares means and second moments of rows in the cells with those of the density there. */
static void check_moments(struct tree *t)
{
    struct fm_moment mean[MAX_DIM] = {{0}}, product[MAX_DIM][MAX_DIM] = {{{0}}};
    for (size_t i = 0; i < N_COUNTED; i++) {
        double x[MAX_DIM];
        fm_dataset_rows(t->s, &t->s->data, (struct fm_stream){17, 4, 0}, i, 1, x, NULL);
        const bool is_inside = cell_of(t, x) != NULL;
        for (size_t j = 0; j < t->dim; j++) {
            fm_moment_add(&mean[j], is_inside ? x[j] : 0);
            for (size_t k = 0; k <= j; k++)
                fm_moment_add(&product[j][k], is_inside ? x[j] * x[k] : 0);
        }
    }
    for (size_t j = 0; j < t->dim; j++) {
        if (!check_moment(t, t->mean[j], t->mean_variance[j], &mean[j], "mean", j))
            return;
        for (size_t k = 0; k <= j; k++)
            if (!check_moment(t, t->product[j][k], t->product_variance[j][k],
                              &product[j][k], j == k ? "mean square" : "mixed moment", j))
                return;
    }
    fm_check_add_note(t->s->sink, "moments", "", FM_CHECK_PASS,
                      "means and second moments of %d rows match the density",
                      (int)N_COUNTED);
}

enum fm_status fm_check_dataset_integral(const struct fm_dataset_subject *s,
                                         struct fm_error *err)
{
    struct tree *t = FM_NEW(s->arena, 1, struct tree);
    if (!t || s->data.ops->read) /* a finite set has only its own rows to count */
        return t ? FM_OK : fm_out_of_memory(err);
    t->s = s;
    t->dim = s->dim;
    t->rows = FM_NEW(s->arena, N_CUTTING * s->dim, double);
    if (!t->rows)
        return fm_out_of_memory(err);
    fm_check_begin(s->sink, "the integral of the density and counts of rows");
    fm_dataset_rows(s, &s->data, (struct fm_stream){17, 1, 0}, 0, N_CUTTING, t->rows, NULL);
    split(t, 1, 0, N_CUTTING);
    count_rows(t);
    integrate(t);
    if (check_total(t))
        check_counts(t);
    if (!s->data.set.mixture)
        check_moments(t);
    return FM_OK;
}
