#include <config.h>

#include "base/isa.h"
#include "nn/net.h"
#include "nn/optimizer.h"
#include "plugin_support.h"
#include "support.h"
#include "test_graphs.h"

#include <fmrun/rng.h>
#include <math.h>
#include <string.h>

enum { MAX_DIM = 40 };

struct setting {
    struct fm_arena arena;
    struct fm_net *net;
    size_t dim, size, n; /* n: rows of a block */
    uint32_t label[FM_BLOCK_ROWS];
    struct fm_net_workspace *forward, *reverse, *jvp;
    float *theta, *gradient, *transposed;
    double t[FM_BLOCK_ROWS];
    float x[FM_BLOCK_ROWS * MAX_DIM], dx[FM_BLOCK_ROWS * MAX_DIM];
};

static void open_setting(struct setting *s, const struct test_graph *graph)
{
    struct fm_error err = {0};
    struct fm_rng r = fm_rng_at((struct fm_stream){5, 1, 0}, 0);
    *s = (struct setting){.dim = graph->dim};
    ck_assert_uint_le(graph->dim, MAX_DIM);
    const struct fm_sample_shape shape = {.dim = s->dim, .n_labels = TEST_N_LABELS};
    ck_ok(fm_net_compile(&s->arena, &shape, graph->build, graph->options, &s->net, &err));
    s->n = fm_net_block_rows(s->net);
    ck_assert(s->n >= 1 && s->n <= FM_BLOCK_ROWS);
    for (size_t i = 0; i < FM_BLOCK_ROWS && fm_net_n_labels(s->net) > 0; i++)
        s->label[i] = (uint32_t)(i % fm_net_n_labels(s->net));
    ck_ok(fm_net_workspace(&s->arena, s->net, FM_NET_FORWARD, &s->forward, &err));
    ck_ok(fm_net_workspace(&s->arena, s->net, FM_NET_REVERSE, &s->reverse, &err));
    ck_ok(fm_net_workspace(&s->arena, s->net, FM_NET_JVP, &s->jvp, &err));
    s->size = fm_net_block_size(s->net);
    s->theta = FM_NEW(&s->arena, s->size, float);
    s->gradient = FM_NEW(&s->arena, s->size, float);
    s->transposed = FM_NEW(&s->arena, fm_net_transposed_size(s->net), float);
    fm_net_initialise(s->net, 1, s->theta);
    for (size_t i = 0; i < FM_BLOCK_ROWS * s->dim; i++) {
        s->x[i] = (float)fm_rng_normal(&r);
        s->dx[i] = (float)fm_rng_normal(&r);
    }
    for (size_t i = 0; i < FM_BLOCK_ROWS;
         i++) /* runs of rows with equal times, which share features */
        s->t[i] = i % 3 == 1 ? s->t[i - 1] : fm_rng_uniform(&r);
}

static void close_setting(struct setting *s)
{
    fm_arena_fini(&s->arena);
}

/* ---- rows ---- */

static void copy_output(const struct setting *s, size_t n, const float *v, float *to)
{
    for (size_t i = 0; i < n; i++)
        memcpy(to + i * s->dim, v + i * fm_padded(s->dim), s->dim * sizeof *to);
}

/* Writes v, v of a workspace that keeps derivatives, and the JVP, of rows first .. first +
 * n - 1. */
static void all_outputs(struct setting *s, size_t first, size_t n, float *v, float *kept,
                        float *jvp)
{
    const struct fm_net_input input = {
        .t = s->t + first, .x = s->x + first * s->dim, .label = s->label + first};
    copy_output(s, n, fm_net_forward(s->net, s->theta, s->forward, n, &input), v);
    copy_output(s, n, fm_net_forward(s->net, s->theta, s->jvp, n, &input), kept);
    copy_output(s, n, fm_net_jvp(s->net, s->theta, s->jvp, s->dx + first * s->dim), jvp);
}

