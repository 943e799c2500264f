/* A multilayer perceptron: [x, features of t, vector of the label] -> hidden layers -> v. */
#include <fmrun/plugin.h>

struct mlp_options {
    struct fm_ints hidden;
    int activation;
    int time;
    int64_t n_frequencies, label_width;
};

static const char *const activations[] = FM_ACTIVATION_NAMES;
static const char *const times[] = FM_TIME_NAMES;

/* clang-format off */
static const struct fm_option options[] = {
    {"hidden",        FM_INTS,   offsetof(struct mlp_options, hidden),        "[64, 64, 64]",
     .minimum = 1, .maximum = 65536, .unit = "units", .help = "width of each hidden layer"},
    {"activation",    FM_CHOICE, offsetof(struct mlp_options, activation),    "silu",
     .choices = activations, .help = "function after each hidden layer"},
    {"time",          FM_CHOICE, offsetof(struct mlp_options, time),          "raw",
     .choices = times, .help = "how t enters: raw, or raw with cosines and sines of it"},
    {"n_frequencies", FM_INT,    offsetof(struct mlp_options, n_frequencies), "8",
     .minimum = 1, .maximum = 4096, .help = "frequencies of sinusoidal and fourier time features"},
    {"label_width",   FM_INT,    offsetof(struct mlp_options, label_width),   "0",
     .minimum = 0, .maximum = 65536, .unit = "units", .flags = FM_OPTION_LATER,
     .help = "width of a learned vector for each label, an input like x and t; 0: v ignores "
             "labels"},
    {0}};
/* clang-format on */

static void build(const void *block, struct fm_graph *g)
{
    const struct mlp_options *o = block;
    struct fm_node h = fm_concat(g, fm_input_x(g), fm_time(g, FM_TIME_RAW, 0));
    if (o->time != FM_TIME_RAW)
        h = fm_concat(g, h,
                      fm_time(g, (enum fm_time_features)o->time, (size_t)o->n_frequencies));
    if (o->label_width > 0)
        h = fm_concat(g, h, fm_label(g, (size_t)o->label_width));
    for (size_t i = 0; i < o->hidden.n; i++)
        h = fm_activation(g, fm_linear(g, h, (size_t)o->hidden.values[i]),
                          (enum fm_activation)o->activation);
    fm_output(g, fm_linear(g, h, fm_sample_dim(g)));
}

static const struct fm_network_ops ops = {.size = sizeof ops, .build = build};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_NETWORK,
    .name = "mlp",
    .version = 1,
    .summary = "multilayer perceptron on x and t",
    .source =
        "as in Tong et al. 2024, arXiv:2302.00482, app. E.1 (three hidden layers of 64, "
        "selu, raw t)",
    .options = options,
    .options_size = sizeof(struct mlp_options),
    .network = &ops,
};
