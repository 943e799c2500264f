#include <config.h>

#include "reference.h"

#include "base/error.h"

#include <math.h>
#include <string.h>

/* ---- parameters ---- */

static enum fm_status tensor_init(struct reference_tensor *t, struct fm_arena *arena,
                                  const struct fm_parameter *p, const fm_real *block,
                                  struct fm_error *err)
{
    t->parameter = p;
    t->n = p->n_taps * p->n_rows * p->n_columns;
    t->values = FM_NEW(arena, t->n, double);
    t->gradient = FM_NEW(arena, t->n, double);
    float *exported = FM_NEW(arena, t->n, float);
    if (!t->values || !t->gradient || !exported)
        return fm_out_of_memory(err);
    fm_parameter_export(p, block, exported);
    for (size_t i = 0; i < t->n; i++)
        t->values[i] = exported[i];
    return FM_OK;
}

static const struct fm_parameter *find(const struct fm_net *net, size_t layer,
                                       const char *what)
{
    size_t n;
    const struct fm_parameter *all = fm_net_parameters(net, &n);
    char name[64];
    (void)snprintf(name, sizeof name, "linear.%zu.%s", layer, what);
    for (size_t i = 0; i < n; i++)
        if (strcmp(all[i].name, name) == 0)
            return &all[i];
    return NULL;
}

static enum fm_status layer_init(struct reference *r, size_t k, struct fm_arena *arena,
                                 const struct fm_net *net, const fm_real *block,
                                 struct fm_error *err)
{
    const struct fm_parameter *weight = find(net, k, "weight"),
                              *bias = find(net, k, "bias");
    size_t shape[3] = {0}, n_biases[3] = {0};
    if (!weight || !bias || fm_parameter_shape(weight, shape) != 2
        || fm_parameter_shape(bias, n_biases) != 1 || shape[1] != r->widths[k]
        || n_biases[0] != shape[0])
        return fm_fail(err, FM_ERROR_INTERNAL,
                       "bench/reference.c computes a network with other parameters");
    FM_TRY(tensor_init(&r->weights[k], arena, weight, block, err));
    FM_TRY(tensor_init(&r->biases[k], arena, bias, block, err));
    r->widths[k + 1] = shape[0];
    r->h[k] = FM_NEW(arena, r->widths[k], double);
    r->z[k] = FM_NEW(arena, r->widths[k + 1], double);
    r->d_z[k] = FM_NEW(arena, r->widths[k + 1], double);
    return r->h[k] && r->z[k] && r->d_z[k] ? FM_OK : fm_out_of_memory(err);
}

enum fm_status reference_init(struct reference *r, struct fm_arena *arena,
                              const struct fm_net *net, const fm_real *block,
                              enum fm_activation activation, struct fm_error *err)
{
    size_t n;
    (void)fm_net_parameters(net, &n);
    *r = (struct reference){
        .activation = activation, .n_layers = n / 2, .dim = fm_net_dim(net)};
    r->widths[0] = r->dim + 1;
    FM_ASSERT(r->n_layers > 0 && r->n_layers <= REFERENCE_MAX_LAYERS);
    for (size_t k = 0; k < r->n_layers; k++)
        FM_TRY(layer_init(r, k, arena, net, block, err));
    return FM_OK;
}

/* ---- f and f' ---- */

/* Klambauer et al. 2017, arXiv:1706.02515 */
static const double selu_alpha = 1.6732632423543772848, selu_scale = 1.0507009873554804934;

static double f(const struct reference *r, double z)
{
    if (r->activation == FM_ACTIVATION_SELU)
        return selu_scale * (z > 0 ? z : selu_alpha * (exp(z) - 1));
    return z / (1 + exp(-z));
}

static double d_f(const struct reference *r, double z)
{
    if (r->activation == FM_ACTIVATION_SELU)
        return selu_scale * (z > 0 ? 1 : selu_alpha * exp(z));
    double s = 1 / (1 + exp(-z));
    return s * (1 + z * (1 - s));
}

/* ---- forward and backward ---- */