static void compare_rows(struct setting *s, const char *name)
{
    enum { SIZE = FM_BLOCK_ROWS * MAX_DIM };
    static float v[SIZE], kept[SIZE], jvp[SIZE], some[SIZE], some_kept[SIZE],
        some_jvp[SIZE];
    all_outputs(s, 0, s->n, v, kept, jvp);
    ck_assert_msg(memcmp(v, kept, s->n * s->dim * sizeof *v) == 0, "%s", name);
    for (size_t n = 1; n <= s->n; n++) {
        size_t places[] = {0, s->n - n, (s->n - n) / 2};
        for (size_t k = 0; k < 3; k++) {
            size_t at = places[k] * s->dim, bytes = n * s->dim * sizeof *v;
            all_outputs(s, places[k], n, some, some_kept, some_jvp);
            ck_assert_msg(memcmp(some, v + at, bytes) == 0
                              && memcmp(some_kept, v + at, bytes) == 0
                              && memcmp(some_jvp, jvp + at, bytes) == 0,
                          "%s, kernel %s: %zu rows from %zu differ from those in the block",
                          name, fm_isa_name(), n, places[k]);
        }
    }
}

START_TEST(a_row_has_the_same_bits_alone_and_anywhere_in_a_block)
{
    static const char *const kernels[] = {"portable", "avx2", "avx512"};
    struct setting s;
    open_setting(&s, &test_graphs[_i]);
    for (size_t k = 0; k < 3; k++)
        if (fm_isa_force(kernels[k]))
            compare_rows(&s, test_graphs[_i].name);
    close_setting(&s);
}
END_TEST

/* ---- dropout ---- */

static const double dropout_rate = 0.3;

/* x + 0, dropped; and the same behind another dropout, which is node 2 and not 1. */
static void build_dropped(const void *options, struct fm_graph *g)
{
    const bool *is_second = options;
    struct fm_node h = fm_position(g, fm_input_x(g));
    if (*is_second)
        (void)fm_dropout(g, h, 0.5);
    fm_output(g, fm_dropout(g, h, dropout_rate));
}

/* n rows of ones, numbers first .. first + n - 1 of a step. */
static void drop(struct setting *s, uint64_t seed, uint32_t step, size_t first, size_t n,
                 float *y)
{
    for (size_t i = 0; i < n * s->dim; i++)
        s->x[i] = 1;
    const struct fm_net_input input = {
        .t = s->t, .x = s->x, .dropout = {true, seed, step, first}};
    copy_output(s, n, fm_net_forward(s->net, s->theta, s->reverse, n, &input), y);
}

static void open_dropped(struct setting *s, bool is_second)
{
    const struct test_graph graph = {"dropped", 33, build_dropped, &is_second};
    open_setting(s, &graph);
    memset(s->theta, 0, s->size * sizeof *s->theta);
}

START_TEST(dropout_drops_its_share_and_scales_the_rest)
{
    static float y[FM_BLOCK_ROWS * MAX_DIM];
    struct setting s;
    const float kept = (float)(1 / (1 - dropout_rate));
    double n_dropped = 0, n = 0;
    open_dropped(&s, false);
    for (uint32_t step = 0; step < 100; step++) {
        drop(&s, 1, step, 0, s.n, y);
        for (size_t i = 0; i < s.n * s.dim; i++, n++) {
            ck_assert(y[i] == 0 || y[i] == kept);
            n_dropped += y[i] == 0;
        }
    }
    /* 5 standard deviations of a binomial share */
    ck_near(n_dropped / n, dropout_rate, 5 * sqrt(dropout_rate * (1 - dropout_rate) / n));
    close_setting(&s);
}
END_TEST

START_TEST(dropout_is_a_function_of_seed_step_node_and_row)
{
    static float y[FM_BLOCK_ROWS * MAX_DIM], other[FM_BLOCK_ROWS * MAX_DIM];
    struct setting s;
    open_dropped(&s, false);
    const size_t bytes = s.n * s.dim * sizeof *y;
    drop(&s, 1, 5, 100, s.n, y);
    for (size_t i = 0; i < s.n; i++) { /* a row is the same alone */
        drop(&s, 1, 5, 100 + i, 1, other);
        ck_assert_mem_eq(other, y + i * s.dim, s.dim * sizeof *y);
    }
    drop(&s, 2, 5, 100, s.n, other);
    ck_assert_mem_ne(other, y, bytes);
    drop(&s, 1, 6, 100, s.n, other);
    ck_assert_mem_ne(other, y, bytes);
    drop(&s, 1, 5, 101, s.n, other);
    ck_assert_mem_ne(other, y, bytes);
    close_setting(&s);
    open_dropped(&s, true);
    drop(&s, 1, 5, 100, s.n, other);
    ck_assert_mem_ne(other, y, bytes);
    close_setting(&s);
}
END_TEST

