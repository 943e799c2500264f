/* The arithmetic of the engine, once per instruction set (base/isa.h): matrix products, norms,
 * attention, loops over entries, and the optimisers. */
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
 * C: [m][n_panels FM_PANEL], laid out as B by c_row and c_panel; no overlap with A and B.
 * Segments: where n_segments > 0, the sum over k is repeated for each segment s in order, from
 * a + a_segment[s] and b + b_segment[s] on.  Segments are the taps of a convolution, or the lines
 * of an image. */
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
    const fm_real *factor;                  /* laid out as C, or NULL */
    bool is_activated;                      /* then c_panel = FM_PANEL */
    enum fm_activation activation;
    fm_real *derivative; /* laid out as C, or NULL: not kept, which does not change C */
};

/* C = A B for few columns: c_ij = [bias_j] + sum_k a_ik w_jk, j < n.
 * A: [m][a_row], n_panels FM_PANEL entries of each row.  W: [n] rows in panels, element (j, k)
 * at w[(k / FM_PANEL) n FM_PANEL + j FM_PANEL + k % FM_PANEL].  C: [m][c_row]; columns from n on
 * keep their values.  bias: [n] or NULL. */
struct fm_dots {
    size_t m, n_panels, n;
    const fm_real *a;
    size_t a_row;
    const fm_real *w, *bias;
    fm_real *c;
    size_t c_row;
};

/* y = (x - mean) / sqrt(variance + 1e-5) scale + shift, then f(y) with its derivative, for n
 * rows of n_positions lines of fm_padded(width) entries.  n_groups > 0: mean and variance are
 * those of a row's group, all its lines and width / n_groups neighbouring columns; 0: those of a
 * line. */
enum { FM_NORM_SCRATCH = 10 };
struct fm_norm {
    size_t n, n_positions, width, n_groups;
    const fm_real *x, *scale, *shift; /* shift: forward only */
    fm_real *y;                       /* forward only */
    /* [n][n_groups][2] or [n][n_positions][2]: mean, 1 / sqrt(variance + 1e-5); NULL: not kept */
    fm_real *moments;
    bool is_activated;
    enum fm_activation activation;
    fm_real *derivative; /* or NULL */
    fm_real *scratch;    /* [FM_NORM_SCRATCH][fm_padded(width)] */
};

/* Reverse: from = dy; to = dx, or NULL for none; dscale and dshift are added to.  Forward mode:
 * from = dx, to = dy, multiplied by the factor if there is one.  `to` is stored, or added to when
 * is_added.  Reverse mode leaves the padding of all results zero. */
struct fm_norm_change {
    bool is_reverse, is_added;
    const fm_real *from, *factor; /* factor: or NULL */
    fm_real *to, *dscale, *dshift;
};

/* out_i = sum_j p_ij value_j, p_ij = exp(s_ij) / sum_k exp(s_ik), s_ij = query_i key_j /
 * sqrt(width): one head of one row.  Tokens of query, key and value are `row` entries apart, those
 * of out out_row. */
enum { FM_ATTENTION_QUERIES = 64, FM_ATTENTION_KEYS = 64 }; /* of a tile, at most */
struct fm_attention {
    size_t n_tokens, width, row, out_row;
    const fm_real *query, *key, *value;
    fm_real *out;
    /* [n_tokens]: with m_i = max_k s_ik, m_i log2(e) and exp(m_i) / sum_k exp(s_ik).  Forward
     * writes them unless they are NULL; reverse and forward mode read them. */
    fm_real *largest, *share;
    fm_real *scratch; /* [fm_attention_scratch] */
};

static inline size_t fm_attention_scratch(size_t n_tokens, size_t width)
{
    return (4 * n_tokens + 5 * FM_ATTENTION_QUERIES) * fm_padded(width)
           + (2 * FM_ATTENTION_KEYS + 3) * FM_ATTENTION_QUERIES;
}

/* Reverse: from the gradient of out to those of query, key and value, stored or added.  Forward
 * mode: from the tangents of query, key and value to that of out.  Each is laid out as its value. */
struct fm_attention_change {
    bool is_added;
    fm_real *query, *key, *value, *out;
};

struct fm_kernel {
    void (*product)(const struct fm_product *p);
    void (*dots)(const struct fm_dots *p);
    /* to_ji = from_ij, i < m, j < n; m and n are at most FM_PANEL; lines are FM_PANEL apart. */
    void (*transpose)(size_t m, size_t n, const fm_real *from, fm_real *to);
    /* h = f(z) and d = f'(z) for m rows of n_panels FM_PANEL entries, rows `row` apart.  d may
     * be NULL, which does not change h.  h may be z.  NaN stays NaN. */
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
    void (*lion)(const struct fm_lion_step *s, struct fm_optimizer_state *state,
                 const fm_real *gradient, size_t first, size_t count);
    void (*sgd)(const struct fm_sgd_step *s, struct fm_optimizer_state *state,
                const fm_real *gradient, size_t first, size_t count);
    /* average_i = decay average_i + fresh theta_i, n entries. */
    void (*average)(fm_real decay, fm_real fresh, size_t n, const fm_real *theta,
                    fm_real *average);
    void (*norm)(const struct fm_norm *s);
    void (*norm_change)(const struct fm_norm *s, const struct fm_norm_change *d);
    void (*attention)(const struct fm_attention *s);
    void (*attention_reverse)(const struct fm_attention *s,
                              const struct fm_attention_change *d);
    void (*attention_jvp)(const struct fm_attention *s,
                          const struct fm_attention_change *d);
    /* For m lines of n_panels FM_PANEL entries: to_ij = a_ij line_j, or to_ij += a_ij line_j; and
     * sums_j += sum_i a_ij b_ij. */
    void (*multiply_lines)(bool is_added, size_t m, size_t n_panels, const fm_real *a,
                           const fm_real *line, fm_real *to);
    void (*product_sums)(size_t m, size_t n_panels, const fm_real *a, const fm_real *b,
                         fm_real *sums);
};

/* The kernels of the instruction set in use (base/isa.h). */
const struct fm_kernel *fm_kernel(void);

extern const struct fm_kernel fm_kernel_portable;
#ifdef FM_ISA_KERNELS
extern const struct fm_kernel fm_kernel_avx2, fm_kernel_avx512;
#endif

#endif
