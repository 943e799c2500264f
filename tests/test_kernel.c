#include <config.h>

#include "base/isa.h"
#include "nn/kernel.h"
#include "support.h"

#include <float.h>
#include <fmrun/rng.h>
#include <math.h>
#include <string.h>

static const char *const kernel_names[] = {"portable", "avx2", "avx512"};
enum { N_KERNELS = 3 };

/* The kernel number i, or NULL if this processor or build lacks it. */
static const struct fm_kernel *kernel_at(int i)
{
    return fm_isa_force(kernel_names[i]) ? fm_kernel() : NULL;
}

static struct fm_rng numbers(uint32_t step)
{
    return fm_rng_at((struct fm_stream){11, 1, step}, 0);
}

START_TEST(a_kernel_is_found_by_its_name)
{
    const struct fm_kernel *kernel = kernel_at(_i);
    if (kernel)
        ck_assert_str_eq(fm_isa_name(), kernel_names[_i]);
    ck_assert(_i > 0 || kernel);
    ck_assert(!fm_isa_force("none"));
    ck_assert(!kernel || fm_kernel() == kernel); /* an unknown name changes nothing */
}
END_TEST

/* Applies f to n entries, a multiple of FM_PANEL, as one row. */
static void activate(const struct fm_kernel *kernel, int f, size_t n, const float *z,
                     float *h, float *d)
{
    kernel->activation((enum fm_activation)f, 1, n / FM_PANEL, n, z, h, d);
}

/* ---- the product ---- */

enum { MAX_M = 70, MAX_K = 70, MAX_PANELS = 5, GAP = 5 };
enum { SIZE = (MAX_M + MAX_K) * (MAX_PANELS * FM_PANEL + GAP) * 2 };
enum layout { FORWARD, WEIGHT_GRADIENT, LOOSE, N_LAYOUTS };
enum initial { NO_BIAS, BIAS, ADDED, N_INITIALS };

static float a[SIZE], b[SIZE], c[SIZE], before[SIZE], bias[MAX_PANELS * FM_PANEL];
static const float poison = 12345678;

/* The layouts of the engine (rows times weights in panels; rows transposed times rows into
 * panels), and one with gaps everywhere and an unusual order. */
static struct fm_product product_of(enum layout layout, enum initial initial, size_t m,
                                    size_t k, size_t n_panels)
{
    size_t width = n_panels * FM_PANEL;
    struct fm_product p = {.m = m, .k = k, .n_panels = n_panels, .a = a, .b = b, .c = c};
    p.bias = initial == BIAS ? bias : NULL;
    p.is_added = initial == ADDED;
    switch (layout) {
    case FORWARD:
        p.a_row = k, p.a_column = 1;
        p.b_row = FM_PANEL, p.b_panel = k * FM_PANEL;
        p.c_row = width, p.c_panel = FM_PANEL;
        break;
    case WEIGHT_GRADIENT:
        p.a_row = 1, p.a_column = m;
        p.b_row = width, p.b_panel = FM_PANEL;
        p.c_row = FM_PANEL, p.c_panel = m * FM_PANEL;
        break;
    case LOOSE:
    case N_LAYOUTS:
        p.a_row = 2, p.a_column = 2 * m + 1;
        p.b_row = width + GAP, p.b_panel = FM_PANEL;
        p.c_row = FM_PANEL + 3, p.c_panel = m * (FM_PANEL + 3) + 1;
        break;
    }
    return p;
}

static void fill(float *x, size_t n, struct fm_rng *r)
{
    for (size_t i = 0; i < n; i++)
        x[i] = (float)fm_rng_normal(r);
}

/* |computed - exact| <= gamma (|initial| + sum |a b|), gamma = n u / (1 - n u), u = 2^-24:
 * a term goes through one product and at most k sums (Higham 2002, Accuracy and Stability
 * of Numerical Algorithms, eq. 3.5), n = k + 1; a fused multiply-add rounds less.  The
 * reference in double has products without error and sums with 2^-29 of the bound. */
static double a_entry(const struct fm_product *p, size_t i, size_t k)
{
    ptrdiff_t segment = p->a_segment ? p->a_segment[k / p->k] : 0;
    return (double)(p->a + segment)[i * p->a_row + k % p->k * p->a_column];
}

static double b_entry(const struct fm_product *p, size_t k, size_t j)
{
    ptrdiff_t segment = p->b_segment ? p->b_segment[k / p->k] : 0;
    return (
        double)(p->b
                + segment)[k % p->k * p->b_row + j / FM_PANEL * p->b_panel + j % FM_PANEL];
}