START_TEST(without_training_dropout_is_the_identity)
{
    static float v[FM_BLOCK_ROWS * MAX_DIM], kept[FM_BLOCK_ROWS * MAX_DIM],
        jvp[FM_BLOCK_ROWS * MAX_DIM];
    struct setting s;
    open_dropped(&s, false);
    all_outputs(&s, 0, s.n, v, kept, jvp);
    ck_assert_mem_eq(v, s.x, s.n * s.dim * sizeof *v);
    ck_assert_mem_eq(kept, s.x, s.n * s.dim * sizeof *v);
    ck_assert_mem_eq(jvp, s.dx, s.n * s.dim * sizeof *v);
    close_setting(&s);
}
END_TEST

/* ---- the gradient in float ---- */

static size_t size_of(const struct fm_parameter *p)
{
    return p->n_taps * p->n_rows * p->n_columns;
}

enum { HIDDEN = 17 };

/* d f / d z and f in double, for the two activations used below. */
static double plain(enum fm_activation f, double z, double *d)
{
    double s = 1 / (1 + exp(-z)), y = f == FM_ACTIVATION_TANH ? tanh(z) : z * s;
    *d = f == FM_ACTIVATION_TANH ? 1 - y * y : s * (1 + z * (1 - s));
    return y;
}

/* build_activation written out for one row: adds d (sum_j g_j v_j) / d theta to the
 * gradients of the four tensors, in the layout of fm_parameter_export. */
static void plain_row(enum fm_activation f, size_t dim, float *const w[4], double t,
                      const float *x, const float *g, double *const d[4])
{
    double in[MAX_DIM], h[HIDDEN], slope[HIDDEN], dh[HIDDEN] = {0};
    for (size_t i = 0; i <= dim; i++)
        in[i] = i < dim ? (double)x[i] : t;
    for (size_t k = 0; k < HIDDEN; k++) {
        double z = w[1][k];
        for (size_t i = 0; i <= dim; i++)
            z += in[i] * w[0][k * (dim + 1) + i];
        h[k] = plain(f, z, &slope[k]);
    }
    for (size_t j = 0; j < dim; j++) {
        d[3][j] += g[j];
        for (size_t k = 0; k < HIDDEN; k++) {
            d[2][j * HIDDEN + k] += g[j] * h[k];
            dh[k] += g[j] * w[2][j * HIDDEN + k];
        }
    }
    for (size_t k = 0; k < HIDDEN; k++) {
        d[1][k] += dh[k] * slope[k];
        for (size_t i = 0; i <= dim; i++)
            d[0][k * (dim + 1) + i] += dh[k] * slope[k] * in[i];
    }
}

static void set_output_gradient(struct setting *s)
{
    float *dv = fm_net_output_gradient(s->net, s->reverse);
    memset(dv, 0, s->n * fm_padded(s->dim) * sizeof *dv);
    for (size_t i = 0; i < s->n; i++)
        memcpy(dv + i * fm_padded(s->dim), s->dx + i * s->dim, s->dim * sizeof *dv);
}

static void reverse(struct setting *s)
{
    const struct fm_net_input input = {.t = s->t, .x = s->x, .label = s->label};
    (void)fm_net_forward(s->net, s->theta, s->reverse, s->n, &input);
    set_output_gradient(s);
    fm_net_transpose(s->net, s->theta, s->transposed);
    fm_net_reverse(s->net, s->theta, s->transposed, s->reverse, false, s->gradient);
}

/* A sum of 64 rows of products of 3 layers in float has about sqrt(64 * 20) roundings of
 * 2^-24: in the worst case 2e-6 of the largest entry, in practice a tenth. */
START_TEST(the_float_gradient_is_that_of_a_plain_double_one)
{
    enum { TENSOR = HIDDEN * MAX_DIM };
    static float w[4][TENSOR], gradient[TENSOR];
    static double d[4][TENSOR];
    static const enum fm_activation functions[] = {FM_ACTIVATION_SILU, FM_ACTIVATION_TANH};
    const struct test_graph graph = {"mlp", 3, build_activation, &functions[_i]};
    struct setting s;
    size_t n_parameters;
    double largest = 0, worst = 0;
    open_setting(&s, &graph);
    const struct fm_parameter *p = fm_net_parameters(s.net, &n_parameters);
    ck_assert_uint_eq(n_parameters, 4);
    for (size_t k = 0; k < 4; k++)
        fm_parameter_export(&p[k], s.theta, w[k]);
    for (size_t i = 0; i < s.n; i++)
        plain_row(functions[_i], s.dim, (float *[]){w[0], w[1], w[2], w[3]}, s.t[i],
                  s.x + i * s.dim, s.dx + i * s.dim, (double *[]){d[0], d[1], d[2], d[3]});
    reverse(&s);
    for (size_t k = 0; k < 4; k++) {
        fm_parameter_export(&p[k], s.gradient, gradient);
        for (size_t i = 0; i < size_of(&p[k]); i++) {
            largest = fmax(largest, fabs(d[k][i]));
            worst = fmax(worst, fabs(gradient[i] - d[k][i]));
        }
    }
    ck_assert_double_gt(largest, 1);
    ck_assert_msg(worst <= 1e-6 * largest, "off by %g of the largest entry",
                  worst / largest);
    close_setting(&s);
}
END_TEST

