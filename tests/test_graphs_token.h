/* Graphs of norms, products, attention, pooling, dropout, positions and labels; part of test_graphs.h. */
#ifndef FM_TESTS_TEST_GRAPHS_TOKEN_H
#define FM_TESTS_TEST_GRAPHS_TOKEN_H

#include <fmrun/graph.h>
#include <stdbool.h>

/* n_parts: groups, 0 for layer norm; or heads. */
struct test_tokens {
    size_t n_tokens, width, n_parts;
    bool is_activated;
};

/* x spread over tokens, and back. */
static inline struct fm_node test_tokens_of(struct fm_graph *g, size_t n, size_t width)
{
    return fm_reshape(g, fm_linear(g, fm_input_x(g), n * width), 1, n, width);
}

static inline void test_tokens_output(struct fm_graph *g, struct fm_node h, size_t size)
{
    fm_output(g, fm_linear(g, fm_reshape(g, h, 1, 1, size), fm_sample_dim(g)));
}

/* Scale and shift of the first are those of the second's input. */
static inline void build_norm(const void *options, struct fm_graph *g)
{
    const struct test_tokens *o = options;
    struct fm_node h = test_tokens_of(g, o->n_tokens, o->width);
    for (int i = 0; i < 2; i++) {
        h = o->n_parts > 0 ? fm_group_norm(g, h, o->n_parts) : fm_layer_norm(g, h);
        if (o->is_activated)
            h = fm_activation(g, h, i == 0 ? FM_ACTIVATION_SILU : FM_ACTIVATION_TANH);
        h = fm_position(g, h); /* without it a norm of one token of width 2 is a sign */
    }
    test_tokens_output(g, h, o->n_tokens * o->width);
}

/* The norm reads x itself, whose gradient goes no further, and its input is read twice. */
static inline void build_normed_input(const void *options, struct fm_graph *g)
{
    const struct test_tokens *o = options;
    struct fm_node x = fm_reshape(g, fm_input_x(g), 1, o->n_tokens, o->width);
    struct fm_node h =
        o->n_parts > 0 ? fm_group_norm(g, x, o->n_parts) : fm_layer_norm(g, x);
    h = fm_linear(g, fm_activation(g, h, FM_ACTIVATION_GELU), o->width);
    struct fm_node z =
        o->n_parts > 0 ? fm_group_norm(g, h, o->n_parts) : fm_layer_norm(g, h);
    h = fm_add(g, fm_linear(g, z, o->width), h);
    fm_output(g, fm_reshape(g, h, 1, 1, fm_sample_dim(g)));
}

/* A product with itself, with another, and with one line for all tokens. */
static inline void build_multiply(const void *options, struct fm_graph *g)
{
    const struct test_tokens *o = options;
    struct fm_node h = test_tokens_of(g, o->n_tokens, o->width);
    struct fm_node t = fm_linear(g, fm_time(g, FM_TIME_FOURIER, 2), o->width);
    struct fm_node line = fm_add(g, t, fm_linear(g, fm_input_x(g), o->width));
    h = fm_add(g, fm_multiply(g, h, line), fm_multiply(g, h, h));
    h = fm_multiply(g, fm_linear(g, h, o->width), fm_add(g, h, line));
    test_tokens_output(g, h, o->n_tokens * o->width);
}

static inline void build_attention(const void *options, struct fm_graph *g)
{
    const struct test_tokens *o = options;
    struct fm_node h = test_tokens_of(g, o->n_tokens, 3 * o->width);
    if (o->is_activated) /* larger scores, and a gradient that is added to */
        h = fm_add(g, fm_position(g, h), fm_activation(g, h, FM_ACTIVATION_SOFTPLUS));
    h = fm_attention(g, h, o->n_parts);
    test_tokens_output(g, h, o->n_tokens * o->width);
}

/* Attention reads x itself, twice. */
static inline void build_attended_input(const void *options, struct fm_graph *g)
{
    const struct test_tokens *o = options;
    struct fm_node x = fm_reshape(g, fm_input_x(g), 1, o->n_tokens, 3 * o->width);
    struct fm_node h = fm_attention(g, x, o->n_parts);
    struct fm_node z = fm_linear(g, h, 3 * o->width);
    h = fm_concat(g, fm_attention(g, z, o->n_parts), z);
    h = fm_linear(g, h, 3 * o->width);
    fm_output(g, fm_reshape(g, h, 1, 1, fm_sample_dim(g)));
}

/* Two blocks of a transformer, gated by features of t and of the label as in Peebles and Xie
 * 2022, arXiv:2212.09748, sec. 3.2. */
