#include <config.h>

#include "host/plugin_check.h"

#include "base/error.h"
#include "config/options_check.h"
#include "host/kind.h"
#include "host/solver.h"

#include <string.h>

/* ---- what a table must have: NULL, or what it lacks ---- */

static bool one_of(bool a, bool b)
{
    return a != b;
}

static const char *network_lacks(const struct fm_network_ops *o)
{
    return !one_of(o->build, o->evaluate) ? "exactly one of build and evaluate"
           : o->evaluate && !o->prepare   ? "prepare"
                                          : NULL;
}

static const char *path_lacks(const struct fm_path_ops *o)
{
    return one_of(o->coefficients, o->draw) ? NULL : "exactly one of coefficients and draw";
}

static const char *dataset_lacks(const struct fm_dataset_ops *o)
{
    return !o->open                    ? "open"
           : !one_of(o->draw, o->read) ? "exactly one of draw and read"
                                       : NULL;
}

/* See enum fm_metric_reference: densities are measured before there are samples. */
static bool references_combine(unsigned references)
{
    if (references & FM_REFERENCE_DENSITY)
        return (references & ~(unsigned)(FM_REFERENCE_DENSITY | FM_REFERENCE_DATA_DENSITY))
               == 0;
    return !(references & FM_REFERENCE_DATA_DENSITY);
}

static const char *metric_lacks(const struct fm_metric_ops *o)
{
    return !o->measure ? "measure"
           : !references_combine(o->references)
               ? "references that combine: FM_REFERENCE_DENSITY goes with "
                 "FM_REFERENCE_DATA_DENSITY alone, and that needs it"
               : NULL;
}

static const char *plugin_lacks(const struct fm_plugin *p)
{
    switch (p->kind) {
    case FM_NETWORK:
        return network_lacks(p->network);
    case FM_PATH:
        return path_lacks(p->path);
    case FM_DATASET:
        return dataset_lacks(p->dataset);
    case FM_METRIC:
        return metric_lacks(p->metric);
    case FM_COUPLING:
    case FM_SOLVER:
    case FM_N_KINDS:
        break;
    }
    return NULL;
}

/* ---- tables shorter than this fmrun's ---- */

static enum fm_status check_size(size_t size, size_t full, const char *type,
                                 const char *file, struct fm_error *err)
{
    if (size > full)
        return fm_fail(err, FM_ERROR_PLUGIN,
                       "%s: struct %s has %zu bytes, this fmrun's has %zu; build it again "
                       "against this fmrun's headers",
                       file, type, size, full);
    return FM_OK;
}

/* Replaces the table of p's kind by one of this fmrun's size, with zeros after the plugin's part. */
static enum fm_status complete_operations(struct fm_arena *arena, struct fm_plugin *p,
                                          const char *file, struct fm_error *err)
{
#define PLACE(kind)                                                                        \
    {                                                                                      \
        "fm_" #kind "_ops", offsetof(struct fm_plugin, kind), sizeof *p->kind              \
    }
    static const struct {
        const char *type;
        size_t offset, size;
    } places[FM_N_KINDS] = {PLACE(network), PLACE(path),    PLACE(coupling),
                            PLACE(solver),  PLACE(dataset), PLACE(metric)};
#undef PLACE
    char *pointer = (char *)p + places[p->kind].offset;
    const size_t *table; /* begins with its size */
    memcpy(&table, pointer, sizeof table);
    if (!table)
        return fm_fail(err, FM_ERROR_PLUGIN, "%s has no operations of kind %s", file,
                       fm_kind_name(p->kind));
    FM_TRY(check_size(*table, places[p->kind].size, places[p->kind].type, file, err));
    void *whole = fm_arena_take(arena, 1, places[p->kind].size);
    if (!whole)
        return fm_out_of_memory(err);
    memcpy(whole, table, *table);
    memcpy(pointer, &whole, sizeof whole);
    return FM_OK;
}

static enum fm_status check_header(const struct fm_plugin *p, const char *file,
                                   struct fm_error *err)
{
    if (p->magic != FM_PLUGIN_MAGIC)
        return fm_fail(
            err, FM_ERROR_PLUGIN,
            "%s is not an fmrun plugin: its magic is 0x%llx, not 0x%llx; begin the "
            "object with FM_PLUGIN_HEADER",
            file, (unsigned long long)p->magic, (unsigned long long)FM_PLUGIN_MAGIC);
    if (p->abi != FM_PLUGIN_ABI)
        return fm_fail(
            err, FM_ERROR_PLUGIN,
            "%s was built for plugin ABI %u, this fmrun has ABI %u; build it again "
            "against this fmrun's headers",
            file, p->abi, FM_PLUGIN_ABI);
    return FM_OK;
}

static enum fm_status check_identity(const struct fm_plugin *p, enum fm_kind kind,
                                     const char *name, const char *file,
                                     struct fm_error *err)
{
    if (p->kind != kind)
        return fm_fail(err, FM_ERROR_PLUGIN,
                       "%s is in the folder of %s plugins, but its kind is %s", file,
                       fm_kind_name(kind),
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

enum fm_status fm_plugin_check(struct fm_arena *arena, const struct fm_plugin *exported,
                               enum fm_kind kind, const char *name,
                               struct fm_loaded *loaded, struct fm_error *err)
{
    const char *file = loaded->file;
    FM_TRY(check_header(exported, file, err));
    FM_TRY(check_size(exported->size, sizeof *exported, "fm_plugin", file, err));
    struct fm_plugin *p = FM_NEW(arena, 1, struct fm_plugin);
    if (!p)
        return fm_out_of_memory(err);
    memcpy(p, exported, exported->size);
    FM_TRY(check_identity(p, kind, name, file, err));
    FM_TRY(complete_operations(arena, p, file, err));
    const char *missing = plugin_lacks(p);
    if (missing)
        return fm_fail(err, FM_ERROR_PLUGIN, "%s must have %s", file, missing);
    char mistake[FM_TABLEAU_TEXT];
    /* With neither step nor tableau, prepare gives the tableau. */
    if (kind == FM_SOLVER
        && (!p->solver->prepare || p->solver->step || p->solver->scheme.tableau)
        && fm_scheme_mistake(&p->solver->scheme, p->solver, mistake))
        return fm_fail(err, FM_ERROR_PLUGIN, "%s: %s", file, mistake);
    if (p->options)
        FM_TRY(fm_options_check(p->options, p->options_size, file, err));
    loaded->plugin = p;
    return FM_OK;
}
