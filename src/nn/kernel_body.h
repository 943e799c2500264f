/* The kernels' text, compiled once per instruction set by a file that defines
 *   KERNEL         the name of the struct fm_kernel to define
 *   KERNEL_NAME    its name as text
 *   LANES          reals in a vector register
 *   TILE_ROWS      rows of a register tile (1 to 12)
 *   TILE_PANELS    panels of a register tile (1 or 2)
 * and is compiled with that set's flags and -ffp-contract=fast. */

#include "nn/kernel.h"

#include <math.h>
#include <string.h>

enum { VECTORS = FM_PANEL / LANES };

typedef fm_real vector __attribute__((vector_size(LANES * sizeof(fm_real))));
/* The same, unaligned and allowed to alias. */
typedef fm_real loose_vector __attribute__((vector_size(LANES * sizeof(fm_real)),
                                            aligned(sizeof(fm_real)), may_alias));

#define INLINE static inline __attribute__((always_inline))

INLINE vector load(const fm_real *p)
{
    return *(const loose_vector *)p;
}

INLINE void store(fm_real *p, vector v)
{
    *(loose_vector *)p = v;
}

/* One register tile: rows i .. i + rows - 1, panels p .. p + panels - 1.  rows and panels are
 * constants at every call, so that the sums live in registers: look at the disassembly after
 * a change, a spilled tile is 1.5 times slower. */
INLINE void tile(const struct fm_product *q, size_t i, size_t p, const int rows,
                 const int panels)
{
    const int n_vectors = panels * VECTORS;
    vector sum[TILE_ROWS][TILE_PANELS * VECTORS];
    const fm_real *a = q->a + i * q->a_row;
    const fm_real *b = q->b + p * q->b_panel;
    fm_real *c = q->c + i * q->c_row + p * q->c_panel;
    const size_t a_row = q->a_row, a_column = q->a_column, b_row = q->b_row;
#pragma GCC unroll 16
    for (int r = 0; r < rows; r++) {
#pragma GCC unroll 16
        for (int v = 0; v < n_vectors; v++) {
            size_t column = (size_t)(v % VECTORS) * LANES, panel = (size_t)(v / VECTORS);
            if (q->is_added)
                sum[r][v] = load(c + (size_t)r * q->c_row + panel * q->c_panel + column);
            else if (q->bias)
                sum[r][v] = load(q->bias + (p + panel) * FM_PANEL + column);
            else
                sum[r][v] = (vector){0};
        }
    }
    for (size_t k = 0; k < q->k; k++) {
        vector bk[TILE_PANELS * VECTORS];
#pragma GCC unroll 16
        for (int v = 0; v < n_vectors; v++)
            bk[v] = load(b + (size_t)(v / VECTORS) * q->b_panel
                         + (size_t)(v % VECTORS) * LANES);
#pragma GCC unroll 16
        for (int r = 0; r < rows; r++) {
            fm_real ark = a[(size_t)r * a_row];
#pragma GCC unroll 16
            for (int v = 0; v < n_vectors; v++)
                sum[r][v] += ark * bk[v];
        }
        a += a_column;
        b += b_row;
    }
#pragma GCC unroll 16
    for (int r = 0; r < rows; r++) {
#pragma GCC unroll 16
        for (int v = 0; v < n_vectors; v++)
            store(c + (size_t)r * q->c_row + (size_t)(v / VECTORS) * q->c_panel
                      + (size_t)(v % VECTORS) * LANES,
                  sum[r][v]);
    }
}

INLINE void panel_columns(const struct fm_product *q, size_t p, const int panels)
{
    size_t i = 0;
    for (; i + TILE_ROWS <= q->m; i += TILE_ROWS)
        tile(q, i, p, TILE_ROWS, panels);
    switch (q->m - i) {
#define TAIL(n)                                                                            \
    case n:                                                                                \
        if (n < TILE_ROWS)                                                                 \
            tile(q, i, p, n < TILE_ROWS ? n : 1, panels);                                  \
        break;
        TAIL(1)
        TAIL(2)
        TAIL(3)
        TAIL(4)
        TAIL(5)
        TAIL(6)
        TAIL(7)
        TAIL(8)
        TAIL(9)
        TAIL(10)
        TAIL(11)
#undef TAIL
    default:
        break;
    }
}

static void product(const struct fm_product *q)
{
    size_t p = 0;
#if TILE_PANELS == 2
    for (; p + 2 <= q->n_panels; p += 2)
        panel_columns(q, p, 2);
#endif
    for (; p < q->n_panels; p++)
        panel_columns(q, p, 1);
}

#ifdef FM_REAL_DOUBLE
#define EXP(x) exp(x)
#define LOG1P(x) log1p(x)
#define TANH(x) tanh(x)
#define ERF(x) erf(x)
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
#define EXP(x) exp_poly(x)
#define LOG1P(x) log1pf(x)
#define TANH(x) tanhf(x)
#define ERF(x) erff(x)
#endif

#define R(x) ((fm_real)(x))
#define SELU_ALPHA R(1.6732632423543772848)
#define SELU_SCALE R(1.0507009873554804934)

/* Defines one loop over entries; body sets y = f(x) and g = f'(x).  Where x is no number, no
 * branch may turn it into one: a diverged network would look like one that works. */
#define ACTIVATION(name, body)                                                             \
    static void name(size_t n, const fm_real *z, fm_real *h, fm_real *d)                   \
    {                                                                                      \
        if (d) {                                                                           \
            for (size_t i = 0; i < n; i++) {                                               \
                fm_real x = z[i], y, g;                                                    \
                body h[i] = y;                                                             \
                d[i] = g;                                                                  \
            }                                                                              \
        } else {                                                                           \
            for (size_t i = 0; i < n; i++) {                                               \
                fm_real x = z[i], y, g;                                                    \
                body h[i] = y;                                                             \
                (void)g;                                                                   \
            }                                                                              \
        }                                                                                  \
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
    fm_real phi = R(0.5) * (1 + ERF(x * R(0.70710678118654752440)));
    y = x * phi;
    g = phi + x * R(0.39894228040143267794) * EXP(R(-0.5) * x * x);
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
    g = x > 0 ? 1 / (1 + e) : e / (1 + e);
})

static void activation(enum fm_activation f, size_t n, const fm_real *z, fm_real *h,
                       fm_real *d)
{
    static void (*const functions[FM_N_ACTIVATIONS])(size_t, const fm_real *, fm_real *,
                                                     fm_real *) = {
        [FM_ACTIVATION_RELU] = relu,         [FM_ACTIVATION_SILU] = silu,
        [FM_ACTIVATION_GELU] = gelu,         [FM_ACTIVATION_SELU] = selu,
        [FM_ACTIVATION_ELU] = elu,           [FM_ACTIVATION_TANH] = hyperbolic_tangent,
        [FM_ACTIVATION_SOFTPLUS] = softplus,
    };
    functions[f](n, z, h, d);
}

const struct fm_kernel KERNEL = {KERNEL_NAME, product, activation};