static void compare(const struct fm_product *p, const char *name)
{
    static bool is_written[SIZE];
    size_t n_terms = p->k * (p->n_segments > 0 ? p->n_segments : 1);
    double n_u = (double)(n_terms + 1) * 0x1p-24, gamma = n_u / (1 - n_u) * (1 + 1e-6);
    memset(is_written, 0, sizeof is_written);
    for (size_t i = 0; i < p->m; i++)
        for (size_t j = 0; j < p->n_panels * FM_PANEL; j++) {
            size_t at = i * p->c_row + j / FM_PANEL * p->c_panel + j % FM_PANEL;
            double sum = p->is_added ? before[at] : p->bias ? p->bias[j] : 0;
            double size = fabs(sum);
            for (size_t k = 0; k < n_terms; k++) {
                double term = a_entry(p, i, k) * b_entry(p, k, j);
                sum += term;
                size += fabs(term);
            }
            is_written[at] = true;
            if (!(fabs(c[at] - sum) <= gamma * size)) /* ck_assert is slow in a loop */
                ck_abort_msg(
                    "%s, m %zu, k %zu, panels %zu, (%zu, %zu): %.9g, expected %.9g", name,
                    p->m, p->k, p->n_panels, i, j, (double)c[at], sum);
        }
    for (size_t at = 0; at < SIZE; at++)
        if (!is_written[at] && c[at] != before[at])
            ck_abort_msg("%s, m %zu, k %zu, panels %zu: wrote between the entries of C",
                         name, p->m, p->k, p->n_panels);
}

static void try_product(const struct fm_kernel *kernel, const struct fm_product *p,
                        struct fm_rng *r)
{
    for (size_t i = 0; i < SIZE; i++)
        before[i] = poison;
    for (size_t i = 0; p->is_added && i < p->m; i++)
        for (size_t j = 0; j < p->n_panels * FM_PANEL; j++)
            before[i * p->c_row + j / FM_PANEL * p->c_panel + j % FM_PANEL] =
                (float)fm_rng_normal(r);
    memcpy(c, before, sizeof c);
    kernel->product(p);
    compare(p, fm_isa_name());
}

START_TEST(every_small_shape_is_the_plain_product)
{
    static const size_t depths[] = {0, 1, 2, 3, 4, 5, 16, 17, 64};
    const struct fm_kernel *kernel = kernel_at(_i);
    struct fm_rng r = numbers(1);
    if (!kernel)
        return;
    fill(a, SIZE, &r);
    fill(b, SIZE, &r);
    fill(bias, MAX_PANELS * FM_PANEL, &r);
    for (size_t m = 1; m <= 14; m++)
        for (size_t k = 0; k < sizeof depths / sizeof *depths; k++)
            for (size_t n_panels = 1; n_panels <= 3; n_panels++)
                for (int layout = 0; layout < N_LAYOUTS; layout++)
                    for (int initial = 0; initial < N_INITIALS; initial++) {
                        struct fm_product p =
                            product_of((enum layout)layout, (enum initial)initial, m,
                                       depths[k], n_panels);
                        try_product(kernel, &p, &r);
                    }
}
END_TEST

/* The sum continues over segments, which may lie anywhere in A, in B or in both. */
START_TEST(segments_are_one_long_sum)
{
    static const ptrdiff_t far[] = {40, 0, 7, 300}, near[] = {0, 16, 500, 32};
    const struct fm_kernel *kernel = kernel_at(_i);
    struct fm_rng r = numbers(3);
    if (!kernel)
        return;
    fill(a, SIZE, &r);
    fill(b, SIZE, &r);
    for (int i = 0; i < 500; i++) {
        struct fm_product p = product_of(
            (enum layout)fm_rng_below(&r, N_LAYOUTS), fm_rng_below(&r, 2) * ADDED,
            1 + fm_rng_below(&r, 40), 1 + fm_rng_below(&r, 20), 1 + fm_rng_below(&r, 3));
        p.n_segments = 1 + fm_rng_below(&r, 4);
        p.a_segment = fm_rng_below(&r, 3) ? far : NULL;
        p.b_segment = fm_rng_below(&r, 3) ? near : NULL;
        try_product(kernel, &p, &r);
    }
}
END_TEST