static inline void build_transformer(const void *options, struct fm_graph *g)
{
    const struct test_tokens *o = options;
    const size_t w = o->width;
    struct fm_node h = fm_position(g, test_tokens_of(g, o->n_tokens, w));
    struct fm_node c =
        fm_add(g, fm_linear(g, fm_time(g, FM_TIME_SINUSOIDAL, 3), w), fm_label(g, w));
    c = fm_activation(g, c, FM_ACTIVATION_SILU);
    for (int i = 0; i < 2; i++) {
        struct fm_node z = fm_multiply(g, fm_layer_norm(g, h), fm_linear(g, c, w));
        z = fm_attention(g, fm_linear(g, z, 3 * w), o->n_parts);
        h = fm_add(g, h, fm_multiply(g, fm_linear(g, z, w), fm_linear(g, c, w)));
        z = fm_activation(g, fm_linear(g, fm_layer_norm(g, h), 2 * w), FM_ACTIVATION_GELU);
        h = fm_add(g, h, fm_linear(g, z, w));
    }
    test_tokens_output(g, fm_activation(g, fm_layer_norm(g, h), FM_ACTIVATION_ELU),
                       o->n_tokens * w);
}

/* A block of a U-Net: norm, silu, linear, then scaled and shifted by features of t (Perez et
 * al. 2017, arXiv:1709.07871, eq. 1), the same again, and attention among the pixels. */
static inline void build_film(const void *options, struct fm_graph *g)
{
    const struct test_tokens *o = options;
    const size_t w = o->width;
    struct fm_node x = fm_reshape(g, fm_input_x(g), 2, o->n_tokens / 2, 2);
    struct fm_node t = fm_linear(g, fm_time(g, FM_TIME_FOURIER, 2), w),
                   h = fm_linear(g, x, w);
    t = fm_activation(g, t, FM_ACTIVATION_SILU);
    struct fm_node z = h;
    for (int i = 0; i < 2; i++) {
        z = fm_activation(g, fm_group_norm(g, z, o->n_parts), FM_ACTIVATION_SILU);
        z = fm_linear(g, z, w);
        z = fm_multiply(g, fm_group_norm(g, z, o->n_parts), fm_linear(g, t, w));
        z = fm_activation(g, fm_add(g, z, fm_linear(g, t, w)), FM_ACTIVATION_SILU);
    }
    h = fm_add(g, h, z);
    z = fm_linear(g, fm_group_norm(g, h, o->n_parts), 3 * w);
    h = fm_add(g, h, fm_attention(g, z, o->n_parts));
    h = fm_linear(g, fm_concat(g, h, x), 2);
    fm_output(g, fm_reshape(g, h, 1, 1, fm_sample_dim(g)));
}

/* Pooled tokens gate the tokens (Hu et al. 2018, arXiv:1709.01507, sec. 3), are pooled
 * again, and are the output; the vector of a single token is pooled unchanged. */
static inline void build_pool(const void *options, struct fm_graph *g)
{
    const struct test_tokens *o = options;
    struct fm_node h = test_tokens_of(g, o->n_tokens, o->width);
    if (o->is_activated)
        h = fm_activation(g, h, FM_ACTIVATION_GELU);
    struct fm_node gate =
        fm_activation(g, fm_linear(g, fm_mean_pool(g, h), o->width), FM_ACTIVATION_TANH);
    h = fm_position(g, fm_multiply(g, h, fm_mean_pool(g, gate)));
    h = fm_add(g, fm_mean_pool(g, h), fm_mean_pool(g, fm_multiply(g, h, h)));
    fm_output(g, fm_linear(g, h, fm_sample_dim(g)));
}

/* The pool reads x itself, and so do other operations. */
static inline void build_pooled_input(const void *options, struct fm_graph *g)
{
    const struct test_tokens *o = options;
    struct fm_node x = fm_reshape(g, fm_input_x(g), 1, o->n_tokens, o->width);
    struct fm_node h = fm_linear(g, x, o->width);
    h = fm_add(g, h, fm_linear(g, fm_mean_pool(g, x), o->width));
    fm_output(g, fm_reshape(g, h, 1, 1, fm_sample_dim(g)));
}

/* Dropout of x, of a sum that others read, behind an activation, and just before the output. */
static inline void build_dropout(const void *options, struct fm_graph *g)
{
    const struct test_tokens *o = options;
    struct fm_node x = fm_dropout(g, fm_input_x(g), 0.2);
    struct fm_node h = fm_linear(g, x, o->n_tokens * o->width);
    h = fm_position(g, fm_reshape(g, h, 1, o->n_tokens, o->width));
    struct fm_node z = fm_dropout(g, h, 0.5);
    z = fm_activation(g, fm_linear(g, z, o->width), FM_ACTIVATION_GELU);
    h = fm_add(g, h, fm_dropout(g, fm_add(g, z, fm_dropout(g, h, 0.3)), 0.1));
    h = fm_linear(g, fm_reshape(g, h, 1, 1, o->n_tokens * o->width), fm_sample_dim(g));
    fm_output(g, fm_dropout(g, h, 0.4));
}

/* Labels alone, and concatenated with t, where they are written in place. */
static inline void build_label(const void *options, struct fm_graph *g)
{
    (void)options;
    struct fm_node h = fm_concat(g, fm_label(g, 19), fm_input_x(g));
    h = fm_concat(g, fm_label(g, 3), fm_linear(g, h, 9));
    h = fm_activation(g, fm_linear(g, h, 8), FM_ACTIVATION_TANH);
    fm_output(g,
              fm_add(g, fm_linear(g, h, fm_sample_dim(g)), fm_label(g, fm_sample_dim(g))));
}

