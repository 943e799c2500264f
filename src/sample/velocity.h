/* A velocity field v(x, t) ready to evaluate: a trained net, or a closed form; beside it, where
 * asked for, its divergence. */
#ifndef FM_SAMPLE_VELOCITY_H
#define FM_SAMPLE_VELOCITY_H

#include "base/arena.h"
#include "host/prediction.h"
#include "nn/net.h"
#include "sample/path_change.h"
#include <fmrun/metric.h>
#include <fmrun/network.h>
#include <fmrun/status.h>

/* How div v = tr dv/dx is had (fmrun/metric.h), each derivative along one direction by forward
 * mode.  Probe k of row r is a function of (noise.seed, noise.stream, k, r) alone: the same at
 * every evaluation, or the step control would see noise, and the same wherever in a block the
 * row stands. */
struct fm_divergence {
    enum fm_divergence_kind kind;
    size_t n_probes;        /* at least 1; of the estimates */
    struct fm_stream noise; /* its step is set here */
};

/* Of a velocity that asks for labels: with w the weight,
 *     v_w(x, t) = v(x, t, none) + w (v(x, t, label) - v(x, t, none)),
 * in double from two evaluations; from one where w is 0 or 1.
 * Source: Ho and Salimans 2022, arXiv:2207.12598, eq. 6, whose w is w - 1 here; for the
 * velocities of flow matching Zheng et al. 2023, arXiv:2311.13443. */
struct fm_guidance {
    const uint32_t *labels; /* by the row's number in the solve */
    uint32_t none;          /* the label of no label */
    double weight;
};

/* With a divergence the state is [x, l], dl/dt = div v, and integrators need not know.  Each
 * probe has an l of its own: the standard error of their mean is that of the spread of the
 * integrals, and a probe's errors at different t are far from independent. */
struct fm_velocity {
    size_t dim; /* of the state: coordinates of x, then fm_divergence_n_sums */
    /* a net and its parameters ... */
    const struct fm_net *net;
    const fm_real *parameters;
    const struct fm_prediction *prediction; /* what it gives; NULL: v */
    /* ... or a closed form, with jvp where there is a divergence */
    const struct fm_network_ops *ops;
    struct fm_closed_form form;
    const struct fm_closed_form *given; /* [n_given]: by label; NULL: asks for none */
    size_t n_given;
    const struct fm_guidance *guidance;     /* of one that asks for labels, else NULL */
    const struct fm_path_change *change;    /* of the path it was trained on; NULL: none */
    const struct fm_divergence *divergence; /* or NULL */
};

/* Whether guidance must be set before it can be evaluated. */
bool fm_velocity_asks_labels(const struct fm_velocity *velocity);
/* A copy with the guidance, where it asks for labels. */
struct fm_velocity fm_velocity_guided(const struct fm_velocity *velocity,
                                      const struct fm_guidance *guidance);
/* Evaluations of the net or closed form, 1 or 2, that one of the velocity takes. */
size_t fm_velocity_cost(const struct fm_velocity *velocity);

/* The l of a state: 1 when exact, else n_probes; 0 for NULL. */
size_t fm_divergence_n_sums(const struct fm_divergence *divergence);
/* Derivatives along one direction that an evaluation takes, of x with dim coordinates. */
size_t fm_divergence_n_directions(const struct fm_divergence *divergence, size_t dim);
/* Probe `probe` of a row: e: [dim]. */
void fm_divergence_probe(const struct fm_divergence *divergence, size_t probe, size_t row,
                         size_t dim, double *e);

/* The most rows that fm_velocity_evaluate takes at once, at most FM_BLOCK_ROWS. */
size_t fm_velocity_block_rows(const struct fm_velocity *velocity);

/* Private memory of one thread. */
struct fm_velocity_workspace {
    /* of a net: for rows with their label, and without */
    struct fm_net_workspace *net[2];
    uint32_t *label[2]; /* [block_rows] */
    fm_real *x;         /* [block_rows][coordinates of x]: of a net */
    /* [block_rows]: of a net that gives another thing than v */
    double *network_t;
    struct fm_path_point *points;
    struct fm_prediction_factors *factors;
    /* of a closed form: [block_rows][coordinates of x], what it gives without label */
    void *scratch;
    double *without;
    /* [block_rows][coordinates of x]: for the divergence */
    double *point, *direction, *derivative;
    fm_real *dx; /* likewise, of a net */
    /* of a changed path, [block_rows]: where each row is on the path of training */
    struct fm_path_place *places;
    double *t, *scaled; /* [block_rows], [block_rows][coordinates of x] */
};

FM_MUST_USE enum fm_status fm_velocity_workspace(struct fm_arena *arena,
                                                 const struct fm_velocity *velocity,
                                                 struct fm_velocity_workspace *workspace,
                                                 struct fm_error *err);

/* v[i] = v(x[i], t[i]) for n <= fm_velocity_block_rows rows; with a divergence x[i] is a state,
 * whose l is not looked at, and v[i] = [v, d l_1/dt, ...].  row: [n], the rows' numbers in the
 * solve.  x, v: [n][dim], no overlap.  Allocates nothing.  Fails only as a closed form fails. */
FM_MUST_USE enum fm_status fm_velocity_evaluate(const struct fm_velocity *velocity,
                                                struct fm_velocity_workspace *workspace,
                                                size_t n, const size_t *row,
                                                const double *t, const double *x, double *v,
                                                struct fm_error *err);

#endif
