/* A velocity field v(x, t), ready to evaluate: a trained net or a closed form, with an
 * optional divergence. */
#ifndef FM_SAMPLE_VELOCITY_H
#define FM_SAMPLE_VELOCITY_H

#include "base/arena.h"
#include "host/prediction.h"
#include "nn/net.h"
#include "sample/path_change.h"
#include <fmrun/metric.h>
#include <fmrun/network.h>
#include <fmrun/status.h>

/* How div v = tr dv/dx is computed (fmrun/metric.h): forward mode gives each derivative
 * along one direction.  Probe k of row r depends on (noise.seed, noise.stream, k, r)
 * alone: if it changed between evaluations, step control would see noise. */
struct fm_divergence {
    enum fm_divergence_kind kind;
    size_t n_probes;        /* of an estimate; at least 1 */
    struct fm_stream noise; /* velocity.c sets its step */
};

/* Classifier-free guidance of a velocity that asks for labels, w being the weight:
 *     v_w(x, t) = v(x, t, none) + w (v(x, t, label) - v(x, t, none)),
 * computed in double.  It takes two evaluations, or one where w is 0 or 1.
 * Source: Ho and Salimans 2022, arXiv:2207.12598, eq. 6, whose w is w - 1 here; for flow
 * matching Zheng et al. 2023, arXiv:2311.13443. */
struct fm_guidance {
    const uint32_t *labels; /* by the row's number in the solve */
    uint32_t none;          /* the label that stands for no label */
    double weight;
};

/* With a divergence the state is [x, l] with dl/dt = div v, which integrators solve like
 * any other.  Each probe has its own l, so that the spread of the integrals gives the
 * standard error: the errors of one probe at different t are correlated. */
struct fm_velocity {
    size_t dim; /* of the state: coordinates of x, then fm_divergence_n_sums */
    /* a net and its parameters ... */
    const struct fm_net *net;
    const fm_real *parameters;
    const struct fm_prediction *prediction; /* what the net predicts; NULL: v */
    /* ... or a closed form, with jvp where there is a divergence */
    const struct fm_network_ops *ops;
    struct fm_closed_form form;
    const struct fm_closed_form *given; /* [n_given]: by label; NULL: no labels */
    size_t n_given;
    const struct fm_guidance *guidance;     /* where it asks for labels, else NULL */
    const struct fm_path_change *change;    /* from the training path; NULL: none */
    const struct fm_divergence *divergence; /* or NULL */
};

/* Whether it asks for labels, so that guidance must be set before it is evaluated. */
bool fm_velocity_asks_labels(const struct fm_velocity *velocity);
/* A copy, with the guidance if it asks for labels. */
struct fm_velocity fm_velocity_guided(const struct fm_velocity *velocity,
                                      const struct fm_guidance *guidance);
/* How often one evaluation evaluates the net or closed form: 1 or 2. */
size_t fm_velocity_cost(const struct fm_velocity *velocity);

/* How many l a state has: 1 when exact, else n_probes; 0 for NULL. */
size_t fm_divergence_n_sums(const struct fm_divergence *divergence);
/* How many directional derivatives an evaluation takes, for x of dim coordinates. */
size_t fm_divergence_n_directions(const struct fm_divergence *divergence, size_t dim);
/* Draws probe number `probe` of a row.  e: [dim]. */
void fm_divergence_probe(const struct fm_divergence *divergence, size_t probe, size_t row,
                         size_t dim, double *e);

/* The most rows that fm_velocity_evaluate takes: at most FM_BLOCK_ROWS. */
size_t fm_velocity_block_rows(const struct fm_velocity *velocity);

/* Private memory of one thread. */
struct fm_velocity_workspace {
    /* net: for rows with their label, and without */
    struct fm_net_workspace *net[2];
    uint32_t *label[2]; /* [block_rows] */
    fm_real *x;         /* [block_rows][coordinates of x] */
    /* net that predicts x1 or x0, [block_rows]: the times it is evaluated at, and
     * scratch */
    double *network_t;
    struct fm_path_point *points;
    struct fm_prediction_factors *factors;
    /* closed form: its scratch memory, and [block_rows][coordinates of x] without label */
    void *scratch;
    double *without;
    /* divergence: [block_rows][coordinates of x] */
    double *point, *direction, *derivative;
    fm_real *dx; /* the direction, for a net */
    /* path change, [block_rows]: where each row is on the training path */
    struct fm_path_place *places;
    double *t, *scaled; /* [block_rows], [block_rows][coordinates of x] */
};

/* Allocates all of *workspace from arena.  FM_ERROR_MEMORY. */
FM_MUST_USE enum fm_status fm_velocity_workspace(struct fm_arena *arena,
                                                 const struct fm_velocity *velocity,
                                                 struct fm_velocity_workspace *workspace,
                                                 struct fm_error *err);

/* v[i] = v(x[i], t[i]) for n <= fm_velocity_block_rows rows.  With a divergence x[i] is
 * a state, whose l is ignored, and v[i] = [v, d l_1/dt, ...].  row: [n], the rows'
 * numbers in the solve.  x, v: [n][dim], no overlap.  Allocates nothing.  Fails only if
 * a closed form fails. */
FM_MUST_USE enum fm_status fm_velocity_evaluate(const struct fm_velocity *velocity,
                                                struct fm_velocity_workspace *workspace,
                                                size_t n, const size_t *row,
                                                const double *t, const double *x, double *v,
                                                struct fm_error *err);

#endif
