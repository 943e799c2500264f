#include <config.h>

#include "check/network_graph.h"

#include "base/error.h"
#include "check/network_gradient.h"
#include "check/network_velocity.h"
#include "check/vary.h"

#include <math.h>
#include <string.h>

enum { N_LABELS = 3 };

/* Shapes of samples: vectors and images, with labels for networks that use them. */
static const struct {
    const char *name;
    struct fm_sample_shape shape;
} shapes[] = {
    {"2 coordinates", {.dim = 2, .n_labels = N_LABELS}},
    {"9 coordinates", {.dim = 9, .n_labels = N_LABELS}},
    {"8 x 8 pixels",
     {.dim = 64, .height = 8, .width = 8, .channels = 1, .n_labels = N_LABELS}},
    {"16 x 16 pixels",
     {.dim = 768, .height = 16, .width = 16, .channels = 3, .n_labels = N_LABELS}},
};
enum { N_SHAPES = sizeof shapes / sizeof *shapes };

/* ---- building ---- */

/* v of a few rows: [N_FEW][dim]. */
enum { N_FEW = 4 };

static enum fm_status evaluate_few(struct fm_arena *arena, const struct fm_net *net,
                                   const fm_real *parameters, fm_real **v,
                                   struct fm_error *err)
{
    static const double t[N_FEW] = {0, 0.3, 0.8, 1};
    static const uint32_t label[N_FEW] = {0, 1, 2, 0};
    const size_t dim = fm_net_dim(net);
    struct fm_net_workspace *w;
    double *normals = FM_NEW(arena, N_FEW * dim, double);
    fm_real *x = FM_NEW(arena, N_FEW * dim, fm_real);
    *v = FM_NEW(arena, N_FEW * dim, fm_real);
    if (!normals || !x || !*v)
        return fm_out_of_memory(err);
    FM_TRY(fm_net_workspace(arena, net, FM_NET_FORWARD, &w, err));
    fm_network_fill(normals, N_FEW * dim, 1, 3);
    for (size_t i = 0; i < N_FEW * dim; i++)
        x[i] = (fm_real)normals[i];
    for (size_t i = 0; i < N_FEW; i++) {
        const struct fm_net_input input = {
            .t = t + i, .x = x + i * dim, .label = label + i};
        const fm_real *out = fm_net_forward(net, parameters, w, 1, &input);
        memcpy(*v + i * dim, out, dim * sizeof **v);
    }
    return FM_OK;
}

static bool are_same_tensors(const struct fm_net *a, const struct fm_net *b)
{
    size_t n, m;
    const struct fm_parameter *p = fm_net_parameters(a, &n), *q = fm_net_parameters(b, &m);
    if (n != m || fm_net_block_size(a) != fm_net_block_size(b))
        return false;
    for (size_t k = 0; k < n; k++)
        if (strcmp(p[k].name, q[k].name) != 0 || p[k].offset != q[k].offset
            || p[k].n_taps != q[k].n_taps || p[k].n_rows != q[k].n_rows
            || p[k].n_columns != q[k].n_columns || p[k].spread != q[k].spread)
            return false;
    return true;
}

/* Whether the net built twice more, the last time after another shape, is the same. */
static enum fm_status check_again(const struct fm_graph_subject *s, bool *is_same,
                                  struct fm_error *err)
{
    static const struct fm_sample_shape others[] = {{.dim = 3, .n_labels = 7}, {.dim = 2}};
    struct fm_arena *arena = s->common.arena;
    fm_real *first, *other, *parameters;
    FM_TRY(evaluate_few(arena, s->net, s->parameters, &first, err));
    *is_same = true;
    for (int k = 0; k < 3 && *is_same; k++) {
        struct fm_net *net;
        struct fm_error ignored;
        if (k == 2)
            for (size_t i = 0; i < sizeof others / sizeof *others; i++)
                if (fm_net_compile(arena, &others[i], s->build, s->options, &net, &ignored)
                    == FM_ERROR_MEMORY)
                    return fm_out_of_memory(err);
        if (fm_net_compile(arena, &s->shape, s->build, s->options, &net, &ignored) != FM_OK
            || !are_same_tensors(s->net, net)) {
            fm_network_note(&s->common, "build", false, "other layers when built again");
            *is_same = false;
            break;
        }
        FM_TRY(fm_graph_parameters(arena, net, &parameters, err));
        FM_TRY(evaluate_few(arena, net, parameters, &other, err));
        *is_same = memcmp(first, other, N_FEW * s->common.dim * sizeof *first) == 0;
        if (!*is_same)
            fm_network_note(&s->common, "build", false,
                            "another function when built again");
    }
    if (*is_same)
        fm_check_add_row(s->common.sink, "build", s->common.problem, FM_CHECK_PASS,
                         (double)NAN, (double)fm_net_n_parameters(s->net),
                         "parameters; the same network each time");
    return FM_OK;
}