static const struct test_tokens test_norms[] = {
    {1, 17, 1, false}, {2, 6, 3, true},   {7, 20, 2, false}, {33, 5, 5, true},
    {19, 32, 4, true}, {1, 5, 0, false},  {7, 17, 0, true},  {33, 3, 0, false},
    {19, 32, 0, true}, {1, 300, 0, true},
};
static const struct test_tokens test_normed_inputs[] = {{4, 6, 2, false},
                                                        {2, 17, 0, false}};
static const struct test_tokens test_products[] = {{1, 5, 0, false}, {7, 17, 0, false}};
static const struct test_tokens test_attentions[] = {
    {1, 3, 1, false}, {2, 5, 1, true},   {7, 6, 3, true},  {33, 3, 3, false},
    {7, 17, 1, true}, {7, 48, 3, false}, {70, 4, 2, true}, {130, 2, 1, false},
};
static const struct test_tokens test_attended_inputs[] = {{4, 3, 1, false},
                                                          {2, 6, 2, false}};
static const struct test_tokens test_transformers[] = {{7, 18, 3, false},
                                                       {3, 16, 1, false}};
static const struct test_tokens test_dropouts[] = {{1, 5, 0, false}, {3, 300, 0, false}};
static const struct test_tokens test_pools[] = {
    {1, 5, 0, false}, {7, 17, 0, true}, {130, 16, 0, false}, {65, 3, 0, true}};
static const struct test_tokens test_pooled_inputs[] = {{6, 5, 0, false}};
static const struct test_tokens test_films[] = {{8, 18, 3, false}, {20, 8, 2, false}};

/* The lines of test_graphs. */
/* clang-format off */
#define TEST_GRAPHS_TOKEN                                                                  \
    {"group norm of 1 x 17", 2, build_norm, &test_norms[0]},                               \
    {"group norm of 2 x 6", 2, build_norm, &test_norms[1]},                                \
    {"group norm of 7 x 20", 3, build_norm, &test_norms[2]},                               \
    {"group norm of 33 x 5", 2, build_norm, &test_norms[3]},                               \
    {"group norm of 19 x 32", 2, build_norm, &test_norms[4]},                              \
    {"layer norm of 1 x 5", 2, build_norm, &test_norms[5]},                                \
    {"layer norm of 7 x 17", 3, build_norm, &test_norms[6]},                               \
    {"layer norm of 33 x 3", 2, build_norm, &test_norms[7]},                               \
    {"layer norm of 19 x 32", 2, build_norm, &test_norms[8]},                              \
    {"layer norm of 1 x 300", 2, build_norm, &test_norms[9]},                              \
    {"group norm of x", 24, build_normed_input, &test_normed_inputs[0]},                   \
    {"layer norm of x", 34, build_normed_input, &test_normed_inputs[1]},                   \
    {"products of 1 x 5", 3, build_multiply, &test_products[0]},                           \
    {"products of 7 x 17", 3, build_multiply, &test_products[1]},                          \
    {"attention of 1 x 3", 2, build_attention, &test_attentions[0]},                       \
    {"attention of 2 x 5", 2, build_attention, &test_attentions[1]},                       \
    {"attention of 7 x 6, 3 heads", 4, build_attention, &test_attentions[2]},              \
    {"attention of 33 x 3, 3 heads", 2, build_attention, &test_attentions[3]},             \
    {"attention of 7 x 17", 2, build_attention, &test_attentions[4]},                      \
    {"attention of 7 x 48, 3 heads", 3, build_attention, &test_attentions[5]},             \
    {"attention of 70 x 4, 2 heads", 2, build_attention, &test_attentions[6]},             \
    {"attention of 130 x 2", 2, build_attention, &test_attentions[7]},                     \
    {"attention of x", 36, build_attended_input, &test_attended_inputs[0]},                \
    {"attention of x, 2 heads", 36, build_attended_input, &test_attended_inputs[1]},       \
    {"transformer of 7 x 18, 3 heads", 4, build_transformer, &test_transformers[0]},       \
    {"transformer of 3 x 16", 3, build_transformer, &test_transformers[1]},                \
    {"film of 8 x 18", 16, build_film, &test_films[0]},                                    \
    {"film of 20 x 8", 40, build_film, &test_films[1]},                                    \
    {"pool of 1 x 5", 2, build_pool, &test_pools[0]},                                      \
    {"pool of 7 x 17", 3, build_pool, &test_pools[1]},                                     \
    {"pool of 130 x 16", 2, build_pool, &test_pools[2]},                                   \
    {"pool of 65 x 3", 2, build_pool, &test_pools[3]},                                     \
    {"pool of x", 30, build_pooled_input, &test_pooled_inputs[0]},                         \
    {"dropout of 1 x 5", 3, build_dropout, &test_dropouts[0]},                             \
    {"dropout of 3 x 300", 17, build_dropout, &test_dropouts[1]},                          \
    {"label", 3, build_label, NULL},
/* clang-format on */

#endif
