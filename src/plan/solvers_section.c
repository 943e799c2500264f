#include <config.h>

#include "plan/solvers_section.h"

#include "base/error.h"
#include "config/document.h"
#include "config/document_error.h"
#include "config/option_default.h"
#include "config/options.h"
#include "config/yaml_value.h"
#include "host/call.h"
#include "plan/grid.h"

#include <string.h>

/* ---- which options an entry has ---- */

static const struct fm_yaml *find_key(const struct fm_yaml *entry, const char *name)
{
    for (size_t i = 0; i < (entry->kind == FM_YAML_MAP ? entry->n : 0); i++)
        if (strcmp(entry->keys[i]->text, name) == 0)
            return entry->keys[i];
    return NULL;
}

/* The first key of the entry that is in table but not in other. */
static const struct fm_yaml *key_of(const struct fm_yaml *entry,
                                    const struct fm_option *table,
                                    const struct fm_option *other)
{
    for (const struct fm_option *o = table; o->name; o++) {
        bool is_shared = false;
        for (const struct fm_option *p = other; p->name; p++)
            is_shared = is_shared || strcmp(p->name, o->name) == 0;
        const struct fm_yaml *key = find_key(entry, o->name);
        if (key && !is_shared)
            return key;
    }
    return NULL;
}

/* The host's options of an entry: those of a grid where it has steps or times, else those of step
 * control. */
static const struct fm_option *method_table(const struct fm_yaml *entry)
{
    return find_key(entry, "steps") || find_key(entry, "times") ? fm_fixed_table
                                                                : fm_adaptive_table;
}

/* Refuses options that would have no effect on this solver. */
static enum fm_status check_options(const struct fm_yaml *entry, const struct fm_method *m,
                                    struct fm_error *err)
{
    const struct fm_yaml *adaptive = key_of(entry, fm_adaptive_table, fm_fixed_table);
    const struct fm_yaml *fixed = key_of(entry, fm_fixed_table, fm_adaptive_table);
    const struct fm_yaml *steps = find_key(entry, "steps"),
                         *times = find_key(entry, "times");
    const char *name = m->solver.loaded->plugin->name;
    bool is_fixed = steps || times;
    if (adaptive && !fm_solver_is_adaptive(&m->ready))
        return fm_yaml_fail(err, adaptive,
                            "%s has no effect on the solver \"%s\", which can't "
                            "control its step; give it steps",
                            adaptive->text, name);
    if (adaptive && is_fixed)
        return fm_yaml_fail(err, adaptive,
                            "%s has no effect with a fixed number of steps; "
                            "leave out one of the two",
                            adaptive->text);
    if (!is_fixed && !fm_solver_is_adaptive(&m->ready))
        return fm_yaml_fail(err, entry, "how many steps? add steps: N or a list of N");
    if (!is_fixed && fixed)
        return fm_yaml_fail(err, fixed, "%s has no effect without steps", fixed->text);
    if (steps && times)
        return fm_yaml_fail(err, steps,
                            "steps and times both say how many steps; leave out "
                            "one of the two");
    return FM_OK;
}

static enum fm_status check_step_control(const struct fm_yaml *entry,
                                         const struct fm_method *m, struct fm_error *err)
{
    const struct fm_method_options *o = &m->options;
    const struct fm_yaml *key = o->controller != 0 ? find_key(entry, "controller")
                                : o->control != FM_STEP_OF_ROW ? find_key(entry, "control")
                                                               : NULL;
    if (key && !m->ready.scheme.tableau)
        return fm_yaml_fail(
            err, key,
            "%s has no effect on the solver \"%s\", which has a step control "
            "of its own",
            key->text, m->solver.loaded->plugin->name);
    if (o->min_step > o->max_step)
        return fm_yaml_fail(err, find_key(entry, "min_step"), "min_step is above max_step");
    return FM_OK;
}

/* ---- the grid ---- */

/* Refuses numbers that belong to another grid, except defaults, which a resolved config has. */
static enum fm_status check_grid_options(const struct fm_yaml *entry,
                                         const struct fm_method_options *o,
                                         struct fm_error *err)
{
    static const struct {
        const char *key;
        enum fm_grid grid;
    } numbers[] = {{"grid_shift", FM_GRID_SHIFT},
                   {"grid_rho", FM_GRID_KARRAS},
                   {"grid_sigma_min", FM_GRID_KARRAS},
                   {"grid_sigma_max", FM_GRID_KARRAS}};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        const char *key = numbers[i].key;
        bool is_default;
        FM_TRY(
            fm_option_is_default(fm_option_find(fm_fixed_table, key), o, &is_default, err));
        if (!is_default && o->grid != (int)numbers[i].grid)
            return fm_yaml_fail(err, find_key(entry, key),
                                "%s has no effect without grid: %s", key,
                                fm_grid_names[numbers[i].grid]);
    }
    return FM_OK;
}