/* Factor, activation and derivative apply to the exact bits of the product without them. */
START_TEST(factor_and_activation_apply_to_the_product)
{
    enum { ENTRIES = MAX_M * MAX_PANELS * FM_PANEL };
    static float plain[SIZE], h[ENTRIES], d[ENTRIES], slope[ENTRIES];
    const struct fm_kernel *kernel = kernel_at(_i);
    struct fm_rng r = numbers(4);
    if (!kernel)
        return;
    fill(a, SIZE, &r);
    fill(b, SIZE, &r);
    fill(before, SIZE, &r);
    for (int i = 0; i < 200; i++) {
        size_t m = 1 + fm_rng_below(&r, MAX_M), n_panels = 1 + fm_rng_below(&r, MAX_PANELS);
        size_t n = m * n_panels * FM_PANEL;
        struct fm_product p =
            product_of(FORWARD, NO_BIAS, m, fm_rng_below(&r, MAX_K), n_panels);
        p.c = plain;
        kernel->product(&p);
        p.c = c;
        p.factor = before;
        kernel->product(&p);
        for (size_t j = 0; j < n; j++)
            ck_assert(c[j] == plain[j] * before[j]);
        p.factor = NULL;
        p.is_activated = true;
        p.activation = (enum fm_activation)fm_rng_below(&r, FM_N_ACTIVATIONS);
        p.derivative = slope;
        kernel->product(&p);
        activate(kernel, (int)p.activation, n, plain, h, d);
        ck_assert_mem_eq(c, h, n * sizeof *h);
        ck_assert_mem_eq(slope, d, n * sizeof *d);
        p.derivative = NULL;
        memset(c, 0, n * sizeof *c);
        kernel->product(&p);
        ck_assert_mem_eq(c, h, n * sizeof *h);
    }
}
END_TEST

/* The bound of compare, for few columns with weights in rows. */
START_TEST(dots_are_the_plain_product_and_write_nothing_else)
{
    const struct fm_kernel *kernel = kernel_at(_i);
    struct fm_rng r = numbers(5);
    if (!kernel)
        return;
    fill(a, SIZE, &r);
    fill(b, SIZE, &r);
    fill(bias, MAX_PANELS * FM_PANEL, &r);
    for (int trial = 0; trial < 300; trial++) {
        struct fm_dots q = {.m = 1 + fm_rng_below(&r, 30),
                            .n_panels = 1 + fm_rng_below(&r, MAX_PANELS),
                            .n = 1 + fm_rng_below(&r, 6),
                            .a = a,
                            .w = b,
                            .bias = fm_rng_below(&r, 2) ? bias : NULL,
                            .c = c,
                            .c_row = 16};
        const size_t width = q.n_panels * FM_PANEL;
        q.a_row = width + fm_rng_below(&r, GAP);
        for (size_t i = 0; i < SIZE; i++)
            c[i] = poison;
        kernel->dots(&q);
        for (size_t i = 0; i < q.m; i++)
            for (size_t j = 0; j < 16; j++) {
                double sum = q.bias && j < q.n ? bias[j] : 0, size = fabs(sum);
                for (size_t k = 0; k < width && j < q.n; k++) {
                    double term =
                        (double)a[i * q.a_row + k]
                        * (double)
                            b[k / FM_PANEL * q.n * FM_PANEL + j * FM_PANEL + k % FM_PANEL];
                    sum += term;
                    size += fabs(term);
                }
                double gamma = (double)(width + 1) * 0x1p-24 * 1.001;
                if (j < q.n)
                    ck_assert_double_le(fabs(c[i * 16 + j] - sum), gamma * size);
                else
                    ck_assert(c[i * 16 + j] == poison);
            }
    }
}
END_TEST

START_TEST(a_transpose_exchanges_lines_and_columns)
{
    const struct fm_kernel *kernel = kernel_at(_i);
    struct fm_rng r = numbers(7);
    if (!kernel)
        return;
    fill(a, SIZE, &r);
    for (size_t m = 1; m <= FM_PANEL; m++)
        for (size_t n = 1; n <= FM_PANEL; n++) {
            for (size_t i = 0; i < FM_PANEL * FM_PANEL; i++)
                c[i] = poison;
            kernel->transpose(m, n, a, c);
            for (size_t i = 0; i < FM_PANEL; i++)
                for (size_t j = 0; j < FM_PANEL; j++)
                    ck_assert(c[j * FM_PANEL + i]
                              == (i < m && j < n ? a[i * FM_PANEL + j] : poison));
        }
}
END_TEST

