/* Reverse and forward mode compared with differences, in the engine built in double, where
 * rounding can't hide a wrong formula. */
#include <config.h>

#include "host/registry.h"
#include "nn/net.h"
#include "plugin_support.h"
#include "support.h"
#include "test_graphs.h"

#include <fmrun/rng.h>
#include <math.h>
#include <string.h>

_Static_assert(sizeof(fm_real) == sizeof(double), "built with FM_REAL_DOUBLE");

enum { N_ROWS = 21, N_DIRECTIONS = 8, MAX_DIM = 40 };

/* A net with random parameters, rows, and weights g_ij of the scalar L = sum g_ij v_ij. */
struct setting {
    const char *name;
    struct fm_arena arena;
    struct fm_net *net;
    size_t dim, n;
    struct fm_net_workspace *reverse, *jvp;
    struct fm_net_dropout dropout;
    fm_real *theta, *gradient, *transposed, *direction;
    double t[N_ROWS];
    uint32_t label[N_ROWS];
    fm_real x[N_ROWS * MAX_DIM], dx[N_ROWS * MAX_DIM], g[N_ROWS * MAX_DIM];
};

static void fill(fm_real *to, size_t n, uint32_t step)
{
    struct fm_rng r = fm_rng_at((struct fm_stream){3, 1, step}, 0);
    for (size_t i = 0; i < n; i++)
        to[i] = fm_rng_normal(&r);
}

/* Adds normal numbers of that size to the block, except its padding: initial values alone
 * leave scales at 1 and shifts at 0. */
static void shake(const struct fm_net *net, double size, uint32_t step, fm_real *block)
{
    struct fm_rng r = fm_rng_at((struct fm_stream){3, 3, step}, 0);
    size_t n_parameters;
    const struct fm_parameter *p = fm_net_parameters(net, &n_parameters);
    for (size_t k = 0; k < n_parameters; k++) {
        const size_t n = p[k].n_taps * p[k].n_rows * p[k].n_columns;
        float *values = malloc(n * sizeof *values);
        ck_assert_ptr_nonnull(values);
        fm_parameter_export(&p[k], block, values);
        for (size_t i = 0; i < n; i++)
            values[i] += (float)(size * fm_rng_normal(&r));
        fm_parameter_import(&p[k], values, block);
        free(values);
    }
}

static void open_setting(struct setting *s, const char *name, size_t dim,
                         void (*build)(const void *, struct fm_graph *),
                         const void *options)
{
    struct fm_error err = {0};
    *s = (struct setting){.name = name, .dim = dim, .n = N_ROWS};
    ck_assert_uint_le(dim, MAX_DIM);
    const struct fm_sample_shape shape = {.dim = dim, .n_labels = TEST_N_LABELS};
    ck_ok(fm_net_compile(&s->arena, &shape, build, options, &s->net, &err));
    if (s->n > fm_net_block_rows(s->net))
        s->n = fm_net_block_rows(s->net);
    ck_ok(fm_net_workspace(&s->arena, s->net, FM_NET_REVERSE, &s->reverse, &err));
    ck_ok(fm_net_workspace(&s->arena, s->net, FM_NET_JVP, &s->jvp, &err));
    size_t size = fm_net_block_size(s->net);
    s->theta = FM_NEW(&s->arena, size, fm_real);
    s->gradient = FM_NEW(&s->arena, size, fm_real);
    s->direction = FM_NEW(&s->arena, size, fm_real);
    s->transposed = FM_NEW(&s->arena, fm_net_transposed_size(s->net), fm_real);
    fm_net_initialise(s->net, 1, s->theta);
    shake(s->net, 0.1, 0, s->theta);
    fm_net_transpose(s->net, s->theta, s->transposed);
    fill(s->x, N_ROWS * dim, 1);
    fill(s->dx, N_ROWS * dim, 2);
    fill(s->g, N_ROWS * dim, 3);
    struct fm_rng r = fm_rng_at((struct fm_stream){3, 2, 0}, 0);
    for (size_t i = 0; i < N_ROWS; i++) {
        s->t[i] = i == 0 ? 0 : i == 1 ? 1 : fm_rng_uniform(&r);
        if (fm_net_n_labels(s->net) > 0)
            s->label[i] = (uint32_t)(i % fm_net_n_labels(s->net));
    }
}

