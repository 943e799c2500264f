/* Auction rounds give good duals, Jonker and Volgenant's augmenting row reduction most of
 * the pairs, and shortest augmenting paths the rest: the last two keep exactness, the first
 * speed.
 *
 * Columns are put into blocks of points that lie close together.  With the least cost of
 * each row in each block known, a block is left out of a row's scan when even its best
 * column can't matter: c(i, j) - v_j >= min_block c - max_block v.  That is exact, also in
 * rounding, since rounding is monotone. */
#include <config.h>

#include "base/assignment.h"

#include "base/error.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

enum {
    WIDTH = 32,       /* columns of a block */
    MAX_POINT_DIM = 8 /* above it costs are stored rather than computed where needed */
};
static const int64_t none = -1;

/* Inlined into one caller per instruction set. */
#define KERNEL static inline __attribute__((always_inline))

struct problem {
    size_t n, n_blocks,
        stride; /* stride = WIDTH * n_blocks columns, the last ones padding */
    size_t dim;
    const double *a;     /* [n][dim], or NULL: costs are given */
    const double *b;     /* [dim][stride] in the order of the blocks */
    const double *costs; /* [n][stride], or NULL: computed from a and b */
    double *least;       /* [n][n_blocks]: of c(i, j) over the block */
    double *v;           /* [stride]: dual of a column; -inf in padding */
    double *v_max;       /* [n_blocks]: upper bound of v over the block */
    int64_t *column_of;  /* [n] or none */
    int64_t *row_of;     /* [stride] or none */
    int64_t *free_rows;  /* [n] */
    size_t n_free;

    /* of one search for a shortest augmenting path */
    double *open_v;         /* [stride]: v, but -inf once the column is in the tree */
    double *distance;       /* [stride], valid in blocks seen; inf once in the tree */
    double *occupied;       /* [stride]: 0 for a column without a row, else inf */
    int64_t *parent;        /* [stride]: index into tree of the row the path comes from */
    double *block_distance; /* [n_blocks]: least open distance; inf when not seen */
    bool *is_seen;          /* [n_blocks] */
    int64_t *tree;         /* [n + 1]: columns in the tree; the row of tree[k] is scanned */
    double *tree_distance; /* [n + 1] */
};

/* Costs of row i in a block: [WIDTH], in place or in buffer. */
KERNEL const double *block_costs(const struct problem *p, size_t i, size_t block,
                                 double *restrict buffer)
{
    if (p->costs)
        return p->costs + i * p->stride + block * WIDTH;
    const double *a = p->a + i * p->dim, *b = p->b + block * WIDTH;
    if (p->dim == 2) {
        const double *b1 = b + p->stride;
        for (size_t j = 0; j < WIDTH; j++)
            buffer[j] = (a[0] - b[j]) * (a[0] - b[j]) + (a[1] - b1[j]) * (a[1] - b1[j]);
        return buffer;
    }
    for (size_t j = 0; j < WIDTH; j++)
        buffer[j] = 0;
    for (size_t k = 0; k < p->dim; k++, b += p->stride)
        for (size_t j = 0; j < WIDTH; j++)
            buffer[j] += (a[k] - b[j]) * (a[k] - b[j]);
    return buffer;
}

static double cost_at(const struct problem *p, size_t i, size_t j)
{
    if (p->costs)
        return p->costs[i * p->stride + j];
    double sum = 0;
    for (size_t k = 0; k < p->dim; k++) {
        double difference = p->a[i * p->dim + k] - p->b[k * p->stride + j];
        sum += difference * difference;
    }
    return sum;
}

KERNEL double least_of(const double *x, size_t n)
{
    double least = HUGE_VAL;
#pragma omp simd reduction(min : least)
    for (size_t j = 0; j < n; j++)
        least = x[j] < least ? x[j] : least;
    return least;
}