START_TEST(column_sums_add_to_what_is_there)
{
    const struct fm_kernel *kernel = kernel_at(_i);
    struct fm_rng r = numbers(6);
    if (!kernel)
        return;
    fill(a, SIZE, &r);
    for (size_t m = 0; m <= 70; m += 7)
        for (size_t n_panels = 1; n_panels <= 3; n_panels++) {
            float sums[3 * FM_PANEL];
            const size_t width = n_panels * FM_PANEL;
            for (size_t j = 0; j < width; j++)
                sums[j] = (float)j;
            kernel->column_sums(m, n_panels, width + 3, a, sums);
            for (size_t j = 0; j < width; j++) {
                double sum = (double)j, size = sum;
                for (size_t i = 0; i < m; i++) {
                    sum += a[i * (width + 3) + j];
                    size += fabs((double)a[i * (width + 3) + j]);
                }
                ck_assert_double_le(fabs(sums[j] - sum), (double)(m + 1) * 0x1p-24 * size);
            }
        }
}
END_TEST

START_TEST(random_shapes_are_the_plain_product)
{
    const struct fm_kernel *kernel = kernel_at(_i);
    struct fm_rng r = numbers(2);
    if (!kernel)
        return;
    fill(a, SIZE, &r);
    fill(b, SIZE, &r);
    fill(bias, MAX_PANELS * FM_PANEL, &r);
    for (int i = 0; i < 500; i++) {
        struct fm_product p = product_of(
            (enum layout)fm_rng_below(&r, N_LAYOUTS),
            (enum initial)fm_rng_below(&r, N_INITIALS), 1 + fm_rng_below(&r, MAX_M),
            fm_rng_below(&r, MAX_K), 1 + fm_rng_below(&r, MAX_PANELS));
        try_product(kernel, &p, &r);
    }
}
END_TEST

/* ---- activations ---- */

static const char *const names[] = FM_ACTIVATION_NAMES;

/* f and f' by libm, in double.  selu's constants: Klambauer et al. 2017, eq. 14, with more
 * digits from solving their fixed point of mean 0 and variance 1. */
static double reference(enum fm_activation f, double x, double *d)
{
    const double alpha = 1.6732632423543772, scale = 1.0507009873554805;
    const double phi = 0.5 * erfc(-x / sqrt(2)), s = 1 / (1 + exp(-x));
    switch (f) {
    case FM_ACTIVATION_RELU:
        *d = x > 0;
        return fmax(x, 0);
    case FM_ACTIVATION_SILU:
        *d = s * (1 + x * (1 - s));
        return x * s;
    case FM_ACTIVATION_GELU:
        *d = phi + x * exp(-x * x / 2) / sqrt(2 * acos(-1));
        return x * phi;
    case FM_ACTIVATION_SELU:
        *d = scale * (x > 0 ? 1 : alpha * exp(x));
        return scale * (x > 0 ? x : alpha * expm1(x));
    case FM_ACTIVATION_ELU:
        *d = x > 0 ? 1 : exp(x);
        return x > 0 ? x : expm1(x);
    case FM_ACTIVATION_TANH:
        *d = 1 / (cosh(x) * cosh(x));
        return tanh(x);
    case FM_ACTIVATION_SOFTPLUS:
        *d = s;
        return fmax(x, 0) + log1p(exp(-fabs(x)));
    case FM_N_ACTIVATIONS:
        break;
    }
    return NAN;
}

enum { N_GRID = 1 << 16 };

/* Dense on [-20, 20], then over all magnitudes of floats, both signs. */
static void grid(float *z)
{
    static const float extremes[] = {0,       -0.0f,   0x1p-149f, -0x1p-149f, 1e-40f,
                                     -1e-40f, FLT_MIN, -FLT_MIN,  87,         -87,
                                     88,      -88,     89,        -89,        1e4f,
                                     -1e4f,   1e10f,   -1e10f,    1e30f,      -1e30f};
    enum { N_EXTREMES = sizeof extremes / sizeof *extremes, HALF = N_GRID / 2 };
    for (int i = 0; i < HALF; i++)
        z[i] = (float)(40.0 * i / (HALF - 1) - 20);
    for (int i = HALF; i < N_GRID; i++) /* 2^-127 .. 2^100 */
        z[i] = (float)(exp2(227.0 * (i - HALF) / HALF - 127) * (i % 2 ? 1 : -1));
    memcpy(z, extremes, sizeof extremes);
}

/* Errors in units of u = 2^-24: of f relative to the larger of |x| and 1, because e^x - 1,
 * 1 + erf and similar terms are computed with cancellation; of f' absolute.  Bounds are the
 * measured maxima rounded up. f' of silu has y (1 - s), where 1 - s has an error of u and y
 * reaches 24 log 2 = 16.6 before 1 - s is 0. */
