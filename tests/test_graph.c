/* Mistakes in a network plugin's description of its graph: each is an error with a message,
 * the first one is reported, and nothing crashes. */
#include <config.h>

#include "nn/net.h"
#include "support.h"

#include <math.h>
#include <string.h>

typedef void build_function(const void *options, struct fm_graph *g);

static void no_output(const void *options, struct fm_graph *g)
{
    (void)options;
    (void)fm_linear(g, fm_input_x(g), 2);
}

static void nothing(const void *options, struct fm_graph *g)
{
    (void)options, (void)g;
}

static void two_outputs(const void *options, struct fm_graph *g)
{
    (void)options;
    struct fm_node v = fm_linear(g, fm_input_x(g), 2);
    fm_output(g, v);
    fm_output(g, v);
}

static void narrow_output(const void *options, struct fm_graph *g)
{
    (void)options;
    fm_output(g, fm_linear(g, fm_input_x(g), 1));
}

static void untrained_output(const void *options, struct fm_graph *g)
{
    (void)options;
    fm_output(g, fm_activation(g, fm_input_x(g), FM_ACTIVATION_SILU));
}

static void unknown_output(const void *options, struct fm_graph *g)
{
    (void)options;
    fm_output(g, (struct fm_node){7});
}

static void negative_output(const void *options, struct fm_graph *g)
{
    (void)options;
    fm_output(g, (struct fm_node){-3});
}

static void add_of_unknown(const void *options, struct fm_graph *g)
{
    (void)options;
    fm_output(g, fm_add(g, fm_input_x(g), (struct fm_node){1}));
}

static void add_of_widths(const void *options, struct fm_graph *g)
{
    (void)options;
    fm_output(g, fm_add(g, fm_input_x(g), fm_time(g, FM_TIME_RAW, 0)));
}

static void concat_of_unknown(const void *options, struct fm_graph *g)
{
    (void)options;
    fm_output(g, fm_concat(g, (struct fm_node){INT32_MAX}, fm_input_x(g)));
}

static void concat_too_wide(const void *options, struct fm_graph *g)
{
    (void)options;
    struct fm_node h = fm_input_x(g);
    for (int i = 0; i < 70; i++) /* 2^71 columns, unless it is an error */
        h = fm_concat(g, h, h);
    fm_output(g, h);
}

static void linear_of_unknown(const void *options, struct fm_graph *g)
{
    (void)options;
    fm_output(g, fm_linear(g, (struct fm_node){INT32_MIN}, 2));
}

static void linear_of_nothing(const void *options, struct fm_graph *g)
{
    (void)options;
    fm_output(g, fm_linear(g, fm_linear(g, fm_input_x(g), 0), 2));
}

static void linear_too_wide(const void *options, struct fm_graph *g)
{
    (void)options;
    fm_output(g, fm_linear(g, fm_linear(g, fm_input_x(g), SIZE_MAX), 2));
}

static void linear_too_heavy(const void *options, struct fm_graph *g)
{
    (void)options;
    struct fm_node h = fm_linear(g, fm_input_x(g), 1 << 20);
    fm_output(g, fm_linear(g, fm_linear(g, h, 1 << 20), 2));
}

static void activation_of_unknown(const void *options, struct fm_graph *g)
{
    (void)options;
    fm_output(g, fm_activation(g, (struct fm_node){0}, FM_ACTIVATION_SILU));
}

static void unknown_activation(const void *options, struct fm_graph *g)
{
    (void)options;
    struct fm_node v = fm_linear(g, fm_input_x(g), 2);
    fm_output(g, fm_activation(g, v, FM_N_ACTIVATIONS));
}

static void unknown_time(const void *options, struct fm_graph *g)
{
    (void)options;
    struct fm_node t = fm_time(g, (enum fm_time_features)(FM_TIME_FOURIER + 1), 4);
    fm_output(g, fm_linear(g, fm_concat(g, fm_input_x(g), t), 2));
}

static void time_without_frequencies(const void *options, struct fm_graph *g)
{
    (void)options;
    struct fm_node t = fm_time(g, FM_TIME_SINUSOIDAL, 0);
    fm_output(g, fm_linear(g, fm_concat(g, fm_input_x(g), t), 2));
}

