#include <config.h>

#include "base/assignment_solve.h"

#include <math.h>
#include <string.h>

static const int64_t none = -1;

FM_KERNEL double least_of(const double *x, size_t n)
{
    double least = HUGE_VAL;
#pragma omp simd reduction(min : least)
    for (size_t j = 0; j < n; j++)
        least = x[j] < least ? x[j] : least;
    return least;
}

FM_KERNEL double largest_of(const double *x, size_t n)
{
    double largest = -HUGE_VAL;
#pragma omp simd reduction(max : largest)
    for (size_t j = 0; j < n; j++)
        largest = x[j] > largest ? x[j] : largest;
    return largest;
}

FM_KERNEL size_t first_equal(const double *x, double value)
{
    size_t j = 0;
    while (x[j] != value)
        j++;
    return j;
}

static void pair_up(struct fm_assignment *p, size_t i, size_t j)
{
    p->column_of[i] = (int64_t)j;
    p->row_of[j] = (int64_t)i;
    p->occupied[j] = HUGE_VAL;
}

/* v_j = min_i c(i, j), and the least cost of each row in each block. */
FM_KERNEL void start_columns(struct fm_assignment *p)
{
    double buffer[FM_ASSIGNMENT_WIDTH];
    for (size_t block = 0; block < p->n_blocks; block++) {
        double *v = p->v + block * FM_ASSIGNMENT_WIDTH;
        for (size_t j = 0; j < FM_ASSIGNMENT_WIDTH; j++) {
            v[j] = HUGE_VAL;
            p->occupied[block * FM_ASSIGNMENT_WIDTH + j] = HUGE_VAL; /* for the padding */
        }
        for (size_t i = 0; i < p->n; i++) {
            const double *c = fm_assignment_block(p, i, block, buffer);
            p->least[i * p->n_blocks + block] = least_of(c, FM_ASSIGNMENT_WIDTH);
            for (size_t j = 0; j < FM_ASSIGNMENT_WIDTH; j++)
                v[j] = c[j] < v[j] ? c[j] : v[j];
        }
        for (size_t j = 0; j < FM_ASSIGNMENT_WIDTH; j++)
            if (block * FM_ASSIGNMENT_WIDTH + j >= p->n)
                v[j] = -HUGE_VAL;
        p->v_max[block] = largest_of(v, FM_ASSIGNMENT_WIDTH);
    }
}

struct two_least {
    double first, second;
    size_t column, other; /* their columns; stride: none */
};

/* The two least values of c(i, j) - v_j. */
FM_KERNEL void scan_block(const struct fm_assignment *p, size_t i, size_t block,
                          struct two_least *t)
{
    double buffer[FM_ASSIGNMENT_WIDTH], reduced[FM_ASSIGNMENT_WIDTH];
    const double *c = fm_assignment_block(p, i, block, buffer),
                 *v = p->v + block * FM_ASSIGNMENT_WIDTH;
    for (size_t j = 0; j < FM_ASSIGNMENT_WIDTH; j++)
        reduced[j] = c[j] - v[j];
    for (double least; (least = least_of(reduced, FM_ASSIGNMENT_WIDTH)) < t->second;) {
        size_t j = first_equal(reduced, least);
        reduced[j] = HUGE_VAL;
        if (least < t->first) {
            t->second = t->first;
            t->other = t->column;
            t->first = least;
            t->column = block * FM_ASSIGNMENT_WIDTH + j;
        } else {
            t->second = least;
            t->other = block * FM_ASSIGNMENT_WIDTH + j;
        }
    }
}

FM_KERNEL struct two_least scan_row(const struct fm_assignment *p, size_t i)
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

FM_KERNEL void lower_v(struct fm_assignment *p, size_t j, double v)
{
    size_t block = j / FM_ASSIGNMENT_WIDTH;
    bool was_max = p->v[j] >= p->v_max[block];
    p->v[j] = v;
    if (was_max)
        p->v_max[block] =
            largest_of(p->v + block * FM_ASSIGNMENT_WIDTH, FM_ASSIGNMENT_WIDTH);
}

static void unpair_all(struct fm_assignment *p)
{
    for (size_t i = 0; i < p->n; i++)
        p->column_of[i] = none;
    for (size_t j = 0; j < p->n; j++) {
        p->row_of[j] = none;
        p->occupied[j] = 0;
    }
}

static void free_all(struct fm_assignment *p)
{
    unpair_all(p);
    p->n_free = p->n;
    for (size_t i = 0; i < p->n; i++)
        p->free_rows[i] = (int64_t)i;
}

/* How far costs are from the form a_i + b_j: the mean of |c(i, i) + c(k, k) - c(i, k) -
 * c(k, i)| over distant i, k. */
static double spread(const struct fm_assignment *p)
{
    double sum = 0;
    for (size_t i = 0; i < p->n; i++) {
        size_t k = (i + p->n / 2) % p->n;
        sum += fabs(fm_assignment_cost(p, i, i) - fm_assignment_cost(p, i, k)
                    + (fm_assignment_cost(p, k, k) - fm_assignment_cost(p, k, i)));
    }
    return sum / (double)p->n;
}

