/* Derivatives of a net by differences, for comparison with reverse and forward mode. */
#ifndef FM_CHECK_NETWORK_SLOPE_H
#define FM_CHECK_NETWORK_SLOPE_H

#include "check/network_graph_subject.h"

enum { FM_SLOPE_ROWS = 12 };

/* A net, rows, and weights g_ij of the scalar L = sum g_ij v_ij. */
struct fm_slope_setting {
    const struct fm_graph_subject *subject;
    const struct fm_net *net;
    const fm_real *theta;
    size_t dim, n, size; /* size: of the flat block */
    double t[FM_SLOPE_ROWS];
    uint32_t label[FM_SLOPE_ROWS];
    fm_real *x, *dx, *direction, *gradient, *transposed;
    fm_real *moved_x, *moved_theta, *moved_gradient, *moved_transposed;
    double *g;
    struct fm_net_workspace *forward, *reverse, *jvp;
};

/* Opens a setting for a net and parameters, which may differ from the subject's. */
FM_MUST_USE enum fm_status fm_slope_open(struct fm_slope_setting *s,
                                         const struct fm_graph_subject *subject,
                                         const struct fm_net *net, const fm_real *theta,
                                         struct fm_error *err);
/* sum g_ij v_ij over n rows from `first` on; v: [n][fm_padded(dim)]. */
double fm_slope_weighted_sum(const struct fm_slope_setting *s, size_t first, size_t n,
                             const fm_real *v);
/* The gradient of L over n rows from `first` on, by reverse mode. */
void fm_slope_reverse(const struct fm_slope_setting *s, struct fm_net_workspace *w,
                      size_t first, size_t n, fm_real *gradient);
double fm_slope_dot(const fm_real *a, const fm_real *b, size_t n);

/* Along one direction: the derivative by differences and by the net, and the largest difference
 * allowed. */
struct fm_slope_comparison {
    double measured, exact, allowed;
};

/* Compares L's derivative along s->direction of the parameters, or along s->dx of x, with the
 * net's, `exact`; such derivatives are of size `typical`. */
struct fm_slope_comparison fm_slope_compare(const struct fm_slope_setting *s, bool of_x,
                                            double exact, double typical);

#endif