static void time_with_too_many(const void *options, struct fm_graph *g)
{
    (void)options;
    struct fm_node t = fm_time(g, FM_TIME_FOURIER, SIZE_MAX / 2 + 2);
    fm_output(g, fm_linear(g, fm_concat(g, fm_input_x(g), t), 2));
}

static void too_many_nodes(const void *options, struct fm_graph *g)
{
    (void)options;
    struct fm_node h = fm_input_x(g);
    for (int i = 0; i < 5000; i++)
        h = fm_linear(g, h, 2);
    fm_output(g, h);
}

static void mean_pool_of_unknown(const void *options, struct fm_graph *g)
{
    (void)options;
    fm_output(g, fm_mean_pool(g, (struct fm_node){2}));
}

static void dropout_of_unknown(const void *options, struct fm_graph *g)
{
    (void)options;
    fm_output(g, fm_dropout(g, (struct fm_node){2}, 0.5));
}

static void dropout_of_all(const void *options, struct fm_graph *g)
{
    (void)options;
    fm_output(g, fm_dropout(g, fm_input_x(g), 1));
}

static void dropout_of_no_number(const void *options, struct fm_graph *g)
{
    (void)options;
    fm_output(g, fm_dropout(g, fm_input_x(g), (double)NAN));
}

static void group_norm_of_unknown(const void *options, struct fm_graph *g)
{
    (void)options;
    fm_output(g, fm_group_norm(g, (struct fm_node){3}, 1));
}

static void group_norm_of_no_groups(const void *options, struct fm_graph *g)
{
    (void)options;
    fm_output(g, fm_group_norm(g, fm_input_x(g), 0));
}

static void group_norm_of_uneven_groups(const void *options, struct fm_graph *g)
{
    (void)options;
    fm_output(g, fm_group_norm(g, fm_linear(g, fm_input_x(g), 7), 2));
}

static void layer_norm_of_unknown(const void *options, struct fm_graph *g)
{
    (void)options;
    fm_output(g, fm_layer_norm(g, (struct fm_node){0}));
}

static void multiply_of_widths(const void *options, struct fm_graph *g)
{
    (void)options;
    fm_output(g, fm_multiply(g, fm_input_x(g), fm_time(g, FM_TIME_RAW, 0)));
}

static void multiply_of_sizes(const void *options, struct fm_graph *g)
{
    (void)options;
    struct fm_node h = fm_linear(g, fm_input_x(g), 12);
    struct fm_node a = fm_reshape(g, h, 1, 6, 2), b = fm_reshape(g, h, 6, 1, 2);
    fm_output(g, fm_multiply(g, a, b));
}

static void attention_of_two_thirds(const void *options, struct fm_graph *g)
{
    (void)options;
    fm_output(g, fm_attention(g, fm_linear(g, fm_input_x(g), 8), 1));
}

static void attention_of_uneven_heads(const void *options, struct fm_graph *g)
{
    (void)options;
    fm_output(g, fm_attention(g, fm_linear(g, fm_input_x(g), 12), 3));
}

static void attention_without_heads(const void *options, struct fm_graph *g)
{
    (void)options;
    fm_output(g, fm_attention(g, fm_linear(g, fm_input_x(g), 6), 0));
}

static void position_of_unknown(const void *options, struct fm_graph *g)
{
    (void)options;
    fm_output(g, fm_position(g, (struct fm_node){-1}));
}

static void label_without_width(const void *options, struct fm_graph *g)
{
    (void)options;
    fm_output(g, fm_label(g, 0));
}

static void convolution_of_unknown(const void *options, struct fm_graph *g)
{
    (void)options;
    fm_output(g, fm_convolution(g, (struct fm_node){0}, 2, 3, 1));
}

static void convolution_without_channels(const void *options, struct fm_graph *g)
{
    (void)options;
    fm_output(g, fm_convolution(g, fm_input_x(g), 0, 3, 1));
}

