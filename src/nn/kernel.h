/* The arithmetic of the engine, once per instruction set (base/isa.h): matrix products with
 * what belongs to them, loops over entries, and the optimiser. */
#ifndef FM_NN_KERNEL_H
#define FM_NN_KERNEL_H

#include "nn/optimizer.h"
#include "nn/real.h"
#include <fmrun/graph.h>
#include <stdbool.h>

/* C = A B, in this order:
 *     sum_ij = [bias_j, or c_ij when is_added, or 0] + sum_k a_ik b_kj
 *     c_ij   = sum_ij, or sum_ij factor_ij, or f(sum_ij) with derivative_ij = f'(sum_ij)
 * A: [m][k], element (i, k) at a[i a_row + k a_column].
 * B: [k][n_panels FM_PANEL], element (k, j) at b[k b_row + (j / FM_PANEL) b_panel + j % FM_PANEL].
 * C: [m][n_panels FM_PANEL], likewise with c_row and c_panel; no overlap with A and B.
 * Segments: where n_segments > 0 the sum over k goes through A and B n_segments times, in
 * order, starting at a + a_segment[s] and b + b_segment[s]: the taps of a convolution, or the
 * lines of an image. */
struct fm_product {
    size_t m, k, n_panels;
    const fm_real *a;
    size_t a_row, a_column;
    const fm_real *b;
    size_t b_row, b_panel;
    fm_real *c;
    size_t c_row, c_panel;
    bool is_added;
    const fm_real *bias; /* [n_panels FM_PANEL] or NULL for 0; unused when is_added */
    size_t n_segments;
    const ptrdiff_t *a_segment, *b_segment; /* NULL: all 0 */
    const fm_real *factor;                  /* where c_ij is, or NULL */
    bool is_activated;                      /* then c_panel = FM_PANEL */
    enum fm_activation activation;
    fm_real *derivative; /* where c_ij is, or NULL: not kept, which does not change c */
};

/* C = A B for few columns: c_ij = [bias_j] + sum_k a_ik w_jk, j < n.
 * A: [m][a_row], n_panels FM_PANEL entries of each row.  W: [n] rows in panels, element (j, k)
 * at w[(k / FM_PANEL) n FM_PANEL + j FM_PANEL + k % FM_PANEL].  C: [m][c_row]; other columns
 * are left alone.  bias: [n] or NULL. */
struct fm_dots {
    size_t m, n_panels, n;
    const fm_real *a;
    size_t a_row;
    const fm_real *w, *bias;
    fm_real *c;
    size_t c_row;
};

struct fm_kernel {
    void (*product)(const struct fm_product *p);
    void (*dots)(const struct fm_dots *p);
    /* h = f(z) and d = f'(z) for m rows of n_panels FM_PANEL entries, rows `row` apart.  d may
     * be NULL, which does not change h.  h may be z.  What is no number stays none. */
    void (*activation)(enum fm_activation f, size_t m, size_t n_panels, size_t row,
                       const fm_real *z, fm_real *h, fm_real *d);
    /* to = a, or to += a, n entries; multiply: a b, n a multiple of FM_PANEL, to may be a or b. */
    void (*copy)(bool is_added, size_t n, const fm_real *a, fm_real *to);
    void (*multiply)(bool is_added, size_t n, const fm_real *a, const fm_real *b,
                     fm_real *to);
    /* sums_j += sum_i x_ij, m rows of n_panels FM_PANEL entries, rows `row` apart. */
    void (*column_sums)(size_t m, size_t n_panels, size_t row, const fm_real *x,
                        fm_real *sums);
    double (*combine)(size_t n_shards, fm_real *const *shards, size_t first, size_t count,
                      fm_real *gradient);
    void (*adamw)(const struct fm_adamw_step *s, struct fm_optimizer_state *state,
                  const fm_real *gradient, size_t first, size_t count);
};

/* Of the set in use (base/isa.h). */
const struct fm_kernel *fm_kernel(void);

extern const struct fm_kernel fm_kernel_portable;
#ifdef FM_ISA_KERNELS
extern const struct fm_kernel fm_kernel_avx2, fm_kernel_avx512;
#endif

#endif
