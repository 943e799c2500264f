/* A network plugin: copy this file to NAME.c, change what is marked (1) to (4), then
 *
 *     cc -O2 -shared -fPIC $(pkg-config --cflags fmrun) -o PATH/network/NAME.so NAME.c
 *     fmrun --plugin-path PATH plugins show network/NAME
 *
 * A network is v(x, t), the velocity of a sample x at time t.  The plugin only describes it,
 * layer by layer; fmrun then has its parameters, initial values, forward and reverse mode.
 * This one is a residual network, of convolutions where samples are images and of linear layers
 * where they are points: an entry layer, n_blocks times h + W2 (f(W1 h) + condition), and an
 * exit layer.  The condition is made from t and from the label of the row, if it is asked for. */
#include <fmrun/plugin.h>

/* (1) Options, as they stand in a config: network: {plugin: my_network, width: 128}.
 * One row each: name, type, where its value goes, default; then range, choices, help. */
struct my_options {
    int64_t width, n_blocks, n_frequencies, label_width;
    int activation;
};

static const char *const activations[] = FM_ACTIVATION_NAMES;

/* clang-format off */
static const struct fm_option options_table[] = {
    {"width", FM_INT, offsetof(struct my_options, width), "64",
     .minimum = 1, .maximum = 65536, .help = "width of the hidden layers, or their channels"},
    {"n_blocks", FM_INT, offsetof(struct my_options, n_blocks), "2",
     .minimum = 0, .maximum = 1000, .help = "number of residual blocks"},
    {"n_frequencies", FM_INT, offsetof(struct my_options, n_frequencies), "8",
     .minimum = 1, .maximum = 1024, .help = "harmonics of t beside t itself"},
    {"label_width", FM_INT, offsetof(struct my_options, label_width), "0",
     .minimum = 0, .maximum = 65536, .help = "width of a learned vector for each label; 0: none"},
    {"activation", FM_CHOICE, offsetof(struct my_options, activation), "silu",
     .choices = activations, .help = "nonlinearity of the hidden layers"},
    {0}}; /* the end */
/* clang-format on */

/* (2) The network.  Each call of fmrun/graph.h adds a layer to g and returns its value; `width`
 * is that of each pixel where the value is an image.  g remembers a mistake (a width that does
 * not fit, say), and fmrun reports it, so nothing is checked here. */
static struct fm_node layer(struct fm_graph *g, struct fm_node h, size_t width,
                            bool is_image)
{
    return is_image ? fm_convolution(g, h, width, 3, 1) : fm_linear(g, h, width);
}

static void build(const void *options, struct fm_graph *g)
{
    const struct my_options *o = options;
    const size_t width = (size_t)o->width;
    const enum fm_activation f = (enum fm_activation)o->activation;
    size_t image_height, image_width, n_channels; /* all 0 where samples are no images */
    fm_image_shape(g, &image_height, &image_width, &n_channels);
    const bool is_image = n_channels > 0;

    /* What can't be built with these data or options is said in words of your own. */
    if (o->label_width > 0 && fm_n_labels(g) == 0) {
        fm_graph_fail(g, "label_width is %lld, and the data have no labels",
                      (long long)o->label_width);
        return;
    }
    struct fm_node condition =
        fm_concat(g, fm_time(g, FM_TIME_RAW, 0),
                  fm_time(g, FM_TIME_FOURIER, (size_t)o->n_frequencies));
    if (o->label_width > 0)
        condition = fm_concat(g, condition, fm_label(g, (size_t)o->label_width));

    struct fm_node x = fm_input_x(g);
    if (is_image)
        x = fm_reshape(g, x, image_height, image_width, n_channels);
    struct fm_node h = layer(g, x, width, is_image);
    for (int64_t i = 0; i < o->n_blocks; i++) {
        struct fm_node inner = fm_activation(g, layer(g, h, width, is_image), f);
        inner = fm_add(g, inner, fm_linear(g, condition, width)); /* at each pixel */
        h = fm_add(g, h, layer(g, inner, width, is_image));
    }
    h = fm_add(g, h, fm_linear(g, condition, width));
    /* Exactly one output, of as many entries as a sample has coordinates. */
    fm_output(g, layer(g, fm_activation(g, h, f), is_image ? n_channels : fm_sample_dim(g),
                       is_image));
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
