/* What a plugin promises, checked before anything of it is called. */
#include <config.h>

#include "config/options.h"
#include "host/registry.h"
#include "host/solver.h"

#include <string.h>

/* The size an operations table declares, and what the contract demands of it. */
struct demands {
    bool is_present;
    size_t size, expected_size;
    const char *missing; /* NULL: complete */
};

static bool one_of(bool a, bool b)
{
    return a != b;
}

static struct demands network_demands(const struct fm_network_ops *o)
{
    if (!o)
        return (struct demands){0};
    return (struct demands){true, o->size, sizeof *o,
                            !one_of(o->build, o->evaluate)
                                ? "exactly one of build and evaluate"
                            : o->evaluate && !o->prepare ? "prepare"
                                                         : NULL};
}

static struct demands path_demands(const struct fm_path_ops *o)
{
    if (!o)
        return (struct demands){0};
    return (struct demands){
        true, o->size, sizeof *o,
        one_of(o->coefficients, o->draw) ? NULL : "exactly one of coefficients and draw"};
}

static struct demands solver_demands(const struct fm_solver_ops *o)
{
    if (!o)
        return (struct demands){0};
    return (struct demands){true, o->size, sizeof *o, NULL};
}

static struct demands dataset_demands(const struct fm_dataset_ops *o)
{
    if (!o)
        return (struct demands){0};
    return (struct demands){true, o->size, sizeof *o,
                            !o->open                    ? "open"
                            : !one_of(o->draw, o->read) ? "exactly one of draw and read"
                                                        : NULL};
}

/* See enum fm_metric_reference: densities are measured before there are samples. */
static bool references_combine(unsigned references)
{
    if (references & FM_REFERENCE_DENSITY)
        return (references & ~(unsigned)(FM_REFERENCE_DENSITY | FM_REFERENCE_DATA_DENSITY))
               == 0;
    return !(references & FM_REFERENCE_DATA_DENSITY);
}

static struct demands metric_demands(const struct fm_metric_ops *o)
{
    if (!o)
        return (struct demands){0};
    return (struct demands){true, o->size, sizeof *o,
                            !o->measure ? "measure"
                            : !references_combine(o->references)
                                ? "references that combine: FM_REFERENCE_DENSITY goes with "
                                  "FM_REFERENCE_DATA_DENSITY alone, and that needs it"
                                : NULL};
}

static struct demands coupling_demands(const struct fm_coupling_ops *o)
{
    if (!o)
        return (struct demands){0};
    return (struct demands){true, o->size, sizeof *o, NULL};
}

static struct demands demands_of(const struct fm_plugin *p)
{
    switch (p->kind) {
    case FM_NETWORK:
        return network_demands(p->network);
    case FM_PATH:
        return path_demands(p->path);
    case FM_COUPLING:
        return coupling_demands(p->coupling);
    case FM_SOLVER:
        return solver_demands(p->solver);
    case FM_DATASET:
        return dataset_demands(p->dataset);
    case FM_METRIC:
        return metric_demands(p->metric);
    case FM_N_KINDS:
        break;
    }
    return (struct demands){0};
}

static enum fm_status check_header(const struct fm_plugin *p, enum fm_kind kind,
                                   const char *name, const char *file, struct fm_error *err)
{
    if (p->magic != FM_PLUGIN_MAGIC)
        return fm_fail(err, FM_ERROR_PLUGIN,
                       "%s is no fmrun plugin: its magic is 0x%llx, not 0x%llx; begin the "
                       "object with FM_PLUGIN_HEADER",
                       file, (unsigned long long)p->magic,
                       (unsigned long long)FM_PLUGIN_MAGIC);
    if (p->abi != FM_PLUGIN_ABI)
        return fm_fail(
            err, FM_ERROR_PLUGIN,
            "%s was built for plugin ABI %u, this fmrun has ABI %u; build it again "
            "against this fmrun's headers",
            file, p->abi, FM_PLUGIN_ABI);
    if (p->size != sizeof *p)
        return fm_fail(err, FM_ERROR_PLUGIN,
                       "%s: struct fm_plugin has %u bytes, this fmrun's has %zu; build it "
                       "again against this fmrun's headers",
                       file, p->size, sizeof *p);
    if (p->kind != kind)
        return fm_fail(err, FM_ERROR_PLUGIN,
                       "%s lies in the folder of %s plugins but says "
                       "that it is of kind %s",
                       file, fm_kind_name(kind),
                       p->kind < FM_N_KINDS ? fm_kind_name(p->kind) : "unknown");
    if (!p->name || strcmp(p->name, name) != 0)
        return fm_fail(err, FM_ERROR_PLUGIN,
                       "%s calls itself \"%s\"; file and name must agree", file,
                       p->name ? p->name : "(null)");
    if (p->version == 0 || !p->summary)
        return fm_fail(err, FM_ERROR_PLUGIN, "%s lacks its %s", file,
                       p->version == 0 ? "version (from 1)" : "summary");
    return FM_OK;
}

enum fm_status fm_plugin_check(const struct fm_plugin *p, enum fm_kind kind,
                               const char *name, const char *file, struct fm_error *err)
{
    FM_TRY(check_header(p, kind, name, file, err));
    struct demands d = demands_of(p);
    if (!d.is_present)
        return fm_fail(err, FM_ERROR_PLUGIN, "%s has no operations of kind %s", file,
                       fm_kind_name(kind));
    if (d.size != d.expected_size)
        return fm_fail(err, FM_ERROR_PLUGIN,
                       "%s: struct fm_%s_ops has %zu bytes, this fmrun's has %zu; build it "
                       "again against this fmrun's headers",
                       file, fm_kind_name(kind), d.size, d.expected_size);
    if (d.missing)
        return fm_fail(err, FM_ERROR_PLUGIN, "%s must have %s", file, d.missing);
    char mistake[FM_TABLEAU_TEXT];
    /* without step and tableau, the tableau comes with the options */
    if (kind == FM_SOLVER
        && (!p->solver->prepare || p->solver->step || p->solver->scheme.tableau)
        && fm_scheme_mistake(&p->solver->scheme, p->solver, mistake))
        return fm_fail(err, FM_ERROR_PLUGIN, "%s: %s", file, mistake);
    if (p->options)
        FM_TRY(fm_options_check(p->options, p->options_size, file, err));
    return FM_OK;
}