KERNEL double largest_of(const double *x, size_t n)
{
    double largest = -HUGE_VAL;
#pragma omp simd reduction(max : largest)
    for (size_t j = 0; j < n; j++)
        largest = x[j] > largest ? x[j] : largest;
    return largest;
}

KERNEL size_t first_equal(const double *x, double value)
{
    size_t j = 0;
    while (x[j] != value)
        j++;
    return j;
}

static void pair_up(struct problem *p, size_t i, size_t j)
{
    p->column_of[i] = (int64_t)j;
    p->row_of[j] = (int64_t)i;
    p->occupied[j] = HUGE_VAL;
}

/* v_j = min_i c(i, j), and the least cost of each row in each block. */
KERNEL void start_columns(struct problem *p)
{
    double buffer[WIDTH];
    for (size_t block = 0; block < p->n_blocks; block++) {
        double *v = p->v + block * WIDTH;
        for (size_t j = 0; j < WIDTH; j++) {
            v[j] = HUGE_VAL;
            p->occupied[block * WIDTH + j] = HUGE_VAL; /* for the padding */
        }
        for (size_t i = 0; i < p->n; i++) {
            const double *c = block_costs(p, i, block, buffer);
            p->least[i * p->n_blocks + block] = least_of(c, WIDTH);
            for (size_t j = 0; j < WIDTH; j++)
                v[j] = c[j] < v[j] ? c[j] : v[j];
        }
        for (size_t j = 0; j < WIDTH; j++)
            if (block * WIDTH + j >= p->n)
                v[j] = -HUGE_VAL;
        p->v_max[block] = largest_of(v, WIDTH);
    }
}

struct two_least {
    double first, second;
    size_t column, other; /* where: stride for none */
};

/* The two least of c(i, j) - v_j. */
KERNEL void scan_block(const struct problem *p, size_t i, size_t block, struct two_least *t)
{
    double buffer[WIDTH], reduced[WIDTH];
    const double *c = block_costs(p, i, block, buffer), *v = p->v + block * WIDTH;
    for (size_t j = 0; j < WIDTH; j++)
        reduced[j] = c[j] - v[j];
    for (double least; (least = least_of(reduced, WIDTH)) < t->second;) {
        size_t j = first_equal(reduced, least);
        reduced[j] = HUGE_VAL;
        if (least < t->first) {
            t->second = t->first;
            t->other = t->column;
            t->first = least;
            t->column = block * WIDTH + j;
        } else {
            t->second = least;
            t->other = block * WIDTH + j;
        }
    }
}

KERNEL struct two_least scan_row(const struct problem *p, size_t i)
{
    struct two_least t = {HUGE_VAL, HUGE_VAL, p->stride, p->stride};
    const double *least = p->least + i * p->n_blocks;
    size_t nearest = 0;
    double bound = HUGE_VAL;
    for (size_t block = 0; block < p->n_blocks; block++)
        if (least[block] - p->v_max[block] < bound) {
            bound = least[block] - p->v_max[block];
            nearest = block;
        }
    scan_block(p, i, nearest, &t);
    for (size_t block = 0; block < p->n_blocks; block++)
        if (block != nearest && least[block] - p->v_max[block] < t.second)
            scan_block(p, i, block, &t);
    return t;
}

KERNEL void lower_v(struct problem *p, size_t j, double v)
{
    size_t block = j / WIDTH;
    bool was_max = p->v[j] >= p->v_max[block];
    p->v[j] = v;
    if (was_max)
        p->v_max[block] = largest_of(p->v + block * WIDTH, WIDTH);
}

static void unpair_all(struct problem *p)
{
    for (size_t i = 0; i < p->n; i++)
        p->column_of[i] = none;
    for (size_t j = 0; j < p->n; j++) {
        p->row_of[j] = none;
        p->occupied[j] = 0;
    }
}

static void free_all(struct problem *p)
{
    unpair_all(p);
    p->n_free = p->n;
    for (size_t i = 0; i < p->n; i++)
        p->free_rows[i] = (int64_t)i;
}