/* Adds guidance, so that a net with labels is evaluated with and without them. */
static enum fm_status add_labels(struct fm_graph_subject *s, struct fm_error *err)
{
    if (fm_net_n_labels(s->net) == 0)
        return FM_OK;
    uint32_t *labels = FM_NEW(s->common.arena, FM_NETWORK_ROWS, uint32_t);
    if (!labels)
        return fm_out_of_memory(err);
    for (uint32_t i = 0; i < FM_NETWORK_ROWS; i++)
        labels[i] = i % N_LABELS;
    s->guidance = (struct fm_guidance){.labels = labels, .none = N_LABELS, .weight = 1.5};
    s->common.velocity.guidance = &s->guidance;
    return FM_OK;
}

/* v must be finite up to x of this size. */
static const double largest_x = 1e4;

static enum fm_status check_net(struct fm_graph_subject *s, struct fm_error *err)
{
    struct fm_network_subject *c = &s->common;
    bool is_same;
    FM_TRY(fm_graph_parameters(c->arena, s->net, &s->parameters, err));
    FM_TRY(check_again(s, &is_same, err));
    if (!is_same)
        return FM_OK;
    c->velocity =
        (struct fm_velocity){.dim = c->dim, .net = s->net, .parameters = s->parameters};
    FM_TRY(fm_check_graph_gradient(s, err));
    FM_TRY(fm_check_graph_derivative(s, err));
    fm_network_add_divergence(c);
    FM_TRY(add_labels(s, err));
    FM_TRY(fm_check_network_bits(c, &is_same, err));
    return is_same ? fm_check_network_values(c, largest_x, err) : FM_OK;
}

/* ---- options ---- */

struct shaped {
    const struct fm_plugin *plugin;
    const struct fm_sample_shape *shape;
};

static uint64_t fingerprint(void *context, const void *options, uint64_t hash)
{
    const struct shaped *s = context;
    struct fm_arena arena = {0};
    struct fm_error err = {0};
    struct fm_net *net;
    fm_real *parameters, *v;
    if (fm_net_compile(&arena, s->shape, s->plugin->network->build, options, &net, &err)
            == FM_OK
        && fm_graph_parameters(&arena, net, &parameters, &err) == FM_OK
        && evaluate_few(&arena, net, parameters, &v, &err) == FM_OK)
        hash = fm_check_hash(hash, v, N_FEW * s->shape->dim * sizeof *v);
    fm_arena_fini(&arena);
    return hash;
}

/* ---- all ---- */

enum fm_status fm_check_graph(const struct fm_check_sink *sink, const struct fm_plugin *p,
                              const void *options, struct fm_error *err)
{
    struct fm_arena arena = {0};
    struct fm_error why = {0};
    enum fm_status status = FM_OK;
    size_t n_built = 0, shape = 0;
    for (size_t k = 0; status == FM_OK && k < N_SHAPES; k++) {
        struct fm_graph_subject s = {
            .common = {sink, shapes[k].name, &arena, shapes[k].shape.dim, {0}},
            .shape = shapes[k].shape,
            .build = p->network->build,
            .options = options};
        if (k == N_SHAPES - 1 && n_built > 0)
            break; /* large, for networks that take nothing smaller */
        fm_check_begin(sink, "build");
        status = fm_net_compile(&arena, &s.shape, s.build, options, &s.net, &why);
        if (status == FM_OK) {
            shape = n_built++ ? shape : k;
            status = check_net(&s, err);
        } else if (status == FM_ERROR_MEMORY) {
            *err = why;
        } else {
            status = FM_OK;
        }
        fm_arena_reset(&arena);
    }
    if (status == FM_OK && n_built == 0) {
        fm_check_add_note(sink, "build", "", FM_CHECK_FAIL,
                          "neither for vectors nor for images up to 16 x 16: %s",
                          why.message);
    } else if (status == FM_OK) {
        struct shaped context = {p, &shapes[shape].shape};
        status = fm_check_options(sink, &arena, p, options, fingerprint, &context,
                                  FM_CHECK_FAIL, err);
    }
    fm_arena_fini(&arena);
    return status;
}
