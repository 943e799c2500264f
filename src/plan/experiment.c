#include <config.h>

#include "plan/experiment.h"

#include "base/error.h"
#include "plan/sections.h"

#include <string.h>

const char *const fm_experiment_keys[] = {
    "name",     "seeds", "source", "data",    "split",   "network", "path",
    "coupling", "train", "sample", "solvers", "metrics", NULL};

#define AT(member) offsetof(struct fm_experiment, member)
const struct fm_plugin_section fm_plugin_sections[] = {
    {"source", FM_DATASET, "gaussian", AT(source)},
    {"data", FM_DATASET, NULL, AT(data)},
    {"network", FM_NETWORK, "mlp", AT(network)},
    {"path", FM_PATH, "linear", AT(path)},
    {"coupling", FM_COUPLING, "independent", AT(coupling)},
};
#undef AT

bool fm_experiment_needs(const struct fm_experiment *e, enum fm_metric_reference reference)
{
    for (size_t i = 0; i < e->n_metrics; i++)
        if (e->metrics[i].loaded->plugin->metric->references & (unsigned)reference)
            return true;
    return false;
}

bool fm_experiment_is_trained(const struct fm_experiment *e)
{
    return e->network.loaded->plugin->network->build != NULL;
}

/* ---- one component ---- */

enum fm_status fm_component_load(struct fm_registry *registry, enum fm_kind kind,
                                 const struct fm_yaml *node, const char *default_name,
                                 const struct fm_loaded **loaded, struct fm_error *err)
{
    const struct fm_yaml *name_node = node;
    const char *name = default_name;
    if (node && node->kind == FM_YAML_MAP) {
        name_node = fm_yaml_find(node, "plugin");
        if (!name_node && !default_name)
            return fm_yaml_fail(err, node,
                                "which %s? add plugin: NAME (`fmrun plugins` lists "
                                "them)",
                                fm_kind_name(kind));
    }
    if (node && node->kind == FM_YAML_LIST)
        return fm_yaml_fail(err, node,
                            "expected one %s, a name or {plugin: NAME, ...}, found a "
                            "list; to try several, use the sweep block",
                            fm_kind_name(kind));
    if (name_node)
        FM_TRY(fm_yaml_string(name_node, "plugin", &name, err));
    struct fm_error why = {0};
    enum fm_status status = fm_registry_load(registry, kind, name, loaded, &why);
    if (status != FM_OK && name_node)
        return fm_yaml_fail(err, name_node, "%s", why.message);
    if (status != FM_OK)
        return fm_fail(err, status, "%s", why.message);
    return FM_OK;
}

static const struct fm_option no_options[] = {{0}};

static const struct fm_option *table_of(const struct fm_loaded *loaded)
{
    return loaded->plugin->options ? loaded->plugin->options : no_options;
}

enum fm_status fm_component_read(struct fm_arena *arena, struct fm_registry *registry,
                                 enum fm_kind kind, const struct fm_yaml *node,
                                 const char *default_name, const char *const *also,
                                 struct fm_component *c, struct fm_error *err)
{
    static const char *const only_plugin[] = {"plugin", NULL};
    FM_TRY(fm_component_load(registry, kind, node, default_name, &c->loaded, err));
    const struct fm_plugin *plugin = c->loaded->plugin;
    void *options = fm_arena_take(arena, 1, plugin->options_size);
    struct fm_text owner = {0};
    fm_text_add(&owner, "%s \"%s\"", fm_kind_name(kind), plugin->name);
    struct fm_yaml name_alone; /* as a map without options, in its place */
    const struct fm_yaml *map = node;
    if (node && node->kind != FM_YAML_MAP) {
        name_alone = *node;
        name_alone.kind = FM_YAML_MAP;
        name_alone.n = 0;
        map = &name_alone;
    }
    enum fm_status status =
        options && !owner.has_failed
            ? fm_options_bind(arena, table_of(c->loaded), plugin->options_size, map,
                              fm_text_bytes(&owner), also ? also : only_plugin, options,
                              err)
            : fm_out_of_memory(err);
    fm_text_fini(&owner);
    c->options = options;
    c->node = node;
    return status;
}

enum fm_status fm_component_solver(struct fm_arena *arena, const struct fm_component *c,
                                   struct fm_solver *solver, struct fm_error *err)
{
    struct fm_error why = {0};
    enum fm_status status =
        fm_solver_open(arena, c->loaded->plugin, c->options, solver, &why);
    if (status == FM_OK)
        return FM_OK;
    if (status == FM_ERROR_MEMORY || !c->node)
        return fm_fail(err, status, "%s", why.message);
    (void)fm_yaml_fail(err, c->node, "%s", why.message);
    err->status = status;
    return status;
}

