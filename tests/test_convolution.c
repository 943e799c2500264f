/* Convolution compared with loops in double, on every instruction set: values, and the
 * gradients of weights, bias and input. */
#include <config.h>

#include "base/isa.h"
#include "nn/net.h"
#include "support.h"

#include <fmrun/rng.h>
#include <math.h>
#include <string.h>

struct shape {
    size_t height, width, channels, filters, kernel, stride;
};

static size_t out_of(const struct shape *s, size_t n)
{
    return (n + s->stride - 1) / s->stride;
}

static size_t image_size(const struct shape *s)
{
    return s->height * s->width * s->channels;
}

static size_t output_size(const struct shape *s)
{
    return out_of(s, s->height) * out_of(s, s->width) * s->filters;
}

static size_t weight_size(const struct shape *s)
{
    return s->kernel * s->kernel * s->channels * s->filters;
}

/* The image of row i is shift + t_i scale, exactly: all are small multiples of a power of
 * two.  So the gradients of shift and scale are those of the image. */
static void build(const void *options, struct fm_graph *g)
{
    const struct shape *s = options;
    struct fm_node h = fm_linear(g, fm_time(g, FM_TIME_RAW, 0), image_size(s));
    h = fm_reshape(g, h, s->height, s->width, s->channels);
    h = fm_convolution(g, h, s->filters, s->kernel, s->stride);
    fm_output(g, fm_reshape(g, h, 1, 1, fm_sample_dim(g)));
}

enum { SCALE, SHIFT, WEIGHT, BIAS, N_TENSORS, MAX_ROWS = 40 };

/* Two blocks of n rows; tensors and their gradients as exported. */
struct setting {
    struct shape shape;
    struct fm_arena arena;
    struct fm_net *net;
    const struct fm_parameter *parameters;
    struct fm_net_workspace *workspace;
    size_t n;
    double t[2 * MAX_ROWS];
    float *theta, *transposed, *gradient, *tensor[N_TENSORS], *computed;
    float *y, *dy; /* [2 n][output_size] */
};

static float *numbers(struct setting *s, size_t n, struct fm_rng *r)
{
    float *x = FM_NEW(&s->arena, n, float);
    for (size_t i = 0; i < n; i++)
        x[i] = (float)(floor(64 * fm_rng_uniform(r)) / 32 - 1);
    return x;
}

static void open_setting(struct setting *s, const struct shape *shape, size_t max_rows,
                         struct fm_rng *r)
{
    struct fm_error err = {0};
    const struct fm_sample_shape sample = {.dim = output_size(shape)};
    size_t n_tensors, largest = 0;
    *s = (struct setting){.shape = *shape};
    ck_ok(fm_net_compile(&s->arena, &sample, build, &s->shape, &s->net, &err));
    ck_ok(fm_net_workspace(&s->arena, s->net, FM_NET_REVERSE, &s->workspace, &err));
    s->parameters = fm_net_parameters(s->net, &n_tensors);
    ck_assert_uint_eq(n_tensors, N_TENSORS);
    s->n = fm_net_block_rows(s->net) < max_rows ? fm_net_block_rows(s->net) : max_rows;
    for (size_t i = 0; i < 2 * s->n; i++)
        s->t[i] = floor(16 * fm_rng_uniform(r)) / 8 - 1;
    s->theta = FM_NEW(&s->arena, fm_net_block_size(s->net), float);
    s->gradient = FM_NEW(&s->arena, fm_net_block_size(s->net), float);
    s->transposed = FM_NEW(&s->arena, fm_net_transposed_size(s->net), float);
    for (size_t k = 0; k < N_TENSORS; k++) {
        const struct fm_parameter *p = &s->parameters[k];
        size_t size = p->n_taps * p->n_rows * p->n_columns;
        s->tensor[k] = numbers(s, size, r);
        fm_parameter_import(p, s->tensor[k], s->theta);
        largest = size > largest ? size : largest;
    }
    fm_net_transpose(s->net, s->theta, s->transposed);
    s->computed = FM_NEW(&s->arena, largest, float);
    s->y = FM_NEW(&s->arena, 2 * s->n * output_size(shape), float);
    s->dy = numbers(s, 2 * s->n * output_size(shape), r);
}

/* Block 0 stores the gradient, block 1 adds to it. */
static void compute(struct setting *s)
{
    const size_t dim = output_size(&s->shape), stride = fm_padded(dim);
    for (size_t i = 0; i < fm_net_block_size(s->net); i++)
        s->gradient[i] = NAN;
    for (size_t block = 0; block < 2; block++) {
        const size_t first = block * s->n;
        const struct fm_net_input input = {.t = s->t + first};
        const float *y = fm_net_forward(s->net, s->theta, s->workspace, s->n, &input);
        float *dy = fm_net_output_gradient(s->net, s->workspace);
        for (size_t i = 0; i < s->n; i++) {
            memcpy(s->y + (first + i) * dim, y + i * stride, dim * sizeof *y);
            memset(dy + i * stride, 0, stride * sizeof *dy);
            memcpy(dy + i * stride, s->dy + (first + i) * dim, dim * sizeof *dy);
        }
        fm_net_reverse(s->net, s->theta, s->transposed, s->workspace, block > 0,
                       s->gradient);
    }
}