/* ---- parameters ---- */

static size_t element(const struct fm_parameter *p, size_t tap, size_t i, size_t j)
{
    return p->offset + tap * p->n_rows * fm_padded(p->n_columns)
           + j / FM_PANEL * p->n_rows * FM_PANEL + i * FM_PANEL + j % FM_PANEL;
}

/* Sets is_true for the entries of the block that belong to a parameter; returns their
 * number. */
static size_t mark_true(const struct fm_net *net, bool *is_true)
{
    size_t n_parameters, n = 0;
    const struct fm_parameter *p = fm_net_parameters(net, &n_parameters);
    memset(is_true, 0, fm_net_block_size(net) * sizeof *is_true);
    for (size_t k = 0; k < n_parameters; k++)
        for (size_t i = 0; i < p[k].n_taps * p[k].n_rows; i++)
            for (size_t j = 0; j < p[k].n_columns; j++, n++) {
                size_t at = element(&p[k], i / p[k].n_rows, i % p[k].n_rows, j);
                ck_assert(!is_true[at]); /* tensors do not overlap */
                is_true[at] = true;
            }
    return n;
}

START_TEST(export_then_import_gives_the_block_back)
{
    struct setting s;
    size_t n_parameters;
    open_setting(&s, &test_graphs[_i]);
    const struct fm_parameter *p = fm_net_parameters(s.net, &n_parameters);
    for (size_t k = 0; k < n_parameters; k++) {
        float *out = FM_NEW(&s.arena, size_of(&p[k]), float);
        size_t shape[3], rank = fm_parameter_shape(&p[k], shape);
        ck_assert_uint_eq(rank, p[k].n_taps > 1 ? 3 : p[k].is_vector ? 1 : 2);
        fm_parameter_export(&p[k], s.theta, out);
        fm_parameter_import(&p[k], out, s.gradient);
        /* [outputs][inputs][taps], as PyTorch has it */
        for (size_t i = 0; i < shape[1]; i++)
            for (size_t j = 0; j < shape[0]; j++)
                for (size_t tap = 0; tap < p[k].n_taps; tap++) {
                    size_t at = p[k].is_transposed ? element(&p[k], tap, j, i)
                                                   : element(&p[k], tap, i, j);
                    ck_assert(out[(j * shape[1] + i) * p[k].n_taps + tap] == s.theta[at]);
                }
    }
    ck_assert_mem_eq(s.gradient, s.theta, s.size * sizeof *s.theta);
    close_setting(&s);
}
END_TEST

START_TEST(a_net_counts_its_parameters_and_operations)
{
    /* [x, t] -> 17 -> 2: weights 3 * 17 + 17 * 2, biases 17 + 2; two operations per weight,
     * and two more each for the gradients of weights and of the one hidden value */
    struct setting s;
    open_setting(&s, &test_graphs[0]);
    ck_assert_uint_eq(fm_net_n_parameters(s.net), 3 * 17 + 17 * 2 + 17 + 2);
    ck_assert(fm_net_forward_flops(s.net) == 2 * (3 * 17 + 17 * 2));
    ck_assert(fm_net_train_flops(s.net) == 2 * (2 * 3 * 17 + 3 * 17 * 2));
    ck_assert_uint_eq(fm_net_dim(s.net), 2);
    close_setting(&s);
}
END_TEST

/* Uniform in +-b, b = 1 / sqrt(inputs): mean 0 with standard error b / sqrt(3 n), mean
 * square b^2 / 3 with standard error b^2 sqrt(4 / 45 / n). */
