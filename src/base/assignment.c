#include <config.h>

#include "base/assignment.h"

#include "base/assignment_solve.h"
#include "base/error.h"

#include <math.h>

/* In more dimensions, costs are stored rather than computed where needed. */
enum { MAX_POINT_DIM = 8 };

static bool lay_out(struct fm_arena *arena, size_t n, struct fm_assignment *p)
{
    const size_t n_blocks = (n + FM_ASSIGNMENT_WIDTH - 1) / FM_ASSIGNMENT_WIDTH,
                 stride = n_blocks * FM_ASSIGNMENT_WIDTH;
    p->n = n;
    p->n_blocks = n_blocks;
    p->stride = stride;
    p->least = FM_NEW(arena, n * n_blocks, double);
    p->v = FM_NEW(arena, stride, double);
    p->v_max = FM_NEW(arena, n_blocks, double);
    p->column_of = FM_NEW(arena, n, int64_t);
    p->row_of = FM_NEW(arena, stride, int64_t);
    p->free_rows = FM_NEW(arena, n, int64_t);
    p->open_v = FM_NEW(arena, stride, double);
    p->distance = FM_NEW(arena, stride, double);
    p->occupied = FM_NEW(arena, stride, double);
    p->parent = FM_NEW(arena, stride, int64_t);
    p->block_distance = FM_NEW(arena, n_blocks, double);
    p->is_seen = FM_NEW(arena, n_blocks, bool);
    p->tree = FM_NEW(arena, n + 1, int64_t);
    p->tree_distance = FM_NEW(arena, n + 1, double);
    if (!p->least || !p->v || !p->v_max || !p->column_of || !p->row_of || !p->free_rows
        || !p->open_v || !p->distance || !p->occupied || !p->parent || !p->block_distance
        || !p->is_seen || !p->tree || !p->tree_distance)
        return false;
    return true;
}

/* Permutes order[0 .. n-1] so that the k-th smallest of x[order[i] * dim] is at k, no
 * larger one before it, and no smaller one after it.  Source: Hoare 1961, Algorithm 65
 * (Find). */
static void partition(size_t *order, size_t n, size_t k, const double *x, size_t dim)
{
    size_t low = 0, high = n - 1;
    while (low < high) {
        double pivot = x[order[low + (high - low) / 2] * dim];
        size_t i = low, j = high;
        for (;;) {
            while (x[order[i] * dim] < pivot)
                i++;
            while (x[order[j] * dim] > pivot)
                j--;
            if (i >= j)
                break;
            size_t swapped = order[i];
            order[i++] = order[j];
            order[j--] = swapped;
        }
        if (k <= j)
            high = j;
        else
            low = j + 1;
    }
}

/* The coordinate in which points spread the most. */
static size_t widest(const size_t *order, size_t n, const double *x, size_t dim)
{
    size_t best = 0;
    double best_spread = -1;
    for (size_t k = 0; k < dim; k++) {
        double low = HUGE_VAL, high = -HUGE_VAL;
        for (size_t i = 0; i < n; i++) {
            low = fmin(low, x[order[i] * dim + k]);
            high = fmax(high, x[order[i] * dim + k]);
        }
        if (high - low > best_spread) {
            best_spread = high - low;
            best = k;
        }
    }
    return best;
}

/* Orders points by the leaves of a k-d tree, one leaf per block: halves them at whole
 * blocks, across the widest side. */
static void order_by_place(size_t *order, size_t n, const double *x, size_t dim)
{
    while (n > FM_ASSIGNMENT_WIDTH) {
        size_t half =
            (n / 2 + FM_ASSIGNMENT_WIDTH - 1) / FM_ASSIGNMENT_WIDTH * FM_ASSIGNMENT_WIDTH;
        partition(order, n, half, x + widest(order, n, x, dim), dim);
        order_by_place(order, half, x, dim);
        order += half;
        n -= half;
    }
}

static enum fm_status check_finite(const double *x, size_t n, const char *what,
                                   struct fm_error *err)
{
    /* Squared distances, and sums of 2^32 of them, stay finite below this limit. */
    for (size_t i = 0; i < n; i++)
        if (!(fabs(x[i]) < 1e140))
            return fm_fail(err, FM_ERROR_DIVERGED,
                           "assignment: the %s %g is not finite or exceeds 1e140", what,
                           x[i]);
    return FM_OK;
}

/* Stores the costs of all pairs, [n][stride]. */
static bool store_costs(struct fm_arena *arena, struct fm_assignment *p)
{
    double *costs = FM_NEW(arena, p->n * p->stride, double);
    if (!costs)
        return false;
    for (size_t block = 0; block < p->n_blocks; block++)
        for (size_t i = 0; i < p->n; i++)
            (void)fm_assignment_block(p, i, block,
                                      costs + i * p->stride + block * FM_ASSIGNMENT_WIDTH);
    p->costs = costs;
    return true;
}

enum fm_status fm_assign(struct fm_arena *scratch, size_t n, size_t dim, const double *a,
                         const double *b, uint32_t *p, double *cost, struct fm_error *err)
{
    struct fm_assignment problem = {.dim = dim, .a = a};
    FM_ASSERT(n <= UINT32_MAX);
    FM_TRY(check_finite(a, n * dim, "coordinate", err));
    FM_TRY(check_finite(b, n * dim, "coordinate", err));
    if (n == 0) {
        *cost = 0;
        return FM_OK;
    }
    size_t *order = FM_NEW(scratch, n, size_t);
    if (!order || !lay_out(scratch, n, &problem))
        return fm_out_of_memory(err);
    double *columns = FM_NEW(scratch, dim * problem.stride, double);
    if (!columns)
        return fm_out_of_memory(err);
    for (size_t j = 0; j < n; j++)
        order[j] = j;
    order_by_place(order, n, b, dim);
    for (size_t k = 0; k < dim; k++)
        for (size_t j = 0; j < problem.stride; j++)
            columns[k * problem.stride + j] = b[order[j < n ? j : n - 1] * dim + k];
    problem.b = columns;
    if (dim > MAX_POINT_DIM && !store_costs(scratch, &problem))
        return fm_out_of_memory(err);
    fm_assignment_solve(&problem);
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += fm_assignment_cost(&problem, i, (size_t)problem.column_of[i]);
        p[i] = (uint32_t)order[problem.column_of[i]];
    }
    *cost = sum / (double)n;
    return FM_OK;
}

enum fm_status fm_assign_costs(struct fm_arena *scratch, size_t n, const double *costs,
                               uint32_t *p, double *u, double *v, struct fm_error *err)
{
    struct fm_assignment problem = {0};
    FM_ASSERT(n <= UINT32_MAX);
    FM_TRY(check_finite(costs, n * n, "cost", err));
    if (n == 0)
        return FM_OK;
    if (!lay_out(scratch, n, &problem))
        return fm_out_of_memory(err);
    double *padded = FM_NEW(scratch, n * problem.stride, double);
    if (!padded)
        return fm_out_of_memory(err);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < problem.stride; j++)
            padded[i * problem.stride + j] = j < n ? costs[i * n + j] : HUGE_VAL;
    problem.costs = padded;
    fm_assignment_solve(&problem);
    for (size_t i = 0; i < n; i++) {
        p[i] = (uint32_t)problem.column_of[i];
        if (u)
            u[i] = costs[i * n + p[i]] - problem.v[p[i]];
        if (v)
            v[i] = problem.v[i];
    }
    return FM_OK;
}