static void close_setting(struct setting *s)
{
    fm_arena_fini(&s->arena);
}

static struct fm_net_input rows_of(const struct setting *s, const fm_real *x)
{
    return (struct fm_net_input){
        .t = s->t, .x = x, .label = s->label, .dropout = s->dropout};
}

static double weighted_sum(const struct setting *s, const fm_real *v)
{
    double sum = 0;
    for (size_t i = 0; i < s->n; i++)
        for (size_t j = 0; j < s->dim; j++)
            sum += s->g[i * s->dim + j] * v[i * fm_padded(s->dim) + j];
    return sum;
}

/* L at theta + h direction, x + h dx. */
static double loss_at(struct setting *s, double h, const fm_real *direction,
                      const fm_real *dx)
{
    size_t size = fm_net_block_size(s->net);
    fm_real x[N_ROWS * MAX_DIM];
    fm_real *theta = malloc(size * sizeof *theta);
    ck_assert_ptr_nonnull(theta);
    for (size_t i = 0; i < size; i++)
        theta[i] = s->theta[i] + (direction ? h * direction[i] : 0);
    for (size_t i = 0; i < s->n * s->dim; i++)
        x[i] = s->x[i] + (dx ? h * dx[i] : 0);
    const struct fm_net_input input = rows_of(s, x);
    double sum = weighted_sum(s, fm_net_forward(s->net, theta, s->reverse, s->n, &input));
    free(theta);
    return sum;
}

/* Central differences; h = 1e-5 balances h^2 |L'''| and 2^-53 |L| / h, both near 1e-10 |L|.
 */
static double difference(struct setting *s, const fm_real *direction, const fm_real *dx)
{
    const double h = 1e-5;
    return (loss_at(s, h, direction, dx) - loss_at(s, -h, direction, dx)) / (2 * h);
}

/* Forward at x, then reverse mode, which stores the gradient or adds to it. */
static void reverse_gradient(struct setting *s, bool is_added)
{
    const size_t stride = fm_padded(s->dim);
    const struct fm_net_input input = rows_of(s, s->x);
    (void)fm_net_forward(s->net, s->theta, s->reverse, s->n, &input);
    fm_real *dv = fm_net_output_gradient(s->net, s->reverse);
    memset(dv, 0, s->n * stride * sizeof *dv);
    for (size_t i = 0; i < s->n; i++)
        memcpy(dv + i * stride, s->g + i * s->dim, s->dim * sizeof *dv);
    fm_net_reverse(s->net, s->theta, s->transposed, s->reverse, is_added, s->gradient);
}

