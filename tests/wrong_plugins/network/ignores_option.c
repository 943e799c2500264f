/* Its second option has no effect, for any value of the first. */
#include "graph.h"

struct options {
    int64_t width, depth;
};

/* clang-format off */
static const struct fm_option options_table[] = {
    {"width", FM_INT, offsetof(struct options, width), "16",
     .minimum = 1, .maximum = 1000, .help = "of both layers"},
    {"depth", FM_INT, offsetof(struct options, depth), "2",
     .minimum = 1, .maximum = 1000, .help = "of nothing"},
    {0}};
/* clang-format on */

static void build(const void *options, struct fm_graph *g)
{
    build_right(g, (size_t)((const struct options *)options)->width, FM_ACTIVATION_SILU);
}

static const struct fm_network_ops ops = {.size = sizeof ops, .build = build};
const struct fm_plugin fmrun_plugin = {FM_PLUGIN_HEADER,
                                       .kind = FM_NETWORK,
                                       .name = "ignores_option",
                                       .version = 1,
                                       .summary = "breaks a promise",
                                       .options = options_table,
                                       .options_size = sizeof(struct options),
                                       .network = &ops};
