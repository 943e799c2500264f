/* Loops over entries: activations with their derivatives, sums and products. */
#include <config.h>

#include "nn/kernel_parts.h"

#include <math.h>
#include <string.h>

#define R(x) ((fm_real)(x))

#ifdef FM_REAL_DOUBLE
#define EXP(x) exp(x)
#define LOG1P(x) log1p(x)
#define TANH(x) tanh(x)
/* Phi(x), the standard normal distribution; e = exp(-x^2 / 2) */
#define PHI(x, e) ((void)(e), R(0.5) * erfc(-(x)*R(0.70710678118654752440)))
#else
/* e^x, relative error below 2e-7: 2^n e^r with |r| <= ln 2 / 2 and a polynomial of degree 6
 * (Cephes' expf).  Written without branches so that loops over it vectorise. */
INLINE float exp_poly(float x)
{
    x = x > 88.0f ? 88.0f : x;
    x = x < -87.0f ? -87.0f : x;
    float n = x * 1.44269504f + 12582912.0f; /* round to nearest: 1.5 * 2^23 */
    int bits;
    memcpy(&bits, &n, sizeof bits);
    n -= 12582912.0f;
    float r = x - n * 0.693359375f + n * 2.12194440e-4f;
    float y = 1.9875691500e-4f;
    y = y * r + 1.3981999507e-3f;
    y = y * r + 8.3334519073e-3f;
    y = y * r + 4.1665795894e-2f;
    y = y * r + 1.6666665459e-1f;
    y = y * r + 5.0000001201e-1f;
    y = y * r * r + r + 1.0f;
    bits = (int)((unsigned)bits << 23) + 0x3f800000;
    float scale;
    memcpy(&scale, &bits, sizeof scale);
    return y * scale;
}

/* log(1 + e), 0 <= e <= 1: of w = fl(1 + e) by a polynomial around 1 (Cephes' logf), plus
 * what the sum lost. */
INLINE float log1p_poly(float e)
{
    float w = 1 + e, lost = e - (w - 1);
    float half = w > 1.41421356f ? 0.5f : 1.0f, ln_2 = w > 1.41421356f ? 0.69314718f : 0.0f;
    float x = w * half - 1, z = x * x;
    float y = 7.0376836292e-2f;
    y = y * x - 1.1514610310e-1f;
    y = y * x + 1.1676998740e-1f;
    y = y * x - 1.2420140846e-1f;
    y = y * x + 1.4249322787e-1f;
    y = y * x - 1.6668057665e-1f;
    y = y * x + 2.0000714765e-1f;
    y = y * x - 2.4999993993e-1f;
    y = y * x + 3.3333331174e-1f;
    return ln_2 + (x + (y * x * z - 0.5f * z)) + lost;
}

/* Around 0 a polynomial in x^2 (Cephes' tanhf), beyond 1 - 2 / (e^2|x| + 1). */
INLINE float tanh_poly(float x)
{
    float size = fabsf(x), z = x * x;
    float y = -5.70498872745e-3f;
    y = y * z + 2.06390887954e-2f;
    y = y * z - 5.37397155531e-2f;
    y = y * z + 1.33314422036e-1f;
    y = y * z - 3.33332819422e-1f;
    y = y * z * x + x;
    float large = copysignf(1 - 2 / (exp_poly(2 * size) + 1), x);
    return size < 0.625f ? y : large;
}

/* Phi(x) from e = exp(-x^2 / 2), absolute error below 1e-7.
 * Source: Abramowitz and Stegun 1964, eq. 7.1.26. */
INLINE float phi_poly(float x, float e)
{
    float t = 1 / (1 + 0.3275911f * 0.70710678f * fabsf(x));
    float y = 1.061405429f;
    y = y * t - 1.453152027f;
    y = y * t + 1.421413741f;
    y = y * t - 0.284496736f;
    y = y * t + 0.254829592f;
    float tail = 0.5f * y * t * e;
    return x > 0 ? 1 - tail : tail;
}
#define EXP(x) exp_poly(x)
#define LOG1P(x) log1p_poly(x)
#define TANH(x) tanh_poly(x)
#define PHI(x, e) phi_poly(x, e)
#endif

#define SELU_ALPHA R(1.6732632423543772848)
#define SELU_SCALE R(1.0507009873554804934)

/* Defines one loop over rows; body sets y = f(x) and g = f'(x).  Where x is no number, no
 * branch may turn it into one: a diverged network would look like one that works. */