/* ---- the same by loops ---- */

/* A sum, and the sum of its terms' sizes. */
struct sum {
    double value, size;
};

static void add(struct sum *sum, double term)
{
    sum->value += term;
    sum->size += fabs(term);
}

struct expected {
    struct sum *y, *gradient[N_TENSORS], *image;
};

/* One output of one row, and its contributions to the gradients. */
static void expect_output(const struct setting *s, size_t row, size_t line, size_t column,
                          size_t filter, struct expected *e)
{
    const struct shape *q = &s->shape;
    const size_t width = out_of(q, q->width);
    size_t out = row * output_size(q) + (line * width + column) * q->filters + filter;
    const double dy = s->dy[out];
    add(&e->y[out], s->tensor[BIAS][filter]);
    add(&e->gradient[BIAS][filter], dy);
    for (size_t ky = 0; ky < q->kernel; ky++)
        for (size_t kx = 0; kx < q->kernel; kx++) {
            size_t i = line * q->stride + ky - q->kernel / 2; /* or wraps around */
            size_t j = column * q->stride + kx - q->kernel / 2;
            if (i >= q->height || j >= q->width)
                continue;
            for (size_t c = 0; c < q->channels; c++) {
                size_t in = (i * q->width + j) * q->channels + c;
                size_t w = ((filter * q->channels + c) * q->kernel + ky) * q->kernel + kx;
                double x = s->tensor[SHIFT][in] + s->t[row] * s->tensor[SCALE][in];
                add(&e->y[out], x * s->tensor[WEIGHT][w]);
                add(&e->gradient[WEIGHT][w], x * dy);
                add(&e->image[in], s->tensor[WEIGHT][w] * dy);
            }
        }
}

static void expect(struct setting *s, struct expected *e)
{
    const struct shape *q = &s->shape;
    e->y = FM_NEW(&s->arena, 2 * s->n * output_size(q), struct sum);
    e->image = FM_NEW(&s->arena, image_size(q), struct sum);
    for (size_t k = 0; k < N_TENSORS; k++) {
        const struct fm_parameter *p = &s->parameters[k];
        e->gradient[k] =
            FM_NEW(&s->arena, p->n_taps * p->n_rows * p->n_columns, struct sum);
    }
    for (size_t row = 0; row < 2 * s->n; row++) {
        memset(e->image, 0, image_size(q) * sizeof *e->image);
        for (size_t line = 0; line < out_of(q, q->height); line++)
            for (size_t column = 0; column < out_of(q, q->width); column++)
                for (size_t filter = 0; filter < q->filters; filter++)
                    expect_output(s, row, line, column, filter, e);
        for (size_t i = 0; i < image_size(q); i++) {
            e->gradient[SHIFT][i].value += e->image[i].value;
            e->gradient[SHIFT][i].size += e->image[i].size;
            e->gradient[SCALE][i].value += s->t[row] * e->image[i].value;
            e->gradient[SCALE][i].size += fabs(s->t[row]) * e->image[i].size;
        }
    }
}

/* A term goes through at most n roundings of 2^-24 (Higham 2002, Accuracy and Stability of
 * Numerical Algorithms, sec. 3.1). */
static void compare(const struct setting *s, const char *what, size_t size, size_t n,
                    const float *computed, const struct sum *expected)
{
    const struct shape *q = &s->shape;
    for (size_t i = 0; i < size; i++) /* ck_assert is slow in a loop */
        if (!(fabs(computed[i] - expected[i].value)
              <= 1.01 * (double)n * 0x1p-24 * expected[i].size))
            ck_abort_msg(
                "%s, image %zu x %zu x %zu, %zu filters, kernel %zu, stride %zu, %zu "
                "rows: %s %zu is %.9g, expected %.9g",
                fm_isa_name(), q->height, q->width, q->channels, q->filters, q->kernel,
                q->stride, s->n, what, i, (double)computed[i], expected[i].value);
}