static void convolution_of_even_kernel(const void *options, struct fm_graph *g)
{
    (void)options;
    fm_output(g, fm_convolution(g, fm_input_x(g), 2, 2, 1));
}

static void convolution_of_wide_kernel(const void *options, struct fm_graph *g)
{
    (void)options;
    fm_output(g, fm_convolution(g, fm_input_x(g), 2, 5, 1));
}

static void convolution_of_stride(const void *options, struct fm_graph *g)
{
    (void)options;
    fm_output(g, fm_convolution(g, fm_input_x(g), 2, 1, 3));
}

static void convolution_standing_still(const void *options, struct fm_graph *g)
{
    (void)options;
    fm_output(g, fm_convolution(g, fm_input_x(g), 2, 3, 0));
}

static void convolution_too_heavy(const void *options, struct fm_graph *g)
{
    (void)options;
    struct fm_node h = fm_linear(g, fm_input_x(g), 1 << 14);
    fm_output(g, fm_convolution(g, h, 1 << 14, 3, 1));
}

static void upsample_of_unknown(const void *options, struct fm_graph *g)
{
    (void)options;
    fm_output(g, fm_upsample(g, (struct fm_node){9}));
}

static void upsample_for_ever(const void *options, struct fm_graph *g)
{
    (void)options;
    struct fm_node h = fm_input_x(g);
    for (int i = 0; i < 70; i++) /* 4^70 pixels, unless it is an error */
        h = fm_upsample(g, h);
    fm_output(g, h);
}

static void downsample_of_unknown(const void *options, struct fm_graph *g)
{
    (void)options;
    fm_output(g, fm_downsample(g, (struct fm_node){-1}));
}

static void downsample_of_a_vector(const void *options, struct fm_graph *g)
{
    (void)options;
    fm_output(g, fm_downsample(g, fm_input_x(g)));
}

static void downsample_of_odd_size(const void *options, struct fm_graph *g)
{
    (void)options;
    struct fm_node h = fm_linear(g, fm_input_x(g), 12);
    fm_output(g, fm_downsample(g, fm_reshape(g, h, 4, 3, 1)));
}

static void refused(const void *options, struct fm_graph *g)
{
    (void)options;
    fm_graph_fail(g, "needs an image, not %zu %s", fm_sample_dim(g), "numbers");
    fm_output(g, fm_input_x(g)); /* would be a mistake, but is not the first */
    fm_graph_fail(g, "too late");
}

/* The node that fm_graph_fail returns can be used, but is not valid. */
static void refused_node(const void *options, struct fm_graph *g)
{
    (void)options;
    fm_output(g, fm_linear(g, fm_graph_fail(g, "%d", 7), 2));
}

static void refused_late(const void *options, struct fm_graph *g)
{
    (void)options;
    fm_output(g, (struct fm_node){7});
    fm_graph_fail(g, "too late");
}

/* The second mistake follows from the first; the message is that of the first. */
static void two_mistakes(const void *options, struct fm_graph *g)
{
    (void)options;
    struct fm_node t = fm_time(g, FM_TIME_FOURIER, 0);
    fm_output(g, fm_add(g, t, fm_input_x(g)));
}