const double *reference_velocity(struct reference *r, const double *x, double t)
{
    memcpy(r->h[0], x, r->dim * sizeof *x);
    r->h[0][r->dim] = t;
    for (size_t k = 0; k < r->n_layers; k++) {
        const double *w = r->weights[k].values, *b = r->biases[k].values, *h = r->h[k];
        for (size_t j = 0; j < r->widths[k + 1]; j++) {
            double sum = b[j];
            for (size_t i = 0; i < r->widths[k]; i++)
                sum += w[j * r->widths[k] + i] * h[i];
            r->z[k][j] = sum;
            if (k + 1 < r->n_layers)
                r->h[k + 1][j] = f(r, sum);
        }
    }
    return r->z[r->n_layers - 1];
}

/* Adds the row's gradient, after reference_velocity and with d_z of the last layer set. */
static void add_gradient(struct reference *r)
{
    for (size_t k = r->n_layers; k-- > 0;) {
        const size_t n_in = r->widths[k], n_out = r->widths[k + 1];
        double *d_w = r->weights[k].gradient, *d_b = r->biases[k].gradient;
        for (size_t j = 0; j < n_out; j++) {
            d_b[j] += r->d_z[k][j];
            for (size_t i = 0; i < n_in; i++)
                d_w[j * n_in + i] += r->d_z[k][j] * r->h[k][i];
        }
        if (k == 0)
            return;
        memset(r->d_z[k - 1], 0, n_in * sizeof(double));
        for (size_t j = 0; j < n_out; j++)
            for (size_t i = 0; i < n_in; i++)
                r->d_z[k - 1][i] += r->d_z[k][j] * r->weights[k].values[j * n_in + i];
        for (size_t i = 0; i < n_in; i++)
            r->d_z[k - 1][i] *= d_f(r, r->z[k - 1][i]);
    }
}

double reference_loss(struct reference *r, size_t n, const double *x, const double *t,
                      const double *u)
{
    const double n_entries = (double)n * (double)r->dim;
    double loss = 0;
    for (size_t k = 0; k < r->n_layers; k++) {
        memset(r->weights[k].gradient, 0, r->weights[k].n * sizeof(double));
        memset(r->biases[k].gradient, 0, r->biases[k].n * sizeof(double));
    }
    for (size_t i = 0; i < n; i++) {
        const double *v = reference_velocity(r, x + i * r->dim, t[i]);
        for (size_t j = 0; j < r->dim; j++) {
            double e = v[j] - u[i * r->dim + j];
            loss += e * e / n_entries;
            r->d_z[r->n_layers - 1][j] = 2 * e / n_entries;
        }
        add_gradient(r);
    }
    return loss;
}

/* ---- solving ---- */

void reference_euler(struct reference *r, size_t n_steps, double *x)
{
    const double h = 1 / (double)n_steps;
    for (size_t s = 0; s < n_steps; s++) {
        const double *v = reference_velocity(r, x, (double)s * h);
        for (size_t j = 0; j < r->dim; j++)
            x[j] += h * v[j];
    }
}

void reference_rk4(struct reference *r, size_t n_steps, double *x)
{
    static const double c[] = {0, 0.5, 0.5, 1}, b[] = {1.0 / 6, 1.0 / 3, 1.0 / 3, 1.0 / 6};
    const double h = 1 / (double)n_steps;
    double y[64], sum[64];
    FM_ASSERT(r->dim <= 64);
    for (size_t s = 0; s < n_steps; s++) {
        const double *k = NULL;
        for (size_t stage = 0; stage < 4; stage++) {
            for (size_t j = 0; j < r->dim; j++)
                y[j] = x[j] + (k ? c[stage] * h * k[j] : 0);
            k = reference_velocity(r, y, ((double)s + c[stage]) * h);
            for (size_t j = 0; j < r->dim; j++)
                sum[j] = (stage ? sum[j] : 0) + b[stage] * h * k[j];
        }
        for (size_t j = 0; j < r->dim; j++)
            x[j] += sum[j];
    }
}
