/* The arithmetic: one strided matrix product and the activations, once per instruction set.
 * The set is chosen once per process; within one set and build, results are the same bits
 * for any number of threads. */
#ifndef FM_NN_KERNEL_H
#define FM_NN_KERNEL_H

#include "nn/real.h"
#include <fmrun/graph.h>
#include <stdbool.h>

/* C = A B (+ bias), or C += A B:  c_ij = [bias_j or c_ij] + sum_k a_ik b_kj.
 * A: [m][k], element (i, k) at a[i a_row + k a_column].
 * B: [k][n_panels FM_PANEL], element (k, j) at b[k b_row + (j / FM_PANEL) b_panel + j % FM_PANEL].
 * C: [m][n_panels FM_PANEL], likewise with c_row and c_panel; no overlap with A and B.
 * bias: [n_panels FM_PANEL] or NULL for 0; unused when is_added. */
struct fm_product {
    size_t m, k, n_panels;
    const fm_real *a;
    size_t a_row, a_column;
    const fm_real *b;
    size_t b_row, b_panel;
    fm_real *c;
    size_t c_row, c_panel;
    const fm_real *bias;
    bool is_added;
};

struct fm_kernel {
    const char *name; /* "portable", "avx2", "avx512" */
    void (*product)(const struct fm_product *p);
    /* h = f(z) and d = f'(z) for n entries, n a multiple of FM_PANEL.  d may be NULL, which
     * does not change h.  h may be z.  What is no number stays none. */
    void (*activation)(enum fm_activation f, size_t n, const fm_real *z, fm_real *h,
                       fm_real *d);
};

/* The best set this processor has, or the one named by fm_kernel_force. */
const struct fm_kernel *fm_kernel(void);
/* Uses the set of that name from now on; false when it is unknown or the processor lacks it.
 * Call before any computing. */
bool fm_kernel_force(const char *name);

extern const struct fm_kernel fm_kernel_portable;
#ifdef FM_ISA_KERNELS
extern const struct fm_kernel fm_kernel_avx2, fm_kernel_avx512;
#endif

#endif