/* How far costs differ beyond sums of a row's and a column's part: the mean of
 * |c(i, i) + c(k, k) - c(i, k) - c(k, i)| over distant i, k. */
static double spread(const struct problem *p)
{
    double sum = 0;
    for (size_t i = 0; i < p->n; i++) {
        size_t k = (i + p->n / 2) % p->n;
        sum += fabs(cost_at(p, i, i) - cost_at(p, i, k)
                    + (cost_at(p, k, k) - cost_at(p, k, i)));
    }
    return sum / (double)p->n;
}

/* One round of the auction: each row without a column bids for its best one, so much that
 * it is epsilon worse than the second best; who held it looks again.  Ends when few rows
 * are left: only the duals are wanted, pairs within epsilon of the best are forgotten.
 * Source: Bertsekas 1988, "The auction algorithm", Ann. Oper. Res. 14:105. */
KERNEL void auction(struct problem *p, double epsilon)
{
    const size_t n_left = p->n / 32, budget = 20 * p->n;
    free_all(p);
    for (size_t k = 0; p->n_free > n_left && k < budget; k++) {
        size_t i = (size_t)p->free_rows[--p->n_free];
        struct two_least t = scan_row(p, i);
        lower_v(p, t.column, p->v[t.column] - (t.second - t.first) - epsilon);
        int64_t previous = p->row_of[t.column];
        if (previous != none) {
            p->column_of[previous] = none;
            p->free_rows[p->n_free++] = previous;
        }
        pair_up(p, i, t.column);
    }
}

/* Good duals from rounds of the auction with falling epsilon; any duals are feasible to
 * start the rest from.  Factors are those that ran fastest on clouds of 256 to 2000 points.
 */
KERNEL void estimate_v(struct problem *p)
{
    const double scale = spread(p);
    for (double epsilon = 0.3; p->n > WIDTH && epsilon > 0.3 / (double)p->n; epsilon /= 5)
        if (epsilon * scale > 0)
            auction(p, epsilon * scale);
}

/* Augmenting row reduction: a free row takes its best column, whose dual falls until the
 * second best is as good; who sat there before becomes free and goes on at once, while the
 * budget lasts.  (Each step alone keeps the duals feasible and the pairs tight.) */
KERNEL void reduce_rows(struct problem *p, size_t budget)
{
    size_t n_kept = 0;
    for (size_t k = 0; k < p->n_free; k++) {
        int64_t i = p->free_rows[k];
        while (i != none && budget > 0) {
            budget--;
            struct two_least t = scan_row(p, (size_t)i);
            size_t j = t.column;
            double v = p->v[j] - (t.second - t.first);
            bool is_lower = t.second < HUGE_VAL && v < p->v[j];
            if (is_lower)
                lower_v(p, j, v);
            else if (p->row_of[j] != none && t.other < p->stride)
                j = t.other;
            int64_t previous = p->row_of[j];
            if (previous != none && !is_lower)
                break; /* a tie: left to the search */
            if (previous != none)
                p->column_of[previous] = none;
            pair_up(p, (size_t)i, j);
            i = previous;
        }
        if (i != none)
            p->free_rows[n_kept++] = i;
    }
    p->n_free = n_kept;
}

/* distance_j = min(distance_j, c(i, j) - v_j - base) over the open columns of a block.
 * Gives the least distance of a column without a row. */