static const struct {
    double f, slope;
} largest_error[] = {
    [FM_ACTIVATION_RELU] = {0, 0},     [FM_ACTIVATION_SILU] = {3, 17},
    [FM_ACTIVATION_GELU] = {3, 5},     [FM_ACTIVATION_SELU] = {3, 3.5},
    [FM_ACTIVATION_ELU] = {2, 2},      [FM_ACTIVATION_TANH] = {2, 3},
    [FM_ACTIVATION_SOFTPLUS] = {2, 2},
};

START_TEST(activations_and_derivatives_agree_with_libm)
{
    static float z[N_GRID], h[N_GRID], d[N_GRID];
    const struct fm_kernel *kernel = kernel_at(_i);
    if (!kernel)
        return;
    grid(z);
    for (int f = 0; f < FM_N_ACTIVATIONS; f++) {
        activate(kernel, f, N_GRID, z, h, d);
        for (int i = 0; i < N_GRID; i++) {
            double slope, y = reference((enum fm_activation)f, z[i], &slope);
            double error = fabs(h[i] - y) / fmax(1, fabs((double)z[i])) * 0x1p24;
            double error_d = fabs(d[i] - slope) * 0x1p24;
            if (!(error <= largest_error[f].f && error_d <= largest_error[f].slope))
                ck_abort_msg(
                    "%s of %s at %.9g: %.9g, expected %.9g; f' %.9g, expected %.9g",
                    fm_isa_name(), names[f], (double)z[i], (double)h[i], y, (double)d[i],
                    slope);
        }
    }
}
END_TEST

START_TEST(activations_work_in_place_and_without_the_derivative)
{
    static const size_t sizes[] = {0, 16, 32, 48, 80, 1024, N_GRID};
    static float z[N_GRID], h[N_GRID], d[N_GRID], alone[N_GRID];
    const struct fm_kernel *kernel = kernel_at(_i);
    if (!kernel)
        return;
    grid(z);
    for (int f = 0; f < FM_N_ACTIVATIONS; f++)
        for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++) {
            size_t n = sizes[k];
            for (size_t i = 0; i < N_GRID; i++)
                h[i] = d[i] = poison;
            activate(kernel, f, n, z, h, d);
            memcpy(alone, z, sizeof alone);
            activate(kernel, f, n, alone, alone, NULL);
            ck_assert_mem_eq(alone, h, n * sizeof *h);
            for (size_t i = n; i < N_GRID; i++)
                if (h[i] != poison || d[i] != poison || alone[i] != z[i])
                    ck_abort_msg("%s of %s wrote behind its end", fm_isa_name(), names[f]);
        }
}
END_TEST

/* The output of a network with NaN weights must be NaN. */
START_TEST(nan_stays_nan)
{
    const struct fm_kernel *kernel = kernel_at(_i);
    if (!kernel)
        return;
    for (int f = 0; f < FM_N_ACTIVATIONS; f++) {
        float z[32], h[32], d[32];
        for (int i = 0; i < 32; i++)
            z[i] = i % 3 ? NAN : 1;
        activate(kernel, f, 32, z, h, d);
        for (int i = 0; i < 32; i++)
            ck_assert_msg((i % 3 != 0) == (isnan(h[i]) != 0), "%s of %s", fm_isa_name(),
                          names[f]);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("kernel");
    TCase *product = tcase_create("product");
    tcase_add_loop_test(product, a_kernel_is_found_by_its_name, 0, N_KERNELS);
    tcase_add_loop_test(product, every_small_shape_is_the_plain_product, 0, N_KERNELS);
    tcase_add_loop_test(product, segments_are_one_long_sum, 0, N_KERNELS);
    tcase_add_loop_test(product, factor_and_activation_apply_to_the_product, 0, N_KERNELS);
    tcase_add_loop_test(product, dots_are_the_plain_product_and_write_nothing_else, 0,
                        N_KERNELS);
    tcase_add_loop_test(product, a_transpose_exchanges_lines_and_columns, 0, N_KERNELS);
    tcase_add_loop_test(product, column_sums_add_to_what_is_there, 0, N_KERNELS);
    tcase_add_loop_test(product, random_shapes_are_the_plain_product, 0, N_KERNELS);
    suite_add_tcase(suite, product);
    TCase *activation = tcase_create("activation");
    tcase_add_loop_test(activation, activations_and_derivatives_agree_with_libm, 0,
                        N_KERNELS);
    tcase_add_loop_test(activation, activations_work_in_place_and_without_the_derivative, 0,
                        N_KERNELS);
    tcase_add_loop_test(activation, nan_stays_nan, 0, N_KERNELS);
    suite_add_tcase(suite, activation);
    return test_main(suite);
}