static double dot(const fm_real *a, const fm_real *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* Signed derivatives agree within 1e-6 of |gradient| |direction| / sqrt(n), the size of
 * such a product for a random direction in n dimensions. */
static void check_gradient(struct setting *s)
{
    size_t size = fm_net_block_size(s->net);
    double norm, typical;
    reverse_gradient(s, false);
    norm = sqrt(dot(s->gradient, s->gradient, size));
    ck_assert_msg(norm > 0.1, "%s: the gradient is %g", s->name, norm);
    for (uint64_t k = 0; k < N_DIRECTIONS; k++) {
        memset(s->direction, 0, size * sizeof *s->direction);
        shake(s->net, 1, (uint32_t)(1 + k), s->direction);
        double exact = dot(s->gradient, s->direction, size);
        double measured = difference(s, s->direction, NULL);
        typical = norm * sqrt(dot(s->direction, s->direction, size))
                  / sqrt((double)fm_net_n_parameters(s->net));
        ck_assert_msg(fabs(measured - exact) <= 1e-6 * typical,
                      "%s, direction %d: reverse mode %.12g, differences %.12g", s->name,
                      (int)k, exact, measured);
    }
}

static void check_jvp(struct setting *s)
{
    for (uint32_t k = 0; k < N_DIRECTIONS; k++) {
        fill(s->dx, s->n * s->dim, 10 + k);
        const struct fm_net_input input = rows_of(s, s->x);
        (void)fm_net_forward(s->net, s->theta, s->jvp, s->n, &input);
        const fm_real *dv = fm_net_jvp(s->net, s->theta, s->jvp, s->dx);
        double exact = weighted_sum(s, dv), measured = difference(s, NULL, s->dx);
        double size = sqrt(dot(s->g, s->g, s->n * s->dim));
        ck_assert_msg(fabs(measured - exact) <= 1e-6 * size,
                      "%s, direction %d: forward mode %.12g, differences %.12g", s->name,
                      (int)k, exact, measured);
    }
}

START_TEST(reverse_mode_is_the_signed_derivative_of_every_operation)
{
    struct setting s;
    const struct test_graph *graph = &test_graphs[_i];
    open_setting(&s, graph->name, graph->dim, graph->build, graph->options);
    check_gradient(&s);
    if (graph->build == build_dropout) { /* the same entries are dropped each time */
        s.dropout = (struct fm_net_dropout){true, 7, 3, 100};
        check_gradient(&s);
    }
    close_setting(&s);
}
END_TEST

START_TEST(reverse_mode_stores_or_adds)
{
    struct setting s;
    const struct test_graph *graph = &test_graphs[_i];
    open_setting(&s, graph->name, graph->dim, graph->build, graph->options);
    size_t size = fm_net_block_size(s.net);
    for (size_t i = 0; i < size; i++)
        s.gradient[i] = 1e30; /* to be overwritten, padding included */
    reverse_gradient(&s, false);
    memcpy(s.direction, s.gradient, size * sizeof *s.gradient);
    reverse_gradient(&s, true);
    for (size_t i = 0; i < size; i++) /* the sum rounds by 2^-53 of the terms */
        if (s.direction[i] != 1e30)   /* not of an unused layer */
            ck_near(s.gradient[i], 2 * s.direction[i], 1e-12);
    close_setting(&s);
}
END_TEST

START_TEST(forward_mode_is_the_signed_derivative_along_x)
{
    struct setting s;
    const struct test_graph *graph = &test_graphs[_i];
    open_setting(&s, graph->name, graph->dim, graph->build, graph->options);
    check_jvp(&s);
    close_setting(&s);
}
END_TEST

/* Where x enters through the first linear layer alone, z = [x, ...] W + b, a change dx of x
 * acts as the change dx W of b: L' along dx is (dL/db) . (dx W), with dL/db of one row. */
START_TEST(forward_mode_is_reverse_mode_where_x_enters_once)
{
    struct setting s;
    const struct test_graph *graph = &test_graphs[_i];
    if (graph->build != build_activation && graph->build != build_affine)
        return;
    open_setting(&s, graph->name, graph->dim, graph->build, graph->options);
    s.n = 1;
    size_t n_parameters;
    const struct fm_parameter *p = fm_net_parameters(s.net, &n_parameters);
    ck_assert_str_eq(p[0].name, "linear.0.weight");
    ck_assert_str_eq(p[1].name, "linear.0.bias");
    reverse_gradient(&s, false);
    for (uint32_t k = 0; k < N_DIRECTIONS; k++) {
        double expected = 0;
        fill(s.dx, s.dim, 10 + k);
        for (size_t i = 0; i < s.dim; i++)
            for (size_t j = 0; j < p[0].n_columns; j++)
                expected += s.dx[i] * s.gradient[p[1].offset + j]
                            * s.theta[p[0].offset + j / FM_PANEL * p[0].n_rows * FM_PANEL
                                      + i * FM_PANEL + j % FM_PANEL];
        const struct fm_net_input input = rows_of(&s, s.x);
        (void)fm_net_forward(s.net, s.theta, s.jvp, 1, &input);
        ck_near(weighted_sum(&s, fm_net_jvp(s.net, s.theta, s.jvp, s.dx)), expected,
                1e-12 * (1 + fabs(expected)));
    }
    close_setting(&s);
}
END_TEST

/* ---- network plugins ---- */

static void check_plugin(const char *name, const char *yaml)
{
    struct test_plugin t;
    struct setting s;
    char title[256];
    test_plugin_open(&t, FM_NETWORK, name, yaml);
    (void)snprintf(title, sizeof title, "%s %s", name, yaml ? yaml : "{}");
    if (t.plugin->network->build) {
        open_setting(&s, title, 2, t.plugin->network->build, t.options);
        check_gradient(&s);
        check_jvp(&s);
        close_setting(&s);
    }
    test_plugin_close(&t);
}

/* The defaults, and every choice of every option. */
static void check_choices(const char *name)
{
    struct test_plugin t;
    test_plugin_open(&t, FM_NETWORK, name, NULL);
    check_plugin(name, NULL);
    for (const struct fm_option *o = t.plugin->options; o && o->name; o++)
        for (size_t i = 0; o->type == FM_CHOICE && o->choices[i]; i++) {
            char yaml[128];
            (void)snprintf(yaml, sizeof yaml, "{%s: %s}", o->name, o->choices[i]);
            check_plugin(name, yaml);
        }
    test_plugin_close(&t);
}

START_TEST(every_network_plugin_has_the_derivatives_of_its_values)
{
    struct fm_error err = {0};
    struct fm_arena arena = {0};
    struct fm_registry registry;
    const char **names = NULL;
    size_t n = 0;
    ck_ok(fm_registry_init(&registry, &arena, NULL, &err));
    ck_ok(fm_registry_names(&registry, FM_NETWORK, &names, &n, &err));
    ck_assert_uint_gt(n, 0);
    for (size_t i = 0; i < n; i++)
        check_choices(names[i]);
    fm_arena_fini(&arena);
}
END_TEST

START_TEST(an_mlp_has_them_at_every_shape)
{
    static const char *const shapes[] = {
        "{hidden: []}",
        "{hidden: 1}",
        "{hidden: [33, 7], activation: gelu}",
        "{hidden: [16, 16, 16, 16], activation: tanh}",
        "{hidden: [12], time: fourier, n_frequencies: 1}",
        "{hidden: [12, 40], time: sinusoidal, n_frequencies: 20, activation: selu}"};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        check_plugin("mlp", shapes[i]);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("gradient");
    TCase *reverse = tcase_create("reverse mode");
    tcase_add_loop_test(reverse, reverse_mode_is_the_signed_derivative_of_every_operation,
                        0, TEST_N_GRAPHS);
    tcase_add_loop_test(reverse, reverse_mode_stores_or_adds, 0, TEST_N_GRAPHS);
    suite_add_tcase(suite, reverse);
    TCase *forward = tcase_create("forward mode");
    tcase_add_loop_test(forward, forward_mode_is_the_signed_derivative_along_x, 0,
                        TEST_N_GRAPHS);
    tcase_add_loop_test(forward, forward_mode_is_reverse_mode_where_x_enters_once, 0,
                        TEST_N_GRAPHS);
    suite_add_tcase(suite, forward);
    TCase *plugins = tcase_create("network plugins");
    tcase_add_test(plugins, every_network_plugin_has_the_derivatives_of_its_values);
    tcase_add_test(plugins, an_mlp_has_them_at_every_shape);
    suite_add_tcase(suite, plugins);
    return test_main(suite);
}
