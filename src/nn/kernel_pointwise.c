/* Loops over entries: activations with their derivatives, sums and products, also of many lines with
 * one line. */
#include <config.h>

#include "nn/kernel_pointwise.h"

#include "nn/kernel_vector.h"

#include <math.h>
#include <string.h>

#define R(x) ((fm_real)(x))
#define ALL(x) ((vector){0} + R(x))

#ifdef FM_REAL_DOUBLE
/* Lane by lane with libm. */
#define BY_LANE(name, function)                                                            \
    INLINE vector name(vector x)                                                           \
    {                                                                                      \
        for (int j = 0; j < LANES; j++)                                                    \
            x[j] = function(x[j]);                                                         \
        return x;                                                                          \
    }
BY_LANE(exp_of, exp)
BY_LANE(exp_below_1, exp)
BY_LANE(log1p_of, log1p)
BY_LANE(tanh_of, tanh)
BY_LANE(erfc_of, erfc)

/* Phi(x), the standard normal distribution; e = exp(-x^2 / 2) */
INLINE vector phi_of(vector x, vector e)
{
    (void)e;
    return R(0.5) * erfc_of(x * R(-0.70710678118654752440));
}
#else
/* e^x for x <= 0, constant below x = -87.  Relative error below 1.5e-7 for x >= -20 and 3e-7 for
 * x >= -87.  It is 2^n e^r with |r| <= ln 2 / 2; e^r is the polynomial of degree 6 with the least
 * maximum of the relative error (3e-8) and the value 1 at 0, by Remez's algorithm. */
INLINE vector exp_below_1(vector x)
{
    x = at_least(ALL(-87), x);
    vector shifted = x * 1.44269504f + 12582912.0f; /* round to nearest: 1.5 * 2^23 */
    vector n = shifted - 12582912.0f;
#ifdef __FMA__
    vector r = x - n * 0.69314718f; /* the product is not rounded */
#else
    vector r = x - n * 0.693359375f + n * 2.12194440e-4f;
#endif
    vector y = r * 1.4061422552913427e-3f + 8.379058912396431e-3f;
    y = y * r + 4.166477173566818e-2f;
    y = y * r + 1.6666364669799805e-1f;
    y = y * r + 5.000000596046448e-1f;
    y = y * r + 1.0f;
    y = y * r + 1.0f;
    return y * (vector)(((integers)shifted << 23) + 0x3f800000);
}

INLINE vector exp_of(vector x)
{
    return exp_below_1(at_most(ALL(88), x));
}

/* log(1 + e), 0 <= e <= 1: log w of w = fl(1 + e) by a polynomial around 1 (Cephes' logf), plus the
 * rounding error of that sum. */
INLINE vector log1p_of(vector e)
{
    vector w = 1 + e, lost = e - (w - 1), is_large = w - 1.41421356f;
    vector half = if_positive(is_large, ALL(0.5), ALL(1));
    vector log_2 = if_positive(is_large, ALL(0.69314718), ALL(0));
    vector x = w * half - 1, z = x * x;
    vector y = x * 7.0376836292e-2f - 1.1514610310e-1f;
    y = y * x + 1.1676998740e-1f;
    y = y * x - 1.2420140846e-1f;
    y = y * x + 1.4249322787e-1f;
    y = y * x - 1.6668057665e-1f;
    y = y * x + 2.0000714765e-1f;
    y = y * x - 2.4999993993e-1f;
    y = y * x + 3.3333331174e-1f;
    return log_2 + (x + (y * x * z - 0.5f * z)) + lost;
}

/* For |x| < 0.625 a polynomial in x^2 (Cephes' tanhf), else 1 - 2 / (e^2|x| + 1). */
INLINE vector tanh_of(vector x)
{
    const integers sign = (integers)x & (int32_t)0x80000000;
    vector size = (vector)((integers)x ^ sign), z = x * x;
    vector y = z * -5.70498872745e-3f + 2.06390887954e-2f;
    y = y * z - 5.37397155531e-2f;
    y = y * z + 1.33314422036e-1f;
    y = y * z - 3.33332819422e-1f;
    y = y * z * x + x;
    vector large = 1 - 2 / (exp_of(2 * size) + 1);
    return if_positive(0.625f - size, y, (vector)((integers)large | sign));
}

/* Phi(x), the standard normal distribution, from e = exp(-x^2 / 2); absolute error below
 * 2e-7.  Source: Abramowitz and Stegun 1964, eq. 7.1.26. */
INLINE vector phi_of(vector x, vector e)
{
    vector size = (vector)((integers)x & 0x7fffffff);
    vector t = 1 / (1 + 0.23164189f * size);
    vector y = t * 1.061405429f - 1.453152027f;
    y = y * t + 1.421413741f;
    y = y * t - 0.284496736f;
    y = y * t + 0.254829592f;
    vector tail = 0.5f * y * t * e;
    return if_positive(x, 1 - tail, tail);
}
#endif