KERNEL double relax_block(struct problem *p, size_t i, size_t block, double base,
                          int64_t parent)
{
    double buffer[WIDTH], least = HUGE_VAL, least_unoccupied = HUGE_VAL;
    const double *c = block_costs(p, i, block, buffer);
    const double *v = p->open_v + block * WIDTH, *occupied = p->occupied + block * WIDTH;
    double *restrict distance = p->distance + block * WIDTH;
    int64_t *restrict parents = p->parent + block * WIDTH;
    if (!p->is_seen[block])
        for (size_t j = 0; j < WIDTH; j++)
            distance[j] = HUGE_VAL;
    p->is_seen[block] = true;
#pragma omp simd reduction(min : least, least_unoccupied)
    for (size_t j = 0; j < WIDTH; j++) {
        double d = c[j] - v[j] - base;
        bool is_shorter = d < distance[j];
        parents[j] = is_shorter ? parent : parents[j];
        d = is_shorter ? d : distance[j];
        distance[j] = d;
        least = d < least ? d : least;
        double unoccupied = d + occupied[j];
        least_unoccupied = unoccupied < least_unoccupied ? unoccupied : least_unoccupied;
    }
    p->block_distance[block] = least;
    return least_unoccupied;
}

/* Dijkstra's algorithm from a free row to the nearest column without a row; then duals and
 * pairs along the way are brought up to date. */
KERNEL void augment(struct problem *p, size_t free_row)
{
    size_t n_tree = 0, row = free_row, end_block = 0;
    double base = 0, end_distance = HUGE_VAL;
    for (size_t block = 0; block < p->n_blocks; block++) {
        p->block_distance[block] = HUGE_VAL;
        p->is_seen[block] = false;
    }
    memcpy(p->open_v, p->v, p->stride * sizeof *p->v);
    for (;;) {
        const double *least = p->least + row * p->n_blocks;
        for (size_t block = 0; block < p->n_blocks; block++)
            if (least[block] - p->v_max[block] - base < end_distance) {
                double d = relax_block(p, row, block, base, (int64_t)n_tree - 1);
                if (d < end_distance) {
                    end_distance = d;
                    end_block = block;
                }
            }
        double nearest = least_of(p->block_distance, p->n_blocks);
        if (end_distance <= nearest)
            break;
        size_t block = first_equal(p->block_distance, nearest);
        double *distance = p->distance + block * WIDTH;
        size_t j = first_equal(distance, nearest);
        distance[j] = HUGE_VAL;
        p->block_distance[block] = least_of(distance, WIDTH);
        j += block * WIDTH;
        p->open_v[j] = -HUGE_VAL;
        p->tree[n_tree] = (int64_t)j;
        p->tree_distance[n_tree++] = nearest;
        row = (size_t)p->row_of[j];
        base = cost_at(p, row, j) - p->v[j] - nearest;
    }

    size_t j = end_block * WIDTH;
    while (p->distance[j] != end_distance || p->occupied[j] > 0)
        j++;
    for (size_t k = 0; k < n_tree; k++)
        p->v[p->tree[k]] -= end_distance - p->tree_distance[k];
    for (size_t k = 0; k < n_tree; k++)
        p->is_seen[p->tree[k] / WIDTH] = true;
    for (size_t block = 0; block < p->n_blocks; block++)
        if (p->is_seen[block])
            p->v_max[block] = largest_of(p->v + block * WIDTH, WIDTH);
    for (;;) {
        int64_t parent = p->parent[j];
        if (parent == none) {
            pair_up(p, free_row, j);
            return;
        }
        size_t previous = (size_t)p->tree[parent];
        pair_up(p, (size_t)p->row_of[previous], j);
        j = previous;
    }
}

KERNEL void solve_body(struct problem *p)
{
    start_columns(p);
    estimate_v(p);
    free_all(p);
    reduce_rows(p, 8 * p->n);
    for (size_t k = 0; k < p->n_free; k++)
        augment(p, (size_t)p->free_rows[k]);
}

#if defined(FM_ISA_KERNELS)
/* No fused multiply-add: the same bits as the portable code. */
__attribute__((target("avx2"))) static void solve_avx2(struct problem *p)
{
    solve_body(p);
}

__attribute__((target("avx512f,avx512vl,avx512dq"))) static void
solve_avx512(struct problem *p)
{
    solve_body(p);
}
#endif

static void solve(struct problem *p)
{
#if defined(FM_ISA_KERNELS)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")
        && __builtin_cpu_supports("avx512dq")) {
        solve_avx512(p);
        return;
    }
    if (__builtin_cpu_supports("avx2")) {
        solve_avx2(p);
        return;
    }
