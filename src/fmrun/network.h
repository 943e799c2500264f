/* Plugins of kind network: the velocity v(x, t). */
#ifndef FM_FMRUN_NETWORK_H
#define FM_FMRUN_NETWORK_H

#include <fmrun/dataset.h>
#include <fmrun/graph.h>
#include <fmrun/path.h>
#include <fmrun/services.h>
#include <fmrun/status.h>
#include <stdbool.h>

/* The flow that a closed form gives the velocity of: from source p0 to data p1 along a path. */
struct fm_problem {
    size_t dim;
    /* NULL where a density has no closed form. */
    const struct fm_mixture *source, *data;
    /* The coupling leaves x0 and x1 independent. */
    bool is_independent;
    /* alpha, sigma and their derivatives at t.  NULL: the path is not affine. */
    void (*path)(const struct fm_problem *problem, double t, struct fm_path_point *point);
    /* Mean and variance of xt given the pair, for paths that are a bridge, affine or not.  NULL:
     * `path` says everything. */
    void (*bridge)(const struct fm_problem *problem, double t,
                   struct fm_path_bridge *bridge);
    const void *path_context;
};

/* A closed form that is ready to evaluate. */
struct fm_closed_form {
    /* Read-only after prepare. */
    const void *state;
    /* Private memory that each call of evaluate, jvp and log_density gets. */
    size_t scratch_bytes;
    /* The velocity depends on a row's label.  The host then prepares one more form for each label,
     * whose data are the mixture of that label's rows. */
    bool is_labelled;
};

/* Exactly one of build and (prepare, evaluate) is set. */
struct fm_network_ops {
    size_t size; /* sizeof(struct fm_network_ops) */

    /* Describes v(x, t) to g (fmrun/graph.h).  Called once, from one thread. */
    void (*build)(const void *options, struct fm_graph *g);

    /* Completes a closed form, which has no parameters and is not trained.  It may keep pointers of
     * `problem`: they live as long as the network. */
    enum fm_status (*prepare)(const void *options, const struct fm_services *services,
                              const struct fm_problem *problem, struct fm_closed_form *form,
                              struct fm_error *err);
    /* v(x_i, t_i) for n rows.  t: [n]; x, v: [n][dim], no overlap.  Called from several
     * threads at once, each with its own scratch.  Allocates nothing. */
    enum fm_status (*evaluate)(const struct fm_closed_form *form, size_t n, const double *t,
                               const double *x, double *v, void *scratch,
                               struct fm_error *err);
    /* dv_i = (d v(x_i, t_i) / dx) dx_i, the derivative of v along dx.  dx, dv: [n][dim], no
     * overlap.  NULL: likelihoods are unavailable. */
    enum fm_status (*jvp)(const struct fm_closed_form *form, size_t n, const double *t,
                          const double *x, const double *dx, double *dv, void *scratch,
                          struct fm_error *err);
    /* log p_t(x_i), [n].  NULL: unknown. */
    enum fm_status (*log_density)(const struct fm_closed_form *form, size_t n,
                                  const double *t, const double *x, double *log_p,
                                  void *scratch, struct fm_error *err);
};

#endif
