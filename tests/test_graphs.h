/* Graphs that together use every operation of the engine, for test_gradient and test_net.
 */
#ifndef FM_TESTS_TEST_GRAPHS_H
#define FM_TESTS_TEST_GRAPHS_H

#include <fmrun/graph.h>

struct test_graph {
    const char *name;
    size_t dim;
    void (*build)(const void *options, struct fm_graph *g);
    const void *options;
};

/* [x, t] -> linear -> f -> linear, wider than one panel. */
static void build_activation(const void *options, struct fm_graph *g)
{
    const enum fm_activation *f = options;
    struct fm_node h = fm_concat(g, fm_input_x(g), fm_time(g, FM_TIME_RAW, 0));
    h = fm_activation(g, fm_linear(g, h, 17), *f);
    fm_output(g, fm_linear(g, h, fm_sample_dim(g)));
}

static void build_time(const void *options, struct fm_graph *g)
{
    const enum fm_time_features *kind = options;
    struct fm_node h = fm_concat(g, fm_time(g, *kind, 9), fm_input_x(g));
    h = fm_activation(g, fm_linear(g, h, 6), FM_ACTIVATION_TANH);
    fm_output(g, fm_linear(g, h, fm_sample_dim(g)));
}

/* Residual blocks, time again at every block, and x added at the end. */
static void build_residual(const void *options, struct fm_graph *g)
{
    (void)options;
    struct fm_node x = fm_input_x(g), t = fm_time(g, FM_TIME_FOURIER, 3);
    struct fm_node h = fm_linear(g, fm_concat(g, x, t), 20);
    for (int i = 0; i < 2; i++) {
        struct fm_node z =
            fm_activation(g, fm_linear(g, fm_concat(g, t, h), 33), FM_ACTIVATION_SILU);
        h = fm_add(g, h, fm_linear(g, z, 20));
    }
    fm_output(g, fm_add(g, x, fm_linear(g, h, fm_sample_dim(g))));
}

/* A node used twice by one operation, by several, and nodes nobody uses behind the output.
 */
static void build_shared(const void *options, struct fm_graph *g)
{
    (void)options;
    struct fm_node h =
        fm_activation(g, fm_linear(g, fm_input_x(g), 5), FM_ACTIVATION_SOFTPLUS);
    struct fm_node doubled = fm_add(g, h, h), pair = fm_concat(g, h, h);
    struct fm_node mixed =
        fm_concat(g, pair, fm_concat(g, doubled, fm_time(g, FM_TIME_RAW, 0)));
    struct fm_node out =
        fm_activation(g, fm_linear(g, mixed, fm_sample_dim(g)), FM_ACTIVATION_GELU);
    fm_output(g, out);
    (void)fm_linear(g, fm_add(g, out, out), 3);
}

/* No hidden layer: v = x A + b. */
static void build_affine(const void *options, struct fm_graph *g)
{
    (void)options;
    fm_output(g, fm_linear(g, fm_input_x(g), fm_sample_dim(g)));
}

static const enum fm_activation test_activations[] = {
    FM_ACTIVATION_RELU, FM_ACTIVATION_SILU, FM_ACTIVATION_GELU,    FM_ACTIVATION_SELU,
    FM_ACTIVATION_ELU,  FM_ACTIVATION_TANH, FM_ACTIVATION_SOFTPLUS};
static const enum fm_time_features test_times[] = {FM_TIME_RAW, FM_TIME_SINUSOIDAL,
                                                   FM_TIME_FOURIER};

static const struct test_graph test_graphs[] = {
    {"relu", 2, build_activation, &test_activations[0]},
    {"silu", 2, build_activation, &test_activations[1]},
    {"gelu", 3, build_activation, &test_activations[2]},
    {"selu", 2, build_activation, &test_activations[3]},
    {"elu", 1, build_activation, &test_activations[4]},
    {"tanh", 2, build_activation, &test_activations[5]},
    {"softplus", 17, build_activation, &test_activations[6]},
    {"raw time", 2, build_time, &test_times[0]},
    {"sinusoidal time", 2, build_time, &test_times[1]},
    {"fourier time", 2, build_time, &test_times[2]},
    {"residual", 3, build_residual, NULL},
    {"shared", 4, build_shared, NULL},
    {"affine", 33, build_affine, NULL},
};
enum { TEST_N_GRAPHS = sizeof test_graphs / sizeof *test_graphs };

#endif
