/* The contract between fmrun and its plugins.
 *
 * A plugin is a shared object NAME.so in the folder KIND of a plugin path, exporting
 * exactly one symbol, a const data object:
 *
 *     const struct fm_plugin fmrun_plugin = {
 *         FM_PLUGIN_HEADER, .kind = FM_SOLVER, .name = "rk4", .version = 1,
 *         .summary = "...", .source = "Kutta 1901, ...", .solver = &rk4_ops};
 *
 * Life cycle: fmrun opens the file, checks magic, abi, sizes, kind, name and required
 * operations, and never closes it.  Options are parsed into a zeroed block of options_size
 * bytes, which is read-only afterwards and outlives every call that gets it.
 *
 * A plugin MUST NOT keep globals that change, start threads, use OpenMP, print, or exit; it
 * owns nothing: memory comes from fmrun/services.h.  Its version MUST grow with every
 * change that alters results: name and version are part of the key of a run.
 *
 * Within one ABI number structs grow at their end only, and only these:
 *   - those that fmrun fills or zeroes and hands over by pointer: fm_services, fm_graph_ops,
 *     fm_dataset, fm_problem, fm_closed_form, fm_coupling_batch, fm_coupling_report, fm_step,
 *     fm_ivp, fm_measurement, fm_estimate;
 *   - those that begin with `size`: fm_plugin and the operations of each kind.  fmrun takes a
 *     shorter one as one whose last members are zero, and refuses a longer one.
 * All others are fixed: they are embedded in these (fm_scheme, fm_coupling_scheme), stand
 * in arrays (fm_option, fm_path_point, fm_path_bridge), or are the plugin's own
 * (fm_tableau, fm_mixture, fm_density_request, fm_density_answer).  So a plugin runs with
 * the fmrun whose headers it was built with, and with every later one of that ABI. */
#ifndef FM_FMRUN_PLUGIN_H
#define FM_FMRUN_PLUGIN_H

#include <fmrun/coupling.h>
#include <fmrun/dataset.h>
#include <fmrun/metric.h>
#include <fmrun/network.h>
#include <fmrun/option.h>
#include <fmrun/path.h>
#include <fmrun/solver.h>

#define FM_PLUGIN_MAGIC 0x6e75726d66u /* "fmrun" */
#define FM_PLUGIN_ABI 7u
#define FM_PLUGIN_HEADER                                                                   \
    .magic = FM_PLUGIN_MAGIC, .abi = FM_PLUGIN_ABI, .size = sizeof(struct fm_plugin)

enum fm_kind {
    FM_NETWORK,
    FM_PATH,
    FM_COUPLING,
    FM_SOLVER,
    FM_DATASET,
    FM_METRIC,
    FM_N_KINDS
};
#define FM_KIND_NAMES                                                                      \
    {                                                                                      \
        "network", "path", "coupling", "solver", "dataset", "metric", NULL                 \
    }

struct fm_plugin {
    uint64_t magic;
    uint32_t abi;
    uint32_t size;
    enum fm_kind kind;
    const char *name;                /* [a-z0-9_]+, equal to the file's name without .so */
    unsigned version;                /* from 1 */
    const char *summary;             /* one line, no full stop */
    const char *source;              /* paper and equation, or NULL */
    const struct fm_option *options; /* ends with a row without a name; NULL: no options */
    size_t options_size;
    /* The operations of the plugin's kind; the others are NULL. */
    const struct fm_network_ops *network;
    const struct fm_path_ops *path;
    const struct fm_coupling_ops *coupling;
    const struct fm_solver_ops *solver;
    const struct fm_dataset_ops *dataset;
    const struct fm_metric_ops *metric;
};

/* Each plugin defines it, and exports no other symbol. */
#if defined(__GNUC__)
__attribute__((visibility("default")))
#endif
extern const struct fm_plugin fmrun_plugin;

#endif