static void check_shape(const struct shape *q, size_t max_rows, struct fm_rng *r)
{
    static const char *const kernels[] = {"portable", "avx2", "avx512"};
    static const char *const names[] = {"scale", "shift", "weight", "bias"};
    struct setting s;
    struct expected e;
    open_setting(&s, q, max_rows, r);
    expect(&s, &e);
    const size_t n_taps = q->kernel * q->kernel, rows = 2 * s.n;
    const size_t terms = rows * output_size(q) / q->filters;
    const size_t roundings[] = {n_taps * q->filters + rows + 2,
                                n_taps * q->filters + rows + 2, terms + 2, terms + 2};
    for (size_t k = 0; k < 3; k++) {
        if (!fm_isa_force(kernels[k]))
            continue;
        compute(&s);
        compare(&s, "output", rows * output_size(q), n_taps * q->channels + 3, s.y, e.y);
        for (size_t p = 0; p < N_TENSORS; p++) {
            const struct fm_parameter *tensor = &s.parameters[p];
            fm_parameter_export(tensor, s.gradient, s.computed);
            compare(&s, names[p], tensor->n_taps * tensor->n_rows * tensor->n_columns,
                    roundings[p], s.computed, e.gradient[p]);
        }
    }
    fm_arena_fini(&s.arena);
}

START_TEST(every_small_image_is_convolved_as_the_loops_do)
{
    static const size_t channels[][2] = {{1, 1}, {3, 17}, {17, 3}, {33, 5}, {16, 32}};
    struct fm_rng r = fm_rng_at((struct fm_stream){13, 1, 0}, 0);
    for (size_t height = 1; height <= 5; height++)
        for (size_t width = 1; width <= 5; width++)
            for (size_t kernel = 1; kernel <= 3; kernel += 2)
                for (size_t stride = 1; stride <= 2; stride++)
                    for (size_t k = 0; k < sizeof channels / sizeof *channels; k++) {
                        const struct shape s = {height,         width,  channels[k][0],
                                                channels[k][1], kernel, stride};
                        check_shape(&s, 1 + k, &r);
                    }
}
END_TEST

static size_t draw(struct fm_rng *r, size_t most)
{
    return 1 + (size_t)(fm_rng_uniform(r) * (double)most);
}

START_TEST(many_images_are_convolved_as_the_loops_do)
{
    for (uint32_t k = 0; k < 60; k++) {
        struct fm_rng r = fm_rng_at((struct fm_stream){13, 1, 1 + k}, 0);
        struct shape s = {draw(&r, 20), draw(&r, 20),       draw(&r, 40),
                          draw(&r, 40), k % 8 == 0 ? 1 : 3, draw(&r, 2)};
        size_t rows = 1 + MAX_ROWS * 20 / (s.height * s.width);
        check_shape(&s, draw(&r, rows < MAX_ROWS ? rows : MAX_ROWS), &r);
    }
}
END_TEST

/* More lines than one product has segments. */
START_TEST(a_whole_block_of_small_images_is_convolved_as_the_loops_do)
{
    static const struct shape shapes[] = {
        {7, 2, 3, 5, 3, 1}, {33, 1, 2, 17, 3, 1}, {6, 6, 5, 1, 3, 2}, {1, 9, 16, 16, 3, 1}};
    struct fm_rng r = fm_rng_at((struct fm_stream){13, 2, 0}, 0);
    for (size_t k = 0; k < sizeof shapes / sizeof *shapes; k++)
        check_shape(&shapes[k], MAX_ROWS, &r);
}
END_TEST

START_TEST(its_parameters_are_those_of_pytorch)
{
    const struct shape q = {4, 4, 3, 7, 3, 1};
    struct setting s;
    struct fm_rng r = fm_rng_at((struct fm_stream){13, 3, 0}, 0);
    open_setting(&s, &q, 1, &r);
    size_t dims[3];
    ck_assert_str_eq(s.parameters[WEIGHT].name, "convolution.0.weight");
    ck_assert_str_eq(s.parameters[BIAS].name, "convolution.0.bias");
    ck_assert_uint_eq(fm_parameter_shape(&s.parameters[WEIGHT], dims), 3);
    ck_assert(dims[0] == 7 && dims[1] == 3 && dims[2] == 9);
    ck_assert_uint_eq(fm_parameter_shape(&s.parameters[BIAS], dims), 1);
    ck_assert(s.parameters[WEIGHT].spread == 1 / sqrt(9 * 3));
    ck_assert(s.parameters[BIAS].spread == 1 / sqrt(9 * 3));
    /* t -> image, with no gradient further; then weight and input gradient */
    const double first = 2.0 * 48, products = 2.0 * 9 * 3 * 7 * 16;
    ck_assert(fm_net_forward_flops(s.net) == first + products);
    ck_assert(fm_net_train_flops(s.net) == 2 * first + 3 * products);
    ck_assert_uint_eq(fm_net_n_parameters(s.net), 2 * 48 + weight_size(&q) + 7);
    fm_arena_fini(&s.arena);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("convolution");
    TCase *values = tcase_create("values and gradients");
    tcase_add_test(values, every_small_image_is_convolved_as_the_loops_do);
    tcase_add_test(values, many_images_are_convolved_as_the_loops_do);
    tcase_add_test(values, a_whole_block_of_small_images_is_convolved_as_the_loops_do);
    tcase_add_test(values, its_parameters_are_those_of_pytorch);
    suite_add_tcase(suite, values);
    return test_main(suite);
}
