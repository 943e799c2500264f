/* A multilayer perceptron in plain C and double, to compare the engine's numbers with; readable
 * rather than fast.  It shares only the table of parameters with the engine. */
#ifndef FM_BENCH_REFERENCE_H
#define FM_BENCH_REFERENCE_H

#include "base/arena.h"
#include "nn/net.h"

enum { REFERENCE_MAX_LAYERS = 16 };

/* A parameter tensor of the net, as fm_parameter_export orders it. */
struct reference_tensor {
    const struct fm_parameter *parameter;
    size_t n;
    double *values, *gradient; /* [n] */
};

/* v(x, t): z_k = W_k h_k + b_k, h_(k+1) = f(z_k), h_0 = (x, t); v = z of the last layer. */
struct reference {
    enum fm_activation activation; /* selu or silu */
    size_t n_layers, dim;
    size_t widths[REFERENCE_MAX_LAYERS + 1];               /* widths[0] = dim + 1 */
    struct reference_tensor weights[REFERENCE_MAX_LAYERS]; /* [widths[k + 1]][widths[k]] */
    struct reference_tensor biases[REFERENCE_MAX_LAYERS];  /* [widths[k + 1]] */
    /* values of one row */
    double *h[REFERENCE_MAX_LAYERS], *z[REFERENCE_MAX_LAYERS], *d_z[REFERENCE_MAX_LAYERS];
};

/* Copies the parameters of net in block, layers "linear.K.weight" and "linear.K.bias".
 * FM_ERROR_INTERNAL: the net has other parameters. */
FM_MUST_USE enum fm_status reference_init(struct reference *r, struct fm_arena *arena,
                                          const struct fm_net *net, const fm_real *block,
                                          enum fm_activation activation,
                                          struct fm_error *err);
/* Returns the velocity, [dim], in memory of r that the next call overwrites.  x: [dim]. */
const double *reference_velocity(struct reference *r, const double *x, double t);
/* Returns the mean over n rows and dim coordinates of (v(x, t) - u)^2 and writes its gradient
 * to the tensors.  x, u: [n][dim]; t: [n]. */
double reference_loss(struct reference *r, size_t n, const double *x, const double *t,
                      const double *u);
/* Solves from t = 0 to 1 by Euler's and the classical Runge-Kutta method.  x: [dim], in place. */
void reference_euler(struct reference *r, size_t n_steps, double *x);
void reference_rk4(struct reference *r, size_t n_steps, double *x);

#endif