#define ACTIVATION(name, body)                                                             \
    static void name(size_t m, size_t n_panels, size_t row, const fm_real *z, fm_real *h,  \
                     fm_real *d)                                                           \
    {                                                                                      \
        for (size_t i = 0; i < m; i++)                                                     \
            for (size_t p = i * row; p < i * row + n_panels * FM_PANEL; p += FM_PANEL) {   \
                fm_real value[FM_PANEL], slope[FM_PANEL];                                  \
                for (size_t j = 0; j < FM_PANEL; j++) {                                    \
                    fm_real x = z[p + j], y, g;                                            \
                    body value[j] = y;                                                     \
                    slope[j] = g;                                                          \
                }                                                                          \
                memcpy(h + p, value, sizeof value);                                        \
                if (d)                                                                     \
                    memcpy(d + p, slope, sizeof slope);                                    \
            }                                                                              \
    }

ACTIVATION(relu, {
    y = x <= 0 ? 0 : x;
    g = x > 0 ? 1 : 0;
})
ACTIVATION(silu, {
    fm_real s = 1 / (1 + EXP(-x));
    y = x * s;
    g = s + y * (1 - s);
})
ACTIVATION(gelu, {
    fm_real e = EXP(R(-0.5) * x * x);
    fm_real phi = PHI(x, e);
    y = x * phi;
    g = phi + x * R(0.39894228040143267794) * e;
})
ACTIVATION(selu, {
    fm_real e = EXP(x > 0 ? 0 : x); /* e - 1 is no sum with a product to be fused or not */
    y = SELU_SCALE * (x > 0 ? x : SELU_ALPHA * (e - 1));
    g = SELU_SCALE * (x > 0 ? 1 : SELU_ALPHA * e);
})
ACTIVATION(elu, {
    fm_real e = EXP(x > 0 ? 0 : x);
    y = x > 0 ? x : e - 1;
    g = x > 0 ? 1 : e;
})
ACTIVATION(hyperbolic_tangent, {
    y = TANH(x);
    g = 1 - y * y;
})
ACTIVATION(softplus, {
    fm_real e = EXP(x > 0 ? -x : x);
    y = (x > 0 ? x : 0) + LOG1P(e);
    g = (x > 0 ? 1 : e) / (1 + e);
})

void FM_ISA_SYMBOL(fm_activation)(enum fm_activation f, size_t m, size_t n_panels,
                                  size_t row, const fm_real *z, fm_real *h, fm_real *d)
{
    static void (*const functions[FM_N_ACTIVATIONS])(
        size_t, size_t, size_t, const fm_real *, fm_real *, fm_real *) = {
        [FM_ACTIVATION_RELU] = relu,         [FM_ACTIVATION_SILU] = silu,
        [FM_ACTIVATION_GELU] = gelu,         [FM_ACTIVATION_SELU] = selu,
        [FM_ACTIVATION_ELU] = elu,           [FM_ACTIVATION_TANH] = hyperbolic_tangent,
        [FM_ACTIVATION_SOFTPLUS] = softplus,
    };
    functions[f](m, n_panels, row, z, h, d);
}

static void copy(bool is_added, size_t n, const fm_real *restrict a, fm_real *restrict to)
{
    if (is_added)
        for (size_t j = 0; j < n; j++)
            to[j] += a[j];
    else
        memcpy(to, a, n * sizeof *to);
}

/* n is a multiple of FM_PANEL, and `to` may be a or b. */
static void multiply(bool is_added, size_t n, const fm_real *a, const fm_real *b,
                     fm_real *to)
{
    for (size_t j = 0; j < n; j += LANES) {
        vector product = load(a + j) * load(b + j);
        store(to + j, is_added ? load(to + j) + product : product);
    }
}

static void column_sums(size_t m, size_t n_panels, size_t row, const fm_real *x,
                        fm_real *sums)
{
    for (size_t p = 0; p < n_panels; p++) {
        vector sum[VECTORS];
        for (int v = 0; v < VECTORS; v++)
            sum[v] = load(sums + p * FM_PANEL + (size_t)v * LANES);
        for (size_t i = 0; i < m; i++)
            for (int v = 0; v < VECTORS; v++)
                sum[v] += load(x + i * row + p * FM_PANEL + (size_t)v * LANES);
        for (int v = 0; v < VECTORS; v++)
            store(sums + p * FM_PANEL + (size_t)v * LANES, sum[v]);
    }
}

const struct fm_kernel FM_ISA_SYMBOL(fm_kernel) = {
    .product = FM_ISA_SYMBOL(fm_product),
    .dots = FM_ISA_SYMBOL(fm_dots),
    .activation = FM_ISA_SYMBOL(fm_activation),
    .copy = copy,
    .multiply = multiply,
    .column_sums = column_sums,
    .combine = FM_ISA_SYMBOL(fm_combine),
    .adamw = FM_ISA_SYMBOL(fm_adamw),
};