#define SELU_ALPHA R(1.6732632423543772848)
#define SELU_SCALE R(1.0507009873554804934)

/* Defines the loop over entries; body sets y = f(x) and g = f'(x).  Choices must keep NaN, or a
 * diverged network would look like one that works. */
#define ACTIVATION(name, body)                                                             \
    static void name(size_t m, size_t n_panels, size_t row, const fm_real *z, fm_real *h,  \
                     fm_real *d)                                                           \
    {                                                                                      \
        for (size_t i = 0; i < m; i++)                                                     \
            for (size_t j = i * row; j < i * row + n_panels * FM_PANEL; j += LANES) {      \
                vector x = load(z + j), y, g;                                              \
                body store(h + j, y);                                                      \
                if (d)                                                                     \
                    store(d + j, g);                                                       \
            }                                                                              \
    }

ACTIVATION(relu, {
    y = at_least(ALL(0), x);
    g = if_positive(x, ALL(1), ALL(0));
})
ACTIVATION(silu, {
    vector s = 1 / (1 + exp_of(-x));
    y = x * s;
    g = s + y * (1 - s);
})
ACTIVATION(gelu, {
    vector e = exp_below_1(x * x * R(-0.5));
    vector phi = phi_of(x, e);
    y = x * phi;
    g = phi + x * R(0.39894228040143267794) * e;
})
ACTIVATION(selu, { /* e - 1: no sum with a product, which would be fused or not */
                   vector e = exp_below_1(at_most(ALL(0), x));
                   y = if_positive(x, SELU_SCALE * x, SELU_SCALE * SELU_ALPHA * (e - 1));
                   g = if_positive(x, ALL(SELU_SCALE), SELU_SCALE * SELU_ALPHA * e);
})
ACTIVATION(elu, {
    vector e = exp_below_1(at_most(ALL(0), x));
    y = if_positive(x, x, e - 1);
    g = if_positive(x, ALL(1), e);
})
ACTIVATION(hyperbolic_tangent, {
    y = tanh_of(x);
    g = 1 - y * y;
})
ACTIVATION(softplus, {
    vector e = exp_below_1(at_most(x, -x));
    y = at_least(ALL(0), x) + log1p_of(e);
    g = if_positive(x, ALL(1), e) / (1 + e);
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

void FM_ISA_SYMBOL(fm_copy)(bool is_added, size_t n, const fm_real *restrict a,
                            fm_real *restrict to)
{
    if (is_added)
        for (size_t j = 0; j < n; j++)
            to[j] += a[j];
    else
        memcpy(to, a, n * sizeof *to);
}

/* n is a multiple of FM_PANEL, and `to` may be a or b. */
void FM_ISA_SYMBOL(fm_multiply)(bool is_added, size_t n, const fm_real *a, const fm_real *b,
                                fm_real *to)
{
    for (size_t j = 0; j < n; j += LANES) {
        vector product = load(a + j) * load(b + j);
        store(to + j, is_added ? load(to + j) + product : product);
    }
}

/* The lines are summed first and the total is added then, so that over many blocks of lines
 * roundings grow with the lines of a block plus the number of blocks, not with their product. */
void FM_ISA_SYMBOL(fm_column_sums)(size_t m, size_t n_panels, size_t row, const fm_real *x,
                                   fm_real *sums)
{
    for (size_t p = 0; p < n_panels; p++) {
        vector sum[VECTORS];
        fm_real *to = sums + p * FM_PANEL;
        for (int v = 0; v < VECTORS; v++)
            sum[v] = (vector){0};
        for (size_t i = 0; i < m; i++)
            for (int v = 0; v < VECTORS; v++)
                sum[v] += load(x + i * row + p * FM_PANEL + (size_t)v * LANES);
        for (int v = 0; v < VECTORS; v++)
            store(to + (size_t)v * LANES, load(to + (size_t)v * LANES) + sum[v]);
    }
}

/* ---- many lines and one ---- */

void FM_ISA_SYMBOL(fm_multiply_lines)(bool is_added, size_t m, size_t n_panels,
                                      const fm_real *a, const fm_real *line, fm_real *to)
{
    const size_t stride = n_panels * FM_PANEL;
    for (size_t i = 0; i < m * stride; i += stride)
        for (size_t j = 0; j < stride; j += LANES) {
            vector y = load(a + i + j) * load(line + j);
            store(to + i + j, is_added ? load(to + i + j) + y : y);
        }
}

void FM_ISA_SYMBOL(fm_product_sums)(size_t m, size_t n_panels, const fm_real *a,
                                    const fm_real *b, fm_real *sums)
{
    const size_t stride = n_panels * FM_PANEL;
    for (size_t j = 0; j < stride; j += LANES) {
        vector sum = load(sums + j);
        for (size_t at = j; at < m * stride; at += stride)
            sum += load(a + at) * load(b + at);
        store(sums + j, sum);
    }
}