/* ---- top level ---- */

static enum fm_status check_keys(const struct fm_yaml *root, struct fm_error *err)
{
    for (size_t i = 0; i < root->n; i++) {
        const char *key = root->keys[i]->text;
        bool is_known = false;
        for (size_t j = 0; fm_experiment_keys[j]; j++)
            is_known = is_known || strcmp(key, fm_experiment_keys[j]) == 0;
        if (is_known)
            continue;
        const char *nearest = fm_nearest(key, fm_experiment_keys, (size_t)-1);
        return fm_yaml_fail(
            err, root->keys[i], "unknown key \"%s\"%s%s%s", key,
            nearest ? "; did you mean \"" : "", nearest ? nearest : "",
            nearest ? "\"?"
                    : "; a config has name, seeds, source, data, split, network, path, "
                      "coupling, train, sample, solvers, metrics, sweep");
    }
    return FM_OK;
}

static enum fm_status read_name(const struct fm_yaml *root, const char **name,
                                struct fm_error *err)
{
    const struct fm_yaml *node = fm_yaml_find(root, "name");
    if (!node)
        return fm_yaml_fail(err, root, "the experiment needs a name: name: my_experiment");
    FM_TRY(fm_yaml_string(node, "name", name, err));
    size_t n = strlen(*name);
    if (n == 0 || n > 100
        || strspn(*name,
                  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.")
               != n)
        return fm_yaml_fail(err, node, "a name has 1 to 100 letters, digits, _, - or .");
    return FM_OK;
}

enum { MAX_SEEDS = 100000 };

static enum fm_status read_seeds(struct fm_arena *arena, const struct fm_yaml *root,
                                 struct fm_experiment *e, struct fm_error *err)
{
    const struct fm_yaml *node = fm_yaml_find(root, "seeds");
    int64_t count = 1;
    bool is_list = node && node->kind == FM_YAML_LIST;
    if (is_list)
        count = (int64_t)node->n;
    else if (node)
        FM_TRY(fm_yaml_int(node, "seeds", &count, err));
    if (count < 1 || count > MAX_SEEDS)
        return fm_yaml_fail(err, node,
                            "expected a number of seeds in [1, %d], or a list of "
                            "seeds",
                            MAX_SEEDS);
    uint64_t *seeds = FM_NEW(arena, (size_t)count, uint64_t);
    if (!seeds)
        return fm_out_of_memory(err);
    for (size_t i = 0; i < (size_t)count; i++) {
        int64_t seed = (int64_t)i;
        if (is_list)
            FM_TRY(fm_yaml_int(node->items[i], "a seed", &seed, err));
        if (seed < 0)
            return fm_yaml_fail(err, node->items[i], "a seed is not negative");
        seeds[i] = (uint64_t)seed;
        for (size_t j = 0; is_list && j < i; j++)
            if (seeds[j] == seeds[i])
                return fm_yaml_fail(err, node->items[i], "seed %lld stands here twice",
                                    (long long)seed);
    }
    e->seeds = seeds;
    e->n_seeds = (size_t)count;
    return FM_OK;
}

static enum fm_status read_keep(const struct fm_yaml *node, struct fm_sample_options *s,
                                struct fm_error *err)
{
    bool *const flags[] = {&s->keep_x0, &s->keep_x1, &s->keep_trajectory};
    if (!node)
        return FM_OK;
    if (node->kind != FM_YAML_LIST)
        return fm_yaml_fail(err, node, "expected a list out of [x0, x1, trajectory]");
    for (size_t i = 0; i < node->n; i++) {
        const char *name;
        size_t k = 0;
        FM_TRY(fm_yaml_string(node->items[i], "keep", &name, err));
        while (fm_keep_names[k] && strcmp(fm_keep_names[k], name) != 0)
            k++;
        if (!fm_keep_names[k])
            return fm_yaml_fail(err, node->items[i],
                                "can't keep \"%s\"; expected x0, x1 or "
                                "trajectory",
                                name);
        *flags[k] = true;
    }
    return FM_OK;
}

static enum fm_status read_exact(struct fm_arena *arena, struct fm_registry *registry,
                                 const struct fm_yaml *node, struct fm_experiment *e,
                                 struct fm_error *err)
{
    FM_TRY(fm_component_read(arena, registry, FM_NETWORK, node, FM_EXACT_NETWORK, NULL,
                             &e->exact, err));
    if (!e->exact.loaded->plugin->network->evaluate)
        return fm_yaml_fail(err, node,
                            "the exact velocity must be a closed form, as oracle "
                            "is; \"%s\" is trained",
                            e->exact.loaded->plugin->name);
    return FM_OK;
}

/* Of the path that training has nothing is left to change. */
static enum fm_status read_sample_path(struct fm_arena *arena, struct fm_registry *registry,
                                       const struct fm_yaml *node, struct fm_experiment *e,
                                       struct fm_error *err)
{
    struct fm_component c = {0};
    struct fm_text to = {0}, from = {0};
    if (!node)
        return FM_OK;
    FM_TRY(fm_component_read(arena, registry, FM_PATH, node, NULL, NULL, &c, err));
    const struct fm_component *const parts[] = {&e->path, &c};
    for (size_t i = 0; i < 2; i++)
        if (!parts[i]->loaded->plugin->path->coefficients)
            return fm_yaml_fail(err, node,
                                "only paths of the form alpha(t) x1 + sigma(t) x0 can be "
                                "changed into another; \"%s\" is none",
                                parts[i]->loaded->plugin->name);
    enum fm_status status = fm_component_text(&from, &e->path, true, err);
    if (status == FM_OK)
        status = fm_component_text(&to, &c, true, err);
    if (status == FM_OK && strcmp(fm_text_bytes(&from), fm_text_bytes(&to)) != 0)
        e->sample_path = c;
    fm_text_fini(&from);
    fm_text_fini(&to);
    return status;
}

/* Of the first average nothing is to be said: it is what is sampled anyway. */
static enum fm_status read_average(const struct fm_yaml *node, struct fm_experiment *e,
                                   struct fm_error *err)
{
    const struct fm_reals *kept = &e->train.ema;
    struct fm_reals *asked = &e->sample.ema;
    if (asked->n == 0)
        return FM_OK;
    if (!fm_experiment_is_trained(e))
        return fm_yaml_fail(err, node, "a closed form has no weights to average");
    while (e->average < kept->n && kept->values[e->average] != asked->values[0])
        e->average++;
    if (asked->n > 1 || e->average == kept->n)
        return fm_yaml_fail(err, node, "expected one of the numbers in train.ema");
    asked->n = e->average > 0 ? 1 : 0;
    return FM_OK;
}

static enum fm_status check_weights(const struct fm_yaml *node,
                                    const struct fm_experiment *e, struct fm_error *err)
{
    if (e->sample.weights == FM_WEIGHTS_LAST)
        return FM_OK;
    if (!fm_experiment_is_trained(e))
        return fm_yaml_fail(err, node, "a closed form has no weights to choose from");
    if (e->train.validate_every == 0)
        return fm_yaml_fail(err, node,
                            "which weights are best is not known without "
                            "train.validate_every");
    return FM_OK;
}

static enum fm_status read_sample(struct fm_arena *arena, struct fm_registry *registry,
                                  const struct fm_yaml *root, struct fm_experiment *e,
                                  struct fm_error *err)
{
    static const char *const also[] = {"keep", "path", "reference", "exact", NULL};
    static const char *const host_keys[] = {"plugin", "rtol", "atol", "max_evaluations",
                                            NULL};
    const struct fm_yaml *node = fm_yaml_find(root, "sample");
    struct fm_sample_options *s = &e->sample;
    FM_TRY(
        fm_options_bind(arena, fm_sample_table, sizeof *s, node, "sample", also, s, err));
    e->labels = fm_yaml_find(node, "labels");
    FM_TRY(read_keep(fm_yaml_find(node, "keep"), s, err));
    FM_TRY(read_average(fm_yaml_find(node, "ema"), e, err));
    FM_TRY(check_weights(fm_yaml_find(node, "weights"), e, err));
    FM_TRY(read_sample_path(arena, registry, fm_yaml_find(node, "path"), e, err));
    FM_TRY(read_exact(arena, registry, fm_yaml_find(node, "exact"), e, err));
    const struct fm_yaml *reference = fm_yaml_find(node, "reference");
    FM_TRY(fm_component_read(arena, registry, FM_SOLVER, reference, FM_REFERENCE_SOLVER,
                             host_keys, &e->reference_solver, err));
    const struct fm_plugin *solver = e->reference_solver.loaded->plugin;
    FM_TRY(fm_component_solver(arena, &e->reference_solver, &e->reference_ready, err));
    if (!fm_solver_is_adaptive(&e->reference_ready))
        return fm_yaml_fail(err, reference,
                            "the reference solver must control its step, as "
                            "dopri5 does; \"%s\" can't",
                            solver->name);
    const char *plugin_keys[66] = {"plugin"};
    size_t n = 1;
    for (const struct fm_option *o = solver->options; o && o->name && n < 65; o++)
        plugin_keys[n++] = o->name;
    FM_TRY(fm_options_bind(arena, fm_reference_table, sizeof e->reference,
                           reference && reference->kind == FM_YAML_MAP ? reference : NULL,
                           "sample.reference", plugin_keys, &e->reference, err));
    double tolerance = fm_experiment_is_trained(e) ? 1e-6 : 1e-12;
    if (e->reference.rtol == 0)
        e->reference.rtol = tolerance;
    if (e->reference.atol == 0)
        e->reference.atol = e->reference.rtol;
    return FM_OK;
}

/* Rows that nobody looks at are withheld from training for nothing. */
static enum fm_status check_validation_rows(const struct fm_experiment *e,
                                            struct fm_error *err)
{
    if (e->split.validation == 0 || e->train.validate_every > 0)
        return FM_OK;
    if (!fm_experiment_is_trained(e))
        return fm_yaml_fail(
            err, fm_yaml_find(e->split_node, "validation"),
            "a closed form is not trained, and needs no rows for validation");
    return fm_yaml_fail(err, fm_yaml_find(e->split_node, "validation"),
                        "rows for validation have no effect without train.validate_every");
}

/* Metrics compare samples with as many rows. */
static enum fm_status check_test_rows(const struct fm_yaml *root,
                                      const struct fm_experiment *e, struct fm_error *err)
{
    if (e->split.test == 0 || e->sample.count <= e->split.test
        || !(fm_experiment_needs(e, FM_REFERENCE_DATA)
             || fm_experiment_needs(e, FM_REFERENCE_DENSITY)))
        return FM_OK;
    const struct fm_yaml *count = fm_yaml_find(fm_yaml_find(root, "sample"), "count");
    return fm_yaml_fail(
        err, count ? count : e->split_node,
        "%lld samples are to be compared with as many rows of data, and "
        "split.test keeps %lld; make sample.count smaller or split.test larger",
        (long long)e->sample.count, (long long)e->split.test);
}

static enum fm_status read_metrics(struct fm_arena *arena, struct fm_registry *registry,
                                   const struct fm_yaml *root, struct fm_experiment *e,
                                   struct fm_error *err)
{
    const struct fm_yaml *node = fm_yaml_find(root, "metrics");
    if (!node)
        return FM_OK;
    if (node->kind != FM_YAML_LIST)
        return fm_yaml_fail(err, node, "expected a list of metrics, as in [w2, energy]");
    e->metrics = FM_NEW(arena, node->n, struct fm_component);
    if (!e->metrics)
        return fm_out_of_memory(err);
    for (size_t i = 0; i < node->n; i++)
        FM_TRY(fm_component_read(arena, registry, FM_METRIC, node->items[i], NULL, NULL,
                                 &e->metrics[e->n_metrics++], err));
    if (e->n_metrics > 0 && e->n_methods == 0)
        return fm_yaml_fail(err, node, "metrics need samples: add solvers");
    return FM_OK;
}

enum fm_status fm_experiment_read(struct fm_arena *arena, struct fm_registry *registry,
                                  const struct fm_yaml *root, struct fm_experiment *e,
                                  struct fm_error *err)
{
    *e = (struct fm_experiment){0};
    FM_TRY(check_keys(root, err));
    FM_TRY(read_name(root, &e->name, err));
    FM_TRY(read_seeds(arena, root, e, err));
    for (size_t i = 0; i < FM_N_PLUGIN_SECTIONS; i++) {
        const struct fm_plugin_section *s = &fm_plugin_sections[i];
        const struct fm_yaml *node = fm_yaml_find(root, s->key);
        if (!node && !s->default_name)
            return fm_yaml_fail(err, root,
                                "what is to be learned? add %s: {plugin: NAME} "
                                "(`fmrun plugins` lists them)",
                                s->key);
        FM_TRY(fm_component_read(arena, registry, s->kind, node, s->default_name, NULL,
                                 (struct fm_component *)(void *)((char *)e + s->offset),
                                 err));
    }
    e->split_node = fm_yaml_find(root, "split");
    FM_TRY(fm_options_bind(arena, fm_split_table, sizeof e->split, e->split_node, "split",
                           NULL, &e->split, err));
    FM_TRY(fm_train_read(arena, root, e, err));
    FM_TRY(check_validation_rows(e, err));
    FM_TRY(read_sample(arena, registry, root, e, err));
    FM_TRY(fm_methods_read(arena, registry, root, e, err));
    FM_TRY(read_metrics(arena, registry, root, e, err));
    return check_test_rows(root, e, err);
}