static const struct {
    build_function *build;
    const char *fragment;
} mistakes[] = {
    {nothing, "no output was declared"},
    {no_output, "no output was declared"},
    {two_outputs, "the output is declared twice"},
    {narrow_output, "the output must have as many entries as a sample: 2, not 1"},
    {untrained_output, "the output depends on no parameter"},
    {unknown_output, "output of a node that does not exist"},
    {negative_output, "output of a node that does not exist"},
    {add_of_unknown, "add of a node that does not exist"},
    {add_of_widths, "add of nodes of different widths: 2 and 1"},
    {concat_of_unknown, "concat of a node that does not exist"},
    {concat_too_wide, "the width of a layer must be in [1, 1048576]"},
    {linear_of_unknown, "linear of a node that does not exist"},
    {linear_of_nothing, "the width of a linear layer must be in [1, 1048576]"},
    {linear_too_wide, "the width of a linear layer must be in [1, 1048576]"},
    {linear_too_heavy, "a layer has more than 2^30 weights"},
    {activation_of_unknown, "activation of a node that does not exist"},
    {unknown_activation, "unknown activation"},
    {unknown_time, "unknown kind of time features"},
    {convolution_of_unknown, "convolution of a node that does not exist"},
    {convolution_without_channels, "the channels of a convolution must be in [1, 1048576]"},
    {convolution_of_even_kernel, "the kernel of a convolution must be 1 or 3"},
    {convolution_of_wide_kernel, "the kernel of a convolution must be 1 or 3"},
    {convolution_of_stride, "the stride of a convolution must be 1 or 2"},
    {convolution_standing_still, "the stride of a convolution must be 1 or 2"},
    {convolution_too_heavy, "a layer has more than 2^30 weights"},
    {upsample_of_unknown, "upsample of a node that does not exist"},
    {upsample_for_ever, "an image must have 1 to 1048576 pixels"},
    {downsample_of_unknown, "downsample of a node that does not exist"},
    {downsample_of_a_vector, "even height and width; the image is 1 x 1"},
    {downsample_of_odd_size, "even height and width; the image is 4 x 3"},
    {time_without_frequencies, "time features need 1 to 524288 frequencies"},
    {time_with_too_many, "time features need 1 to 524288 frequencies"},
    {too_many_nodes, "the network has too many layers"},
    {mean_pool_of_unknown, "mean_pool of a node that does not exist"},
    {dropout_of_unknown, "dropout of a node that does not exist"},
    {dropout_of_all, "the rate of dropout must be in [0, 1), not 1"},
    {dropout_of_no_number, "the rate of dropout must be in [0, 1), not "},
    {group_norm_of_unknown, "group_norm of a node that does not exist"},
    {group_norm_of_no_groups,
     "group_norm needs a number of groups that divides the width, 2, not 0"},
    {group_norm_of_uneven_groups, "group_norm needs a number of groups that divides"},
    {layer_norm_of_unknown, "layer_norm of a node that does not exist"},
    {multiply_of_widths, "multiply of nodes of different widths: 2 and 1"},
    {multiply_of_sizes, "multiply of images of different sizes: 1 x 6 and 6 x 1"},
    {attention_of_two_thirds, "attention needs query, key and value side by side"},
    {attention_of_uneven_heads, "attention needs a number of heads that divides a third"},
    {attention_without_heads, "attention needs a number of heads that divides a third"},
    {position_of_unknown, "position of a node that does not exist"},
    {label_without_width, "the width of a label must be in [1, 1048576]"},
    {two_mistakes, "time features need 1 to 524288 frequencies"},
};
enum { N_MISTAKES = sizeof mistakes / sizeof *mistakes };

START_TEST(each_mistake_gives_its_message)
{
    struct fm_error err = {0};
    struct fm_arena arena = {0};
    struct fm_net *net = NULL;
    ck_fails(fm_net_compile(&arena, &(struct fm_sample_shape){.dim = 2}, mistakes[_i].build,
                            NULL, &net, &err),
             FM_ERROR_PLUGIN, mistakes[_i].fragment);
    ck_assert_ptr_null(net);
    fm_arena_fini(&arena);
}
END_TEST

static void right(const void *options, struct fm_graph *g)
{
    (void)options;
    struct fm_node h = fm_concat(g, fm_input_x(g), fm_time(g, FM_TIME_SINUSOIDAL, 4));
    h = fm_activation(g, fm_linear(g, h, 5), FM_ACTIVATION_SILU);
    fm_output(g, fm_linear(g, h, fm_sample_dim(g)));
}

