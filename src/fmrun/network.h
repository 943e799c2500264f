/* Plugins of kind network: the velocity v(x, t). */
#ifndef FM_FMRUN_NETWORK_H
#define FM_FMRUN_NETWORK_H

#include <fmrun/dataset.h>
#include <fmrun/graph.h>
#include <fmrun/path.h>
#include <fmrun/services.h>
#include <fmrun/status.h>
#include <stdbool.h>

/* What a closed form is asked about: from source p0 to data p1 along a path. */
struct fm_problem {
    size_t dim;
    const struct fm_mixture *source, *data; /* NULL where a density has no closed form */
    bool is_independent;                    /* the coupling leaves x0 and x1 independent */
    /* alpha, sigma and their derivatives at t, or NULL when the path is not affine */
    void (*path)(const struct fm_problem *problem, double t, struct fm_path_point *point);
    /* the same as a bridge: also of a path that is not affine, where it says that it is one;
     * NULL: then path has it all */
    void (*bridge)(const struct fm_problem *problem, double t,
                   struct fm_path_bridge *bridge);
    const void *path_context;
};

/* A closed form ready to evaluate.  state is read-only from then on; scratch_bytes of
 * private memory are handed to each evaluate call. */
struct fm_closed_form {
    const void *state;
    size_t scratch_bytes;
    /* The velocity given a row's label is asked for: the host prepares one form for each label,
     * with the mixture of its rows alone as data, beside this one, which is of all. */
    bool is_labelled;
};

/* Exactly one of build and (prepare, evaluate) is set. */
struct fm_network_ops {
    size_t size; /* sizeof(struct fm_network_ops) */

    /* Describes v(x, t) to g (fmrun/graph.h).  Called once, from one thread. */
    void (*build)(const void *options, struct fm_graph *g);

    /* Without parameters and training.  prepare may keep problem's pointers: they live as
     * long as the network. */
    enum fm_status (*prepare)(const void *options, const struct fm_services *services,
                              const struct fm_problem *problem, struct fm_closed_form *form,
                              struct fm_error *err);
    /* v(x_i, t_i), rows i of n.  t: [n]; x, v: [n][dim], no overlap.  Called from several
     * threads at once, each with its own scratch.  Allocates nothing. */
    enum fm_status (*evaluate)(const struct fm_closed_form *form, size_t n, const double *t,
                               const double *x, double *v, void *scratch,
                               struct fm_error *err);
    /* dv_i = (d v(x_i, t_i) / dx) dx_i, the derivative of v along dx.  dx, dv: [n][dim], no
     * overlap.  May be NULL: then there are no likelihoods. */
    enum fm_status (*jvp)(const struct fm_closed_form *form, size_t n, const double *t,
                          const double *x, const double *dx, double *dv, void *scratch,
                          struct fm_error *err);
    /* log p_t(x_i), [n]; may be NULL. */
    enum fm_status (*log_density)(const struct fm_closed_form *form, size_t n,
                                  const double *t, const double *x, double *log_p,
                                  void *scratch, struct fm_error *err);
};

#endif