static enum fm_status check_times(const struct fm_yaml *entry, struct fm_method *m,
                                  struct fm_error *err)
{
    struct fm_method_options *o = &m->options;
    const struct fm_yaml *list = fm_yaml_find(entry, "times");
    if (o->grid != FM_GRID_UNIFORM)
        return fm_yaml_fail(err, find_key(entry, "grid"),
                            "grid has no effect with times; leave out one of the two");
    if (o->times.n < 2 || o->times.values[0] != 0)
        return fm_yaml_fail(
            err, list,
            "times must start with 0 and have at least two values, as in [0, 0.5, 1]");
    double last = o->times.values[o->times.n - 1];
    if (find_key(entry, "t_end") && o->t_end != last)
        return fm_yaml_fail(err, find_key(entry, "t_end"),
                            "t_end has no effect with times, which end at %g", last);
    o->steps = (int64_t)o->times.n - 1;
    o->t_end = last;
    return FM_OK;
}

static enum fm_status lay_out(struct fm_arena *arena, const struct fm_yaml *entry,
                              struct fm_method *m, struct fm_error *err)
{
    struct fm_method_options *o = &m->options;
    FM_TRY(check_grid_options(entry, o, err));
    if (find_key(entry, "times"))
        FM_TRY(check_times(entry, m, err));
    else if (o->steps < 1)
        return fm_yaml_fail(err, fm_yaml_find(entry, "steps"),
                            "expected at least one step");
    double *times = FM_NEW(arena, (size_t)o->steps + 1, double);
    if (!times)
        return fm_out_of_memory(err);
    fm_grid_fill(o, times);
    for (size_t i = 0; i < (size_t)o->steps; i++)
        if (!(times[i] < times[i + 1]))
            return fm_yaml_fail(
                err, entry,
                "times must rise from step to step: step %zu begins at %.17g "
                "and ends at %.17g",
                i, times[i], times[i + 1]);
    m->times = times;
    return FM_OK;
}

/* ---- one entry ---- */

/* Refuses a solver that computes x1 and x0 from the velocity on a path where it can't at t = 0,
 * where grids begin: on t^2 the velocity of x1 is 0 there. */
static enum fm_status check_start(const struct fm_experiment *e, const struct fm_method *m,
                                  struct fm_error *err)
{
    const struct fm_component *c = e->sample_path.loaded ? &e->sample_path : &e->path;
    const struct fm_plugin *path = c->loaded->plugin;
    const double start = 0;
    struct fm_path_point p;
    if (!m->ready.scheme.needs)
        return FM_OK;
    fm_call_begin(path->kind, path->name, "coefficients");
    path->path->coefficients(c->options, 1, &start, &p);
    fm_call_end();
    if (p.d_alpha * p.sigma - p.d_sigma * p.alpha > 0)
        return FM_OK;
    return fm_yaml_fail(err, m->solver.node,
                        "the solver \"%s\" computes x1 and x0 from the velocity, which is "
                        "impossible at t = 0 on the path \"%s\", where alpha' is 0; use "
                        "another path or solver",
                        m->solver.loaded->plugin->name, path->name);
}

/* Checks what the solver needs of the path and the coupling. */
static enum fm_status check_needs(const struct fm_experiment *e, const struct fm_method *m,
                                  struct fm_error *err)
{
    const struct fm_plugin *path = e->path.loaded->plugin,
                           *coupling = e->coupling.loaded->plugin;
    const char *name = m->solver.loaded->plugin->name;
    if (m->ready.scheme.needs && !path->path->coefficients)
        return fm_yaml_fail(err, m->solver.node,
                            "the solver \"%s\" needs a path of the form alpha(t) x1 + "
                            "sigma(t) x0; \"%s\" has another form",
                            name, path->name);
    if ((m->ready.scheme.needs & FM_NEEDS_SCORE) && coupling->coupling->pair)
        return fm_yaml_fail(
            err, m->solver.node,
            "the solver \"%s\" needs the score, which follows from the velocity "
            "only with coupling: independent; found \"%s\"",
            name, coupling->name);
    return check_start(e, m, err);
}

static enum fm_status make_label(struct fm_arena *arena, struct fm_method *m,
                                 const struct fm_yaml *entry, struct fm_error *err)
{
    const struct fm_yaml *node = fm_yaml_find(entry, "label");
    m->label = m->solver.loaded->plugin->name;
    if (node)
        FM_TRY(fm_yaml_string(node, "label", &m->label, err));
    m->label = fm_arena_text(arena, m->label);
    return m->label ? FM_OK : fm_out_of_memory(err);
}