/* One round of the auction.  Each row without a column bids for its best one, so much that
 * it becomes epsilon worse than the second best; the row that held it bids again.  Ends
 * when few rows are left: only the duals matter, and the pairs, within epsilon of the best,
 * are dropped.
 * Source: Bertsekas 1988, "The auction algorithm", Ann.  Oper. Res. 14:105. */
FM_KERNEL void auction(struct fm_assignment *p, double epsilon)
{
    const size_t n_left = p->n / 16, budget = 20 * p->n;
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

/* Finds good duals by rounds of the auction with falling epsilon; any duals would be
 * correct.  These factors ran fastest on clouds of 256 to 2000 points. */
FM_KERNEL void estimate_v(struct fm_assignment *p)
{
    const double scale = spread(p);
    for (double epsilon = 0.2; p->n > FM_ASSIGNMENT_WIDTH && epsilon > 0.3 / (double)p->n;
         epsilon /= 4)
        if (epsilon * scale > 0)
            auction(p, epsilon * scale);
}

/* Augmenting row reduction: a free row takes its best column, whose dual falls until the
 * second best is as good.  The row that had the column becomes free and is next, while the
 * budget lasts.  Each step keeps the duals feasible and the pairs tight. */
FM_KERNEL void reduce_rows(struct fm_assignment *p, size_t budget)
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
                break; /* a tie: the search decides it */
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
 * Returns the least distance of a column without a row. */
FM_KERNEL double relax_block(struct fm_assignment *p, size_t i, size_t block, double base,
                             int64_t parent)
{
    double buffer[FM_ASSIGNMENT_WIDTH], least = HUGE_VAL, least_unoccupied = HUGE_VAL;
    const double *c = fm_assignment_block(p, i, block, buffer);
    const double *v = p->open_v + block * FM_ASSIGNMENT_WIDTH,
                 *occupied = p->occupied + block * FM_ASSIGNMENT_WIDTH;
    double *restrict distance = p->distance + block * FM_ASSIGNMENT_WIDTH;
    int64_t *restrict parents = p->parent + block * FM_ASSIGNMENT_WIDTH;
    if (!p->is_seen[block])
        for (size_t j = 0; j < FM_ASSIGNMENT_WIDTH; j++)
            distance[j] = HUGE_VAL;
    p->is_seen[block] = true;
#pragma omp simd reduction(min : least, least_unoccupied)
    for (size_t j = 0; j < FM_ASSIGNMENT_WIDTH; j++) {
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

/* Dijkstra's algorithm from a free row to the nearest column without a row.  Then updates
 * the duals, and the pairs along the path. */
FM_KERNEL void augment(struct fm_assignment *p, size_t free_row)
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
        double *distance = p->distance + block * FM_ASSIGNMENT_WIDTH;
        size_t j = first_equal(distance, nearest);
        distance[j] = HUGE_VAL;
        p->block_distance[block] = least_of(distance, FM_ASSIGNMENT_WIDTH);
        j += block * FM_ASSIGNMENT_WIDTH;
        p->open_v[j] = -HUGE_VAL;
        p->tree[n_tree] = (int64_t)j;
        p->tree_distance[n_tree++] = nearest;
        row = (size_t)p->row_of[j];
        base = fm_assignment_cost(p, row, j) - p->v[j] - nearest;
    }

    size_t j = end_block * FM_ASSIGNMENT_WIDTH;
    while (p->distance[j] != end_distance || p->occupied[j] > 0)
        j++;
    for (size_t k = 0; k < n_tree; k++)
        p->v[p->tree[k]] -= end_distance - p->tree_distance[k];
    for (size_t k = 0; k < n_tree; k++)
        p->is_seen[p->tree[k] / FM_ASSIGNMENT_WIDTH] = true;
    for (size_t block = 0; block < p->n_blocks; block++)
        if (p->is_seen[block])
            p->v_max[block] =
                largest_of(p->v + block * FM_ASSIGNMENT_WIDTH, FM_ASSIGNMENT_WIDTH);
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

FM_KERNEL void solve_body(struct fm_assignment *p)
{
    start_columns(p);
    estimate_v(p);
    free_all(p);
    reduce_rows(p, p->n);
    for (size_t k = 0; k < p->n_free; k++)
        augment(p, (size_t)p->free_rows[k]);
}

#if defined(FM_ISA_KERNELS)
/* No fused multiply-add: the same bits as the portable code. */
__attribute__((target("avx2"))) static void solve_avx2(struct fm_assignment *p)
{
    solve_body(p);
}

__attribute__((target("avx512f,avx512vl,avx512dq"))) static void
solve_avx512(struct fm_assignment *p)
{
    solve_body(p);
}
#endif

void fm_assignment_solve(struct fm_assignment *p)
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
