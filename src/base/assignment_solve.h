/* Inside of assignment.c: the problem it lays out and the algorithm that solves it.
 *
 * Auction rounds find good duals, Jonker and Volgenant's augmenting row reduction most of
 * the pairs, and shortest augmenting paths the rest.  The first makes it fast, the others
 * exact.
 *
 * Each block of columns holds points that lie close together, and the least cost of each
 * row in each block is known.  A row's scan skips a block when even its best column can't
 * matter: c(i, j) - v_j >= min_block c - max_block v.  That is exact, also in rounding,
 * since rounding is monotone. */
#ifndef FM_BASE_ASSIGNMENT_SOLVE_H
#define FM_BASE_ASSIGNMENT_SOLVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { FM_ASSIGNMENT_WIDTH = 32 }; /* columns of a block */

struct fm_assignment {
    size_t n, dim;
    size_t n_blocks, stride; /* FM_ASSIGNMENT_WIDTH * n_blocks columns, some padding */
    const double *a;         /* [n][dim], or NULL: costs are given */
    const double *b;         /* [dim][stride] in the order of the blocks */
    const double *costs;     /* [n][stride], or NULL: computed from a and b */
    double *least;           /* [n][n_blocks]: min of c(i, j) over the block */
    double *v;               /* [stride]: dual of a column; -inf in padding */
    double *v_max;           /* [n_blocks]: upper bound of v over the block */
    int64_t *column_of;      /* [n], or -1 */
    int64_t *row_of;         /* [stride], or -1 */
    int64_t *free_rows;      /* [n] */
    size_t n_free;

    /* for one search for a shortest augmenting path */
    double *open_v;         /* [stride]: v, but -inf once the column is in the tree */
    double *distance;       /* [stride], valid in blocks seen; inf once in the tree */
    double *occupied;       /* [stride]: 0 for a column without a row, else inf */
    int64_t *parent;        /* [stride]: index into tree of the row the path comes from */
    double *block_distance; /* [n_blocks]: least open distance; inf when not seen */
    bool *is_seen;          /* [n_blocks] */
    int64_t *tree;         /* [n + 1]: columns in the tree; the row of tree[k] is scanned */
    double *tree_distance; /* [n + 1] */
};

/* Inlined into one caller per instruction set. */
#define FM_KERNEL static inline __attribute__((always_inline))

/* Costs of row i in a block: [FM_ASSIGNMENT_WIDTH], in place or in buffer. */
FM_KERNEL const double *fm_assignment_block(const struct fm_assignment *p, size_t i,
                                            size_t block, double *restrict buffer)
{
    if (p->costs)
        return p->costs + i * p->stride + block * FM_ASSIGNMENT_WIDTH;
    const double *a = p->a + i * p->dim, *b = p->b + block * FM_ASSIGNMENT_WIDTH;
    if (p->dim == 2) {
        const double *b1 = b + p->stride;
        for (size_t j = 0; j < FM_ASSIGNMENT_WIDTH; j++)
            buffer[j] = (a[0] - b[j]) * (a[0] - b[j]) + (a[1] - b1[j]) * (a[1] - b1[j]);
        return buffer;
    }
    for (size_t j = 0; j < FM_ASSIGNMENT_WIDTH; j++)
        buffer[j] = 0;
    for (size_t k = 0; k < p->dim; k++, b += p->stride)
        for (size_t j = 0; j < FM_ASSIGNMENT_WIDTH; j++)
            buffer[j] += (a[k] - b[j]) * (a[k] - b[j]);
    return buffer;
}

/* c(i, j), the same bits as in the block. */
static inline double fm_assignment_cost(const struct fm_assignment *p, size_t i, size_t j)
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

/* Fills column_of and v.  The caller has allocated everything and set a and b, or costs; no
 * cost is NaN, and outside the padding none is infinite.  Allocates nothing, can't fail. */
void fm_assignment_solve(struct fm_assignment *p);

#endif