START_TEST(initial_values_are_uniform_within_their_bound)
{
    static const enum fm_activation f = FM_ACTIVATION_SILU;
    const struct test_graph graph = {"wide", 33, build_activation, &f};
    struct setting s;
    size_t n_parameters;
    open_setting(&s, &graph);
    const struct fm_parameter *p = fm_net_parameters(s.net, &n_parameters);
    const double inputs[] = {34, 34, 17, 17};
    for (size_t k = 0; k < n_parameters; k++) {
        double b = 1 / sqrt(inputs[k]), sum = 0, squares = 0;
        size_t n = size_of(&p[k]);
        float *values = FM_NEW(&s.arena, n, float);
        fm_parameter_export(&p[k], s.theta, values);
        for (size_t i = 0; i < n; i++) {
            ck_assert_double_le(fabs(values[i]), b * (1 + 0x1p-24));
            sum += values[i];
            squares += (double)values[i] * values[i];
        }
        ck_near(p[k].spread, b, 1e-15);
        ck_near(sum / (double)n, 0, 4 * b / sqrt(3 * (double)n));
        ck_near(squares / (double)n, b * b / 3, 4 * b * b * sqrt(4 / 45.0 / (double)n));
    }
    close_setting(&s);
}
END_TEST

START_TEST(initial_values_follow_from_the_seed_alone)
{
    struct setting s;
    open_setting(&s, &test_graphs[10]);
    memset(s.gradient, 0xff, s.size * sizeof *s.gradient);
    fm_net_initialise(s.net, 1, s.gradient);
    ck_assert_mem_eq(s.gradient, s.theta, s.size * sizeof *s.theta);
    fm_net_initialise(s.net, 1ull << 32 | 1, s.gradient);
    ck_assert_mem_ne(s.gradient, s.theta, s.size * sizeof *s.theta);
    close_setting(&s);
}
END_TEST

START_TEST(padding_stays_zero_through_training)
{
    const struct fm_adamw adamw = {0.9, 0.999, 1e-8, 0.1};
    struct setting s;
    open_setting(&s, &test_graphs[_i]);
    bool *is_true = FM_NEW(&s.arena, s.size, bool);
    ck_assert_uint_eq(mark_true(s.net, is_true), fm_net_n_parameters(s.net));
    struct fm_optimizer_state state = {s.size, s.theta, FM_NEW(&s.arena, s.size, float),
                                       FM_NEW(&s.arena, s.size, float)};
    for (uint64_t step = 1; step <= 20; step++) {
        memset(s.gradient, 0, s.size * sizeof *s.gradient);
        reverse(&s);
        const struct fm_adamw_step a = fm_adamw_prepare(&adamw, 1, 1e-2, step);
        fm_adamw_apply(&a, &state, s.gradient, 0, s.size);
    }
    for (size_t i = 0; i < s.size; i++)
        ck_assert_msg(is_true[i]
                          || (s.theta[i] == 0 && s.gradient[i] == 0 && state.moment1[i] == 0
                              && state.moment2[i] == 0),
                      "%s: padding at %zu", test_graphs[_i].name, i);
    close_setting(&s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("net");
    TCase *rows = tcase_create("rows");
    tcase_add_loop_test(rows, a_row_has_the_same_bits_alone_and_anywhere_in_a_block, 0,
                        TEST_N_GRAPHS);
    tcase_add_loop_test(rows, the_float_gradient_is_that_of_a_plain_double_one, 0, 2);
    suite_add_tcase(suite, rows);
    TCase *dropout = tcase_create("dropout");
    tcase_add_test(dropout, dropout_drops_its_share_and_scales_the_rest);
    tcase_add_test(dropout, dropout_is_a_function_of_seed_step_node_and_row);
    tcase_add_test(dropout, without_training_dropout_is_the_identity);
    suite_add_tcase(suite, dropout);
    TCase *parameters = tcase_create("parameters");
    tcase_add_loop_test(parameters, export_then_import_gives_the_block_back, 0,
                        TEST_N_GRAPHS);
    tcase_add_test(parameters, a_net_counts_its_parameters_and_operations);
    tcase_add_test(parameters, initial_values_are_uniform_within_their_bound);
    tcase_add_test(parameters, initial_values_follow_from_the_seed_alone);
    tcase_add_loop_test(parameters, padding_stays_zero_through_training, 0, TEST_N_GRAPHS);
    suite_add_tcase(suite, parameters);
    return test_main(suite);
}
