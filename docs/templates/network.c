/* A network plugin: copy this file to NAME.c, change what is marked (1) to (4), then
 *
 *     cc -O2 -shared -fPIC $(pkg-config --cflags fmrun) -o PATH/network/NAME.so NAME.c
 *     fmrun --plugin-path PATH plugins show network/NAME
 *
 * A network is v(x, t), the velocity of a sample x at time t.  The plugin only describes
 * it, layer by layer; fmrun then has its parameters, initial values, forward and reverse
 * mode.  This one is a residual network: an entry layer, n_blocks times h + W2 f(W1 h), and
 * an exit layer. */
#include <fmrun/plugin.h>

/* (1) Options, as they stand in a config: network: {plugin: my_network, width: 128}.
 * One row each: name, type, where its value goes, default; then range, choices, help. */
struct my_options {
    int64_t width, n_blocks, n_frequencies;
    int activation;
};

static const char *const activations[] = FM_ACTIVATION_NAMES;

/* clang-format off */
static const struct fm_option options_table[] = {
    {"width", FM_INT, offsetof(struct my_options, width), "64",
     .minimum = 1, .maximum = 65536, .help = "width of the hidden layers"},
    {"n_blocks", FM_INT, offsetof(struct my_options, n_blocks), "2",
     .minimum = 0, .maximum = 1000, .help = "number of residual blocks"},
    {"n_frequencies", FM_INT, offsetof(struct my_options, n_frequencies), "8",
     .minimum = 1, .maximum = 1024, .help = "harmonics of t beside t itself"},
    {"activation", FM_CHOICE, offsetof(struct my_options, activation), "silu",
     .choices = activations, .help = "nonlinearity of the hidden layers"},
    {0}}; /* the end */
/* clang-format on */

/* (2) The network.  g is written to through the calls of fmrun/graph.h; a mistake (a width
 * that does not fit, say) is remembered by g and reported by fmrun, so nothing is checked
 * here. */
static void build(const void *options, struct fm_graph *g)
{
    const struct my_options *o = options;
    const size_t width = (size_t)o->width;
    const enum fm_activation f = (enum fm_activation)o->activation;

    struct fm_node time = fm_concat(g, fm_time(g, FM_TIME_RAW, 0),
                                    fm_time(g, FM_TIME_FOURIER, (size_t)o->n_frequencies));
    struct fm_node h = fm_linear(g, fm_concat(g, fm_input_x(g), time), width);
    for (int64_t i = 0; i < o->n_blocks; i++) {
        struct fm_node inner = fm_activation(g, fm_linear(g, h, width), f);
        h = fm_add(g, h, fm_linear(g, inner, width));
    }
    /* Exactly one output, of as many columns as a sample has coordinates. */
    fm_output(g, fm_linear(g, fm_activation(g, h, f), fm_sample_dim(g)));
}

/* (3) What the plugin can do.  A velocity in closed form, without parameters, sets prepare
 * and evaluate instead of build (fmrun/network.h). */
static const struct fm_network_ops ops = {.size = sizeof ops, .build = build};

/* (4) The one symbol that is exported. */
const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_NETWORK,
    .name = "my_network", /* the file's name without .so */
    .version = 1, /* count up whenever results change: old results are then not reused */
    .summary = "residual network with harmonics of t",
    .source = "He et al. 2016, arXiv:1512.03385 (residual connections)",
    .options = options_table,
    .options_size = sizeof(struct my_options),
    .network = &ops,
};
