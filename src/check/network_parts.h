/* Inside of the checks of networks: what is asked of the velocity of either kind, and what of
 * graphs and of closed forms alone. */
#ifndef FM_CHECK_NETWORK_PARTS_H
#define FM_CHECK_NETWORK_PARTS_H

#include "check/network.h"
#include "nn/net.h"
#include "sample/velocity.h"
#include <stdbool.h>

/* A velocity on one problem: a shape of samples, or what a closed form is asked about. */
struct fm_network_subject {
    const struct fm_check_sink *sink;
    const char *problem; /* its name, for rows */
    struct fm_arena *arena;
    size_t dim;                  /* of x */
    struct fm_velocity velocity; /* with a divergence where there is a derivative */
};

void fm_network_tell(const struct fm_network_subject *s, const char *property,
                     bool is_right, const char *note);
void fm_network_tell_error(const struct fm_network_subject *s, const char *property,
                           const struct fm_error *err);

/* n normal numbers times `scale`, a function of `step`. */
void fm_network_fill(double *to, size_t n, double scale, uint32_t step);

/* ---- of either kind ---- */

/* Adds the divergence to the velocity, by two probes. */
void fm_network_add_divergence(struct fm_network_subject *s);
enum { FM_NETWORK_ROWS = 150 }; /* that the velocity is asked for at most */
/* "same bits": false where there is nothing to rely on. */
FM_MUST_USE enum fm_status fm_check_network_bits(const struct fm_network_subject *s,
                                                 bool *is_same, struct fm_error *err);
/* "finite", "dependence" */
FM_MUST_USE enum fm_status fm_check_network_values(const struct fm_network_subject *s,
                                                   double largest, struct fm_error *err);

/* ---- of graphs ---- */

FM_MUST_USE enum fm_status fm_check_graph(const struct fm_check_sink *sink,
                                          const struct fm_plugin *p, const void *options,
                                          struct fm_error *err);
/* A net at parameters that are no longer the initial ones. */
struct fm_graph_subject {
    struct fm_network_subject common;
    struct fm_sample_shape shape;
    void (*build)(const void *options, struct fm_graph *g);
    const void *options;
    struct fm_net *net;
    fm_real *parameters;
    struct fm_guidance guidance; /* of a net that asks for labels */
};
/* Initial values, and as much again of noise: [fm_net_block_size], padding zero. */
FM_MUST_USE enum fm_status fm_graph_parameters(struct fm_arena *arena,
                                               const struct fm_net *net,
                                               fm_real **parameters, struct fm_error *err);
/* "gradient", "same bits" of reverse mode */
FM_MUST_USE enum fm_status fm_check_graph_gradient(const struct fm_graph_subject *s,
                                                   struct fm_error *err);
/* "derivative", "transposed derivative" */
FM_MUST_USE enum fm_status fm_check_graph_derivative(const struct fm_graph_subject *s,
                                                     struct fm_error *err);

/* ---- of closed forms ---- */

FM_MUST_USE enum fm_status fm_check_forms(const struct fm_check_sink *sink,
                                          const struct fm_plugin *p, const void *options,
                                          struct fm_error *err);
enum { FM_N_PROBLEMS = 4 };
extern const char *const fm_problem_names[FM_N_PROBLEMS];
/* What closed forms are asked about; all have a density that is known. */
extern const struct fm_problem fm_problems[FM_N_PROBLEMS];
/* log p_t(x) of a problem, written out. */
double fm_problem_log_density(const struct fm_problem *problem, double t, const double *x);

struct fm_form_subject {
    struct fm_network_subject common;
    const struct fm_problem *problem;
    const struct fm_network_ops *ops;
    struct fm_closed_form form;
    void *scratch;
};
/* "bounds" */
FM_MUST_USE enum fm_status fm_check_form_bounds(const struct fm_form_subject *s,
                                                struct fm_error *err);
/* "derivative", "density", "continuity" */
FM_MUST_USE enum fm_status fm_check_form_numbers(const struct fm_form_subject *s,
                                                 struct fm_error *err);

#endif