static enum fm_status read_method(const struct fm_reading *r, const struct fm_yaml *entry,
                                  struct fm_method *m, struct fm_error *err)
{
    struct fm_arena *arena = r->arena;
    static const char *const shared_keys[] = {"plugin", "label", NULL};
    const struct fm_option *table = method_table(entry);
    const struct fm_option *const host_tables[] = {fm_fixed_table, fm_adaptive_table, NULL};
    const char *const *host_keys = fm_option_names(arena, shared_keys, host_tables);
    if (!host_keys)
        return fm_out_of_memory(err);
    FM_TRY(fm_component_read(arena, r->registry, FM_SOLVER, entry, NULL, host_keys,
                             &m->solver, err));
    FM_TRY(fm_component_solver(arena, &m->solver, &m->ready, err));
    FM_TRY(check_options(entry, m, err));
    FM_TRY(check_needs(r->experiment, m, err));
    const struct fm_option *const plugin_tables[] = {m->solver.loaded->plugin->options,
                                                     NULL};
    const char *const *plugin_keys = fm_option_names(arena, shared_keys, plugin_tables);
    if (!plugin_keys)
        return fm_out_of_memory(err);
    FM_TRY(fm_options_bind(arena, table, sizeof m->options,
                           entry->kind == FM_YAML_MAP ? entry : NULL, "solvers",
                           plugin_keys, &m->options, err));
    if (table == fm_fixed_table)
        FM_TRY(lay_out(arena, entry, m, err));
    else
        FM_TRY(check_step_control(entry, m, err));
    return make_label(arena, m, entry, err);
}

/* ---- the list ---- */

/* Whether key takes a list as its value; such a list is not expanded. */
static bool takes_list(const struct fm_loaded *loaded, const char *key)
{
    if (strcmp(key, "times") == 0)
        return true;
    for (const struct fm_option *o = loaded->plugin->options; o && o->name; o++)
        if (strcmp(o->name, key) == 0)
            return o->type == FM_INTS || o->type == FM_REALS || o->type == FM_MATRIX;
    return false;
}

enum { MAX_METHODS = 10000 };

static enum fm_status add_method(struct fm_arena *arena, struct fm_experiment *e,
                                 size_t entry, struct fm_method **method,
                                 struct fm_error *err)
{
    if (e->n_methods == e->methods_capacity) {
        size_t capacity = e->methods_capacity ? 2 * e->methods_capacity : 16;
        struct fm_method *grown = FM_NEW(arena, capacity, struct fm_method);
        if (!grown)
            return fm_out_of_memory(err);
        if (e->n_methods)
            memcpy(grown, e->methods, e->n_methods * sizeof *grown);
        e->methods = grown;
        e->methods_capacity = capacity;
    }
    e->methods[e->n_methods].entry = entry;
    *method = &e->methods[e->n_methods++];
    return FM_OK;
}

/* Appends entry to methods, once for each combination of its lists; the last list varies
 * fastest. */
static enum fm_status expand_method(const struct fm_reading *r, struct fm_yaml *entry,
                                    size_t index, size_t from, struct fm_error *err)
{
    struct fm_experiment *e = r->experiment;
    const struct fm_loaded *loaded;
    FM_TRY(fm_component_load(r->registry, FM_SOLVER, entry, NULL, &loaded, err));
    for (size_t i = from; entry->kind == FM_YAML_MAP && i < entry->n; i++) {
        struct fm_yaml *list = entry->items[i];
        if (list->kind != FM_YAML_LIST || takes_list(loaded, entry->keys[i]->text))
            continue;
        if (list->n == 0)
            return fm_yaml_fail(
                err, list, "the list of %s is empty, so there is no solver; add a value",
                entry->keys[i]->text);
        for (size_t j = 0; j < list->n; j++) {
            struct fm_yaml *copy = fm_yaml_clone(r->arena, entry);
            if (!copy)
                return fm_out_of_memory(err);
            copy->items[i] = list->items[j];
            FM_TRY(expand_method(r, copy, index, i + 1, err));
        }
        return FM_OK;
    }
    if (e->n_methods == MAX_METHODS)
        return fm_yaml_fail(err, entry, "more than %d solver settings", MAX_METHODS);
    struct fm_method *method = NULL;
    FM_TRY(add_method(r->arena, e, index, &method, err));
    return read_method(r, entry, method, err);
}

enum fm_status fm_solvers_read(const struct fm_reading *r, const struct fm_part *part,
                               const struct fm_yaml *node, struct fm_error *err)
{
    (void)part;
    if (!node)
        return FM_OK; /* an experiment may train without sampling */
    if (node->kind != FM_YAML_LIST)
        return fm_yaml_fail(err, node,
                            "expected a list of solvers, as in [{plugin: euler, "
                            "steps: [1, 10, 100]}]");
    for (size_t i = 0; i < node->n; i++)
        FM_TRY(expand_method(r, node->items[i], i, 0, err));
    return FM_OK;
}

const struct fm_component *fm_solvers_entry(const struct fm_experiment *e, size_t i)
{
    for (size_t k = 0; k < e->n_methods; k++)
        if (e->methods[k].entry == i)
            return &e->methods[k].solver;
    return NULL;
}

/* steps and times, and t_end and times, exclude each other, so none of them is added. */
enum fm_status fm_solvers_add_defaults(struct fm_arena *arena, struct fm_yaml *entry,
                                       struct fm_error *err)
{
    const bool has_times = fm_yaml_find(entry, "times") != NULL;
    const char *const but[] = {"steps", "times", has_times ? "t_end" : NULL, NULL};
    return fm_options_add_defaults(arena, entry, method_table(entry), ".", but, err);
}