START_TEST(a_network_can_give_its_own_error_message)
{
    static const struct {
        build_function *build;
        enum fm_status status;
        const char *message;
    } cases[] = {
        {refused, FM_ERROR_CONFIG, "needs an image, not 2 numbers"},
        {refused_node, FM_ERROR_CONFIG, "7"},
        {refused_late, FM_ERROR_PLUGIN, "output of a node that does not exist"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct fm_error err = {0};
        struct fm_arena arena = {0};
        struct fm_net *net = NULL;
        ck_assert_int_eq(fm_net_compile(&arena, &(struct fm_sample_shape){.dim = 2},
                                        cases[i].build, NULL, &net, &err),
                         cases[i].status);
        ck_assert_int_eq(err.status, cases[i].status);
        ck_assert_str_eq(err.message, cases[i].message);
        ck_assert_ptr_null(net);
        fm_arena_fini(&arena);
    }
}
END_TEST

START_TEST(samples_without_coordinates_are_an_error)
{
    struct fm_error err = {0};
    struct fm_arena arena = {0};
    struct fm_net *net = NULL;
    ck_fails(fm_net_compile(&arena, &(struct fm_sample_shape){.dim = 0}, right, NULL, &net,
                            &err),
             FM_ERROR_PLUGIN, "width");
    fm_arena_fini(&arena);
}
END_TEST

static void labelled(const void *options, struct fm_graph *g)
{
    (void)options;
    fm_output(g, fm_label(g, fm_sample_dim(g)));
}

START_TEST(the_label_table_has_a_line_for_each_label_and_one_for_none)
{
    for (size_t n = 0; n < 4; n++) {
        struct fm_error err = {0};
        struct fm_arena arena = {0};
        struct fm_net *net = NULL;
        const struct fm_sample_shape shape = {.dim = 2, .n_labels = n};
        ck_ok(fm_net_compile(&arena, &shape, labelled, NULL, &net, &err));
        ck_assert_uint_eq(fm_net_n_labels(net), n + 1);
        ck_assert_uint_eq(fm_net_n_parameters(net), 2 * (n + 1));
        fm_arena_fini(&arena);
    }
}
END_TEST

START_TEST(too_many_labels_are_an_error)
{
    struct fm_error err = {0};
    struct fm_arena arena = {0};
    struct fm_net *net = NULL;
    const struct fm_sample_shape shape = {.dim = 2, .n_labels = SIZE_MAX};
    ck_fails(fm_net_compile(&arena, &shape, labelled, NULL, &net, &err), FM_ERROR_PLUGIN,
             "fewer than 1048576 labels");
    fm_arena_fini(&arena);
}
END_TEST

/* Fails the first, second, ... allocation in turn until all succeed. */
START_TEST(running_out_of_memory_is_an_error_at_every_allocation)
{
    bool is_done = false;
    for (size_t n = 1; !is_done; n++) {
        struct fm_error err = {0};
        struct fm_arena arena = {0};
        struct fm_net *net = NULL;
        struct fm_net_workspace *w = NULL;
        ck_assert_uint_le(n, 100);
        fm_arena_fail_after(n);
        enum fm_status status = fm_net_compile(&arena, &(struct fm_sample_shape){.dim = 2},
                                               right, NULL, &net, &err);
        if (status == FM_OK)
            status = fm_net_workspace(&arena, net, FM_NET_REVERSE, &w, &err);
        fm_arena_fail_after(0);
        is_done = status == FM_OK;
        /* behind it lie 3 blocks of the builder, the frequencies, 4 names, 3 of the compiler,
         * and 5 of the workspace */
        ck_assert_msg(is_done ? n == 3 + 1 + 4 + 3 + 5 + 1 : status == FM_ERROR_MEMORY,
                      "allocation %zu: %s", n, err.message);
        fm_arena_fini(&arena);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("graph");
    TCase *wrong = tcase_create("mistakes");
    tcase_add_loop_test(wrong, each_mistake_gives_its_message, 0, N_MISTAKES);
    tcase_add_test(wrong, a_network_can_give_its_own_error_message);
    tcase_add_test(wrong, samples_without_coordinates_are_an_error);
    tcase_add_test(wrong, too_many_labels_are_an_error);
    tcase_add_test(wrong, running_out_of_memory_is_an_error_at_every_allocation);
    suite_add_tcase(suite, wrong);
    TCase *labels = tcase_create("labels");
    tcase_add_test(labels, the_label_table_has_a_line_for_each_label_and_one_for_none);
    suite_add_tcase(suite, labels);
    return test_main(suite);
}