#endif
    solve_body(p);
}

static bool allocate(struct fm_arena *arena, size_t n, struct problem *p)
{
    const size_t n_blocks = (n + WIDTH - 1) / WIDTH, stride = n_blocks * WIDTH;
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

/* Swaps order[0 .. n-1] about so that the k-th smallest of x[order[i] * dim] is at k, none
 * larger before it, none smaller behind it.  Source: Hoare 1961, Algorithm 65 (Find). */
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

/* Leaves of a k-d tree, WIDTH points each: halves at whole blocks, across the widest side.
 */
static void order_by_place(size_t *order, size_t n, const double *x, size_t dim)
{
    while (n > WIDTH) {
        size_t half = (n / 2 + WIDTH - 1) / WIDTH * WIDTH;
        partition(order, n, half, x + widest(order, n, x, dim), dim);
        order_by_place(order, half, x, dim);
        order += half;
        n -= half;
    }
}

static enum fm_status check_finite(const double *x, size_t n, const char *what,
                                   struct fm_error *err)
{
    /* Sums of 2^32 costs and their squares' differences stay finite below these limits. */
    for (size_t i = 0; i < n; i++)
        if (!(fabs(x[i]) < 1e140))
            return fm_fail(err, FM_ERROR_DIVERGED,
                           "assignment: %s %g can't be used (not finite, or above 1e140)",
                           what, x[i]);
    return FM_OK;
}

/* Stores the costs of all pairs, [n][stride]. */
static bool store_costs(struct fm_arena *arena, struct problem *p)
{
    double *costs = FM_NEW(arena, p->n * p->stride, double);
    if (!costs)
        return false;
    for (size_t block = 0; block < p->n_blocks; block++)
        for (size_t i = 0; i < p->n; i++)
            (void)block_costs(p, i, block, costs + i * p->stride + block * WIDTH);
    p->costs = costs;
    return true;
}

enum fm_status fm_assign(struct fm_arena *scratch, size_t n, size_t dim, const double *a,
                         const double *b, uint32_t *p, double *cost, struct fm_error *err)
{
    struct problem problem = {.dim = dim, .a = a};
    FM_ASSERT(n <= UINT32_MAX);
    FM_TRY(check_finite(a, n * dim, "coordinate", err));
    FM_TRY(check_finite(b, n * dim, "coordinate", err));
    if (n == 0) {
        *cost = 0;
        return FM_OK;
    }
    size_t *order = FM_NEW(scratch, n, size_t);
    if (!order || !allocate(scratch, n, &problem))
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
    solve(&problem);
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        sum += cost_at(&problem, i, (size_t)problem.column_of[i]);
        p[i] = (uint32_t)order[problem.column_of[i]];
    }
    *cost = sum / (double)n;
    return FM_OK;
}

enum fm_status fm_assign_costs(struct fm_arena *scratch, size_t n, const double *costs,
                               uint32_t *p, double *u, double *v, struct fm_error *err)
{
    struct problem problem = {0};
    FM_ASSERT(n <= UINT32_MAX);
    FM_TRY(check_finite(costs, n * n, "cost", err));
    if (n == 0)
        return FM_OK;
    if (!allocate(scratch, n, &problem))
        return fm_out_of_memory(err);
    double *padded = FM_NEW(scratch, n * problem.stride, double);
    if (!padded)
        return fm_out_of_memory(err);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < problem.stride; j++)
            padded[i * problem.stride + j] = j < n ? costs[i * n + j] : HUGE_VAL;
    problem.costs = padded;
    solve(&problem);
    for (size_t i = 0; i < n; i++) {
        p[i] = (uint32_t)problem.column_of[i];
        if (u)
            u[i] = costs[i * n + p[i]] - problem.v[p[i]];
        if (v)
            v[i] = problem.v[i];
    }
    return FM_OK;
}
