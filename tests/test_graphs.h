/* Graphs that together use every operation of the engine, for test_gradient and test_net.
 */
#ifndef FM_TESTS_TEST_GRAPHS_H
#define FM_TESTS_TEST_GRAPHS_H

#include "test_graphs_token.h"
#include <fmrun/graph.h>
#include <stdbool.h>

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

/* Residual blocks, with time in every block, and x added at the end. */
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

/* A node used twice by one operation and by several, and unused nodes after the output. */
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

struct test_image {
    size_t height, width, channels, inner, kernel, stride;
    bool is_activated;
};

/* A convolution of each kind with an input gradient, between other operations. */
static void build_convolution(const void *options, struct fm_graph *g)
{
    const struct test_image *o = options;
    size_t height = (o->height - 1) / o->stride + 1, width = (o->width - 1) / o->stride + 1;
    struct fm_node h = fm_reshape(g, fm_input_x(g), o->height, o->width, o->channels);
    h = fm_convolution(g, h, o->inner, 3, 1);
    if (o->is_activated)
        h = fm_activation(g, h, FM_ACTIVATION_SILU);
    h = fm_convolution(g, h, o->inner + 2, o->kernel, o->stride);
    if (o->is_activated)
        h = fm_activation(g, h, FM_ACTIVATION_TANH);
    h = fm_convolution(g, h, 3, 3, 1);
    h = fm_reshape(g, h, 1, 1, height * width * 3);
    fm_output(g, fm_linear(g, h, fm_sample_dim(g)));
}

/* Straight from x to the output. */
static void build_filter(const void *options, struct fm_graph *g)
{
    const struct test_image *o = options;
    struct fm_node h = fm_reshape(g, fm_input_x(g), o->height, o->width, o->channels);
    h = fm_convolution(g, h, o->inner, o->kernel, o->stride);
    fm_output(g, o->is_activated ? fm_activation(g, h, FM_ACTIVATION_SOFTPLUS) : h);
}

/* Down and up again: residual blocks, features of t at each pixel, a concat of images, and
 * nodes read by two convolutions. */
static void build_unet(const void *options, struct fm_graph *g)
{
    const struct test_image *o = options;
    struct fm_node t = fm_time(g, FM_TIME_FOURIER, 2);
    struct fm_node x = fm_reshape(g, fm_input_x(g), o->height, o->width, o->channels);
    struct fm_node top = fm_convolution(g, x, o->inner, 3, 1);
    top = fm_activation(g, fm_add(g, top, fm_linear(g, t, o->inner)), FM_ACTIVATION_SILU);
    top = fm_add(g, top, fm_convolution(g, top, o->inner, 3, 1));
    struct fm_node pooled = fm_downsample(g, top);
    struct fm_node down = fm_convolution(g, top, o->inner, 3, 2);
    down = fm_activation(g, fm_add(g, down, pooled), FM_ACTIVATION_GELU);
    down = fm_add(g, fm_convolution(g, down, o->inner, 1, 1),
                  fm_convolution(g, down, o->inner, 3, 1));
    struct fm_node up = fm_upsample(g, down);
    up = fm_add(g, up, fm_upsample(g, fm_convolution(g, down, o->inner, 3, 1)));
    up = fm_concat(g, up, top);
    up = fm_activation(g, fm_convolution(g, up, 5, 3, 1), FM_ACTIVATION_TANH);
    up = fm_convolution(g, up, o->channels, 3, 1);
    fm_output(g, fm_reshape(g, fm_add(g, up, x), 1, 1, fm_sample_dim(g)));
}

static const struct test_image test_images[] = {
    {1, 1, 17, 3, 3, 1, false}, {1, 1, 33, 17, 3, 2, true}, {2, 3, 1, 17, 3, 2, true},
    {5, 4, 1, 33, 3, 1, true},  {5, 4, 2, 3, 3, 2, true},   {4, 3, 3, 1, 3, 2, false},
    {3, 5, 1, 16, 1, 2, true},  {2, 2, 3, 20, 1, 1, true},  {1, 7, 3, 4, 3, 2, false},
    {6, 1, 1, 2, 3, 1, true},   {4, 4, 1, 1, 3, 1, true},   {3, 3, 3, 3, 3, 1, false},
    {2, 3, 5, 5, 1, 1, true},   {2, 2, 3, 17, 3, 1, true},  {4, 6, 1, 3, 3, 1, true},
};

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
    {"convolution 0, image 1 x 1 x 17", 17, build_convolution, &test_images[0]},
    {"convolution 1, image 1 x 1 x 33", 33, build_convolution, &test_images[1]},
    {"convolution 2, image 2 x 3 x 1", 6, build_convolution, &test_images[2]},
    {"convolution 3, image 5 x 4 x 1", 20, build_convolution, &test_images[3]},
    {"convolution 4, image 5 x 4 x 2", 40, build_convolution, &test_images[4]},
    {"convolution 5, image 4 x 3 x 3", 36, build_convolution, &test_images[5]},
    {"convolution 6, image 3 x 5 x 1", 15, build_convolution, &test_images[6]},
    {"convolution 7, image 2 x 2 x 3", 12, build_convolution, &test_images[7]},
    {"convolution 8, image 1 x 7 x 3", 21, build_convolution, &test_images[8]},
    {"convolution 9, image 6 x 1 x 1", 6, build_convolution, &test_images[9]},
    {"filter of 4 x 4 x 1", 16, build_filter, &test_images[10]},
    {"filter of 3 x 3 x 3", 27, build_filter, &test_images[11]},
    {"filter of 2 x 3 x 5", 30, build_filter, &test_images[12]},
    {"unet of 2 x 2 x 3", 12, build_unet, &test_images[13]},
    {"unet of 4 x 6 x 1", 24, build_unet, &test_images[14]},
    /* clang-format off */
    TEST_GRAPHS_TOKEN
    /* clang-format on */
};
/* Rows have one of these labels, or none, which is number TEST_N_LABELS. */
enum { TEST_N_LABELS = 3 };
enum { TEST_N_GRAPHS = sizeof test_graphs / sizeof *test_graphs };

#endif
