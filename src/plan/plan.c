#include <config.h>

#include "plan/plan.h"

#include "base/error.h"
#include "base/log.h"
#include "host/coupling.h"

#include <stdlib.h>
#include <string.h>

/* ---- keys ---- */

/* key = sha256 of what `write` writes; text, unless NULL, becomes a copy of it in arena. */
static enum fm_status seal(struct fm_arena *arena, struct fm_text *text, char *key,
                           const char **copy, struct fm_error *err)
{
    if (text->has_failed)
        return fm_out_of_memory(err);
    fm_hash(fm_text_bytes(text), text->length, key);
    if (copy && !(*copy = fm_arena_text(arena, fm_text_bytes(text))))
        return fm_out_of_memory(err);
    return FM_OK;
}

static bool is_one_of(const char *name, const char *const *names)
{
    while (*names && strcmp(*names, name) != 0)
        names++;
    return *names != NULL;
}

/* Adds "name: value" for each option of the table that is not at its default. */
static enum fm_status add_unusual(struct fm_arena *arena, struct fm_text *text,
                                  const struct fm_option *table, size_t block_bytes,
                                  const void *block, const char *const *left_out,
                                  struct fm_error *err)
{
    void *defaults = fm_arena_take(arena, 1, block_bytes);
    struct fm_text usual = {0}, value = {0};
    if (!defaults)
        return fm_out_of_memory(err);
    for (const struct fm_option *o = table; o && o->name; o++) {
        const struct fm_option alone[] = {*o, {0}};
        fm_text_clear(&usual);
        fm_text_clear(&value);
        fm_option_emit(&value, o, block);
        if (o->default_text) {
            FM_TRY(fm_options_bind(arena, alone, block_bytes, NULL, "solver", NULL,
                                   defaults, err));
            fm_option_emit(&usual, o, defaults);
        }
        if (!is_one_of(o->name, left_out)
            && strcmp(fm_text_bytes(&usual), fm_text_bytes(&value)) != 0)
            fm_text_add(text, "%s%s: %s", text->length ? " " : "", o->name,
                        fm_text_bytes(&value));
    }
    text->has_failed = text->has_failed || usual.has_failed || value.has_failed;
    fm_text_fini(&usual);
    fm_text_fini(&value);
    return FM_OK;
}

/* The solver's own options and the host's, but for those that have a column of their own. */
static enum fm_status method_text(struct fm_arena *arena, struct fm_text *text,
                                  const struct fm_method *m, struct fm_error *err)
{
    static const char *const columns[] = {"steps", "rtol", "atol", NULL};
    static const char *const columns_of_times[] = {"steps", "t_end", NULL};
    const struct fm_plugin *plugin = m->solver.loaded->plugin;
    FM_TRY(add_unusual(arena, text, plugin->options, plugin->options_size,
                       m->solver.options, columns, err));
    return add_unusual(arena, text,
                       m->options.steps > 0 ? fm_fixed_table : fm_adaptive_table,
                       sizeof m->options, &m->options,
                       m->options.times.n > 0 ? columns_of_times : columns, err);
}

static enum fm_status key_samplings(struct fm_arena *arena, struct fm_point *p,
                                    struct fm_text *text, struct fm_error *err)
{
    const struct fm_experiment *e = &p->experiment;
    p->samplings = FM_NEW(arena, e->n_methods, struct fm_plan_sampling);
    if (!p->samplings)
        return fm_out_of_memory(err);
    for (size_t i = 0; i < e->n_methods; i++) {
        struct fm_plan_sampling *s = &p->samplings[i];
        char unused[FM_HASH_SIZE];
        s->method = &e->methods[i];
        fm_text_clear(text);
        FM_TRY(method_text(arena, text, s->method, err));
        FM_TRY(seal(arena, text, unused, &s->method_text, err));
        fm_text_clear(text);
        FM_TRY(fm_experiment_sampling_text(text, e, s->method, err));
        FM_TRY(seal(arena, text, s->key, NULL, err));
        for (size_t j = 0; j < i; j++)
            if (strcmp(p->samplings[j].key, s->key) == 0)
                return fm_yaml_fail(err, s->method->solver.node,
                                    "this solver setting stands here twice");
    }
    return FM_OK;
}

static enum fm_status text_metrics(struct fm_arena *arena, struct fm_point *p,
                                   struct fm_text *text, struct fm_error *err)
{
    const struct fm_experiment *e = &p->experiment;
    p->metrics = FM_NEW(arena, e->n_metrics, struct fm_plan_metric);
    if (!p->metrics)
        return fm_out_of_memory(err);
    for (size_t i = 0; i < e->n_metrics; i++) {
        char unused[FM_HASH_SIZE];
        p->metrics[i].metric = &e->metrics[i];
        fm_text_clear(text);
        FM_TRY(fm_experiment_metric_text(text, e, &e->metrics[i], err));
        FM_TRY(seal(arena, text, unused, &p->metrics[i].text, err));
        for (size_t j = 0; j < i; j++)
            if (strcmp(p->metrics[j].text, p->metrics[i].text) == 0)
                return fm_yaml_fail(err, e->metrics[i].node,
                                    "this metric stands here twice");
    }
    return FM_OK;
}

/* ---- points and runs ---- */

static enum fm_status read_point(struct fm_arena *arena, struct fm_registry *registry,
                                 const struct fm_sweep_point *from, size_t index,
                                 struct fm_point *p, struct fm_text *text,
                                 struct fm_error *err)
{
    struct fm_yaml *resolved;
    p->index = index;
    p->setting = from->setting;
    FM_TRY(fm_experiment_read(arena, registry, from->root, &p->experiment, err));
    FM_TRY(fm_experiment_resolve(arena, registry, from->root, &resolved, err));
    p->resolved = resolved;
    p->runs = FM_NEW(arena, p->experiment.n_seeds, size_t);
    if (!p->runs)
        return fm_out_of_memory(err);
    FM_TRY(key_samplings(arena, p, text, err));
    return text_metrics(arena, p, text, err);
}

enum { MAX_PARENTS = 16 };

static enum fm_status read_plan(struct fm_arena *arena, struct fm_registry *registry,
                                struct fm_plan *plan, const char *const *overrides,
                                size_t n_overrides, struct fm_error *err);

/* Pairs come from the same source, or the flow's x1 are of another distribution; and where they
 * lead is the parent's data, which samples are compared with. */
static enum fm_status check_parent(const struct fm_experiment *e,
                                   const struct fm_experiment *parent, struct fm_text *text,
                                   struct fm_error *err)
{
    const struct {
        const char *name;
        const struct fm_component *ours, *theirs;
    } parts[] = {{"source", &e->source, &parent->source},
                 {"set of data", &e->data, &parent->data}};
    struct fm_text theirs = {0};
    enum fm_status status = FM_OK;
    for (size_t i = 0; status == FM_OK && i < sizeof parts / sizeof *parts; i++) {
        fm_text_clear(text);
        fm_text_clear(&theirs);
        status = fm_component_text(text, parts[i].ours, true, err);
        if (status == FM_OK)
            status = fm_component_text(&theirs, parts[i].theirs, true, err);
        if (status == FM_OK && strcmp(fm_text_bytes(text), fm_text_bytes(&theirs)) != 0)
            status = fm_yaml_fail(err, e->coupling.node, "the parent has another %s: %s",
                                  parts[i].name, fm_text_bytes(&theirs));
    }
    fm_text_fini(&theirs);
    return status;
}

/* The experiment whose flow makes the pairs, where the coupling asks for one.  before: the point
 * before, which may have the same. */
static enum fm_status read_parent(struct fm_arena *arena, struct fm_registry *registry,
                                  unsigned depth, struct fm_point *p,
                                  const struct fm_point *before, struct fm_text *text,
                                  struct fm_error *err)
{
    struct fm_experiment *e = &p->experiment;
    const struct fm_coupling_ops *ops = e->coupling.loaded->plugin->coupling;
    const struct fm_coupling_scheme scheme =
        fm_coupling_make(ops, e->coupling.options).scheme;
    if (!scheme.parent)
        return FM_OK;
    if (ops->pair || scheme.n_pairs == 0 || !(scheme.rtol > 0))
        return fm_fail(err, FM_ERROR_PLUGIN,
                       "the coupling %s asks for the pairs of a parent; then it can't pair "
                       "rows itself, and must say how many and how exact",
                       e->coupling.loaded->plugin->name);
    if (!fm_experiment_is_trained(e))
        return fm_yaml_fail(err, e->coupling.node,
                            "a closed form is not trained, and has no use for pairs");
    if (depth == MAX_PARENTS)
        return fm_yaml_fail(err, e->coupling.node,
                            "more than %d parents in a row; is one its own parent?",
                            MAX_PARENTS);
    struct fm_plan *plan = FM_NEW(arena, 1, struct fm_plan);
    if (!plan)
        return fm_out_of_memory(err);
    *plan = (struct fm_plan){.file = scheme.parent, .depth = depth + 1};
    if (before && before->experiment.parent
        && strcmp(before->experiment.parent_file, scheme.parent) == 0) {
        e->parent = before->experiment.parent;
    } else {
        FM_TRY(read_plan(arena, registry, plan, NULL, 0, err));
        if (plan->n_points != 1)
            return fm_yaml_fail(
                err, e->coupling.node,
                "%s is a sweep of %zu points: it is not clear whose flow is "
                "meant",
                scheme.parent, plan->n_points);
        e->parent = &plan->points[0].experiment;
    }
    e->parent_file = scheme.parent;
    return check_parent(e, e->parent, text, err);
}

/* Runs that several points need are in the plan once: keys, sorted, find them. */
struct found {
    const char *key;
    size_t run;
};

static int compare_found(const void *a, const void *b)
{
    const struct found *x = a, *y = b;
    int order = strcmp(x->key, y->key);
    return order ? order : (x->run > y->run) - (x->run < y->run);
}

/* What a run's key is the hash of, but for the seed behind it. */
static enum fm_status run_text(struct fm_text *text, const struct fm_experiment *e,
                               struct fm_error *err)
{
    fm_text_clear(text);
    fm_text_add(text, "fmrun run, format 1\n");
    return fm_experiment_run_text(text, e, err);
}

static enum fm_status collect_runs(struct fm_arena *arena, struct fm_plan *plan,
                                   struct fm_text *text, struct fm_error *err)
{
    size_t total = 0, n = 0;
    for (size_t i = 0; i < plan->n_points; i++)
        total += plan->points[i].experiment.n_seeds;
    struct fm_plan_run *all = FM_NEW(arena, total, struct fm_plan_run);
    struct found *found = FM_NEW(arena, total, struct found);
    size_t *place = FM_NEW(arena, total, size_t);
    if (!all || !found || !place)
        return fm_out_of_memory(err);
    for (size_t i = 0; i < plan->n_points; i++) {
        struct fm_point *p = &plan->points[i];
        FM_TRY(run_text(text, &p->experiment, err));
        size_t length = text->length; /* once for all seeds: it may hash large files */
        for (size_t s = 0; s < p->experiment.n_seeds; s++) {
            struct fm_plan_run *run = &all[n];
            fm_text_cut(text, length);
            fm_text_add(text, "seed: %llu\n", (unsigned long long)p->experiment.seeds[s]);
            FM_TRY(seal(arena, text, run->key, NULL, err));
            run->seed = p->experiment.seeds[s];
            run->point = p;
            found[n] = (struct found){run->key, n};
            p->runs[s] = n++;
        }
    }
    qsort(found, n, sizeof *found, compare_found);
    for (size_t i = 0; i < n; i++) /* the first of equal keys stands for all */
        place[found[i].run] = i > 0 && strcmp(found[i].key, found[i - 1].key) == 0
                                  ? place[found[i - 1].run]
                                  : found[i].run;
    plan->runs = FM_NEW(arena, n, struct fm_plan_run);
    if (!plan->runs)
        return fm_out_of_memory(err);
    size_t *index = FM_NEW(arena, n, size_t);
    if (!index)
        return fm_out_of_memory(err);
    for (size_t i = 0; i < n; i++)
        if (place[i] == i) {
            index[i] = plan->n_runs;
            plan->runs[plan->n_runs++] = all[i];
        }
    for (size_t i = 0; i < plan->n_points; i++)
        for (size_t s = 0; s < plan->points[i].experiment.n_seeds; s++)
            plan->points[i].runs[s] = index[place[plan->points[i].runs[s]]];
    return FM_OK;
}

static enum fm_status key_parents(struct fm_arena *arena, struct fm_plan *plan,
                                  struct fm_text *text, struct fm_error *err)
{
    for (size_t i = 0; i < plan->n_runs; i++) {
        struct fm_plan_run *run = &plan->runs[i];
        const struct fm_experiment *parent = run->point->experiment.parent;
        if (!parent)
            continue;
        FM_TRY(run_text(text, parent, err));
        fm_text_add(text, "seed: %llu\n", (unsigned long long)run->seed);
        FM_TRY(seal(arena, text, run->parent_key, NULL, err));
    }
    return FM_OK;
}

/* The sweep's own key: all its runs, samplings and metrics. */
static enum fm_status key_sweep(struct fm_arena *arena, struct fm_plan *plan,
                                struct fm_text *text, struct fm_error *err)
{
    fm_text_clear(text);
    fm_text_add(text, "fmrun sweep, format 1\n%s\n", plan->name);
    for (size_t i = 0; i < plan->n_points; i++) {
        const struct fm_point *p = &plan->points[i];
        fm_text_add(text, "point %s\n", p->setting);
        for (size_t s = 0; s < p->experiment.n_seeds; s++)
            fm_text_add(text, "run %s\n", plan->runs[p->runs[s]].key);
        for (size_t m = 0; m < p->experiment.n_methods; m++)
            fm_text_add(text, "sampling %s %s\n", p->samplings[m].key,
                        p->samplings[m].method->label);
        for (size_t m = 0; m < p->experiment.n_metrics; m++)
            fm_text_add(text, "metric %s\n", p->metrics[m].text);
    }
    return seal(arena, text, plan->key, NULL, err);
}

/* ---- the whole ---- */

/* The first comment of a config, without its marks and without the line that names the file:
 * the question it answers. */
static const char *question_of(struct fm_arena *arena, const char *text)
{
    struct fm_text question = {0};
    while (*text == '#') {
        size_t n = strcspn(text, "\n");
        const char *line = text + 1;
        size_t length = n - 1;
        while (length > 0 && *line == ' ') {
            line++;
            length--;
        }
        bool is_name = length > 5 && strncmp(line + length - 5, ".yaml", 5) == 0
                       && !memchr(line, ' ', length);
        if (!is_name && length > 0)
            fm_text_add(&question, "%s%.*s", question.length ? " " : "", (int)length, line);
        text += n + (text[n] == '\n');
    }
    const char *q = fm_text_bytes(&question);
    if (strncmp(q, "Question: ", 10) == 0)
        q += 10;
    const char *copy = question.has_failed ? NULL : fm_arena_text(arena, q);
    fm_text_fini(&question);
    return copy;
}

static enum fm_status note_overrides(struct fm_arena *arena, struct fm_plan *plan, size_t n,
                                     const char *const *overrides, struct fm_error *err)
{
    struct fm_text text = {0};
    fm_text_add(&text, "%s", plan->text);
    for (size_t i = 0; i < n; i++)
        fm_text_add(&text, "# command line: %s\n", overrides[i]);
    plan->text = text.has_failed ? NULL : fm_arena_text(arena, fm_text_bytes(&text));
    fm_text_clear(&text);
    fm_text_add(&text, "%s", plan->file);
    for (size_t i = 0; i < n; i++)
        fm_text_add(&text, " %s", overrides[i]);
    plan->origin = text.has_failed ? NULL : fm_arena_text(arena, fm_text_bytes(&text));
    fm_text_fini(&text);
    return plan->text && plan->origin ? FM_OK : fm_out_of_memory(err);
}

/* Cuts a down to what b has, too, with the same value. */
static void keep_common(struct fm_yaml *a, const struct fm_yaml *b, struct fm_text *x,
                        struct fm_text *y)
{
    size_t n = 0;
    for (size_t i = 0; i < a->n; i++) {
        const struct fm_yaml *other = fm_yaml_find(b, a->keys[i]->text);
        bool is_kept = other && other->kind == a->items[i]->kind;
        if (is_kept && other->kind == FM_YAML_MAP) {
            keep_common(a->items[i], other, x, y);
        } else if (is_kept) {
            fm_text_clear(x);
            fm_text_clear(y);
            fm_yaml_emit(x, a->items[i], 0);
            fm_yaml_emit(y, other, 0);
            is_kept = strcmp(fm_text_bytes(x), fm_text_bytes(y)) == 0;
        }
        if (is_kept) {
            a->keys[n] = a->keys[i];
            a->items[n++] = a->items[i];
        }
    }
    a->n = n;
}

/* Adds to base what all points share: defaults under keys that base lacks, and the written-out
 * form of what it has. */
static enum fm_status add_common(struct fm_arena *arena, struct fm_yaml *base,
                                 const struct fm_yaml *common, struct fm_error *err)
{
    for (size_t i = 0; i < common->n; i++) {
        const char *key = common->keys[i]->text;
        struct fm_yaml *mine = fm_yaml_find(base, key), *theirs = common->items[i];
        if (mine && mine->kind == FM_YAML_MAP && theirs->kind == FM_YAML_MAP) {
            FM_TRY(add_common(arena, mine, theirs, err));
            continue;
        }
        /* a plugin's short form becomes long only where all points name the plugin */
        bool is_short =
            mine && theirs->kind == FM_YAML_MAP && !fm_yaml_find(theirs, "plugin");
        if (!is_short)
            FM_TRY(fm_yaml_set(arena, base, key, theirs, theirs, err));
    }
    return FM_OK;
}

/* The resolved config.  With a sweep that is the base with the defaults all points share: what
 * depends on a point's plugins can't stand in the base. */
static enum fm_status write_resolved(struct fm_arena *arena, const struct fm_yaml *root,
                                     struct fm_plan *plan, struct fm_error *err)
{
    struct fm_yaml *resolved = fm_yaml_clone(arena, plan->points[0].resolved);
    struct fm_text x = {0}, y = {0};
    enum fm_status status = resolved ? FM_OK : fm_out_of_memory(err);
    for (size_t i = 1; status == FM_OK && i < plan->n_points; i++)
        keep_common(resolved, plan->points[i].resolved, &x, &y);
    if (status == FM_OK && fm_yaml_find(root, "sweep")) {
        struct fm_yaml *base = fm_yaml_clone(arena, root);
        status = base ? add_common(arena, base, resolved, err) : fm_out_of_memory(err);
        resolved = base;
    }
    if (status == FM_OK) {
        fm_text_clear(&x);
        fm_yaml_emit(&x, resolved, 0);
        plan->resolved = x.has_failed ? NULL : fm_arena_text(arena, fm_text_bytes(&x));
        status = plan->resolved ? FM_OK : fm_out_of_memory(err);
    }
    fm_text_fini(&x);
    fm_text_fini(&y);
    return status;
}

static enum fm_status read_points(struct fm_arena *arena, struct fm_registry *registry,
                                  const struct fm_yaml *root, struct fm_plan *plan,
                                  struct fm_text *text, struct fm_error *err)
{
    struct fm_sweep_point *points;
    FM_TRY(fm_sweep_expand(arena, root, &plan->n_points, &points, err));
    plan->points = FM_NEW(arena, plan->n_points, struct fm_point);
    if (!plan->points)
        return fm_out_of_memory(err);
    for (size_t i = 0; i < plan->n_points; i++) {
        struct fm_point *p = &plan->points[i];
        FM_TRY(read_point(arena, registry, &points[i], i, p, text, err));
        FM_TRY(
            read_parent(arena, registry, plan->depth, p, i > 0 ? p - 1 : NULL, text, err));
    }
    plan->name = plan->points[0].experiment.name;
    FM_TRY(collect_runs(arena, plan, text, err));
    FM_TRY(key_parents(arena, plan, text, err));
    return key_sweep(arena, plan, text, err);
}

/* file and depth are set. */
static enum fm_status read_plan(struct fm_arena *arena, struct fm_registry *registry,
                                struct fm_plan *plan, const char *const *overrides,
                                size_t n_overrides, struct fm_error *err)
{
    struct fm_yaml *root;
    FM_TRY(fm_yaml_read(arena, plan->file, &root, err));
    plan->text = root->source->text;
    FM_TRY(fm_yaml_include(arena, root, err));
    for (size_t i = 0; i < n_overrides; i++)
        FM_TRY(fm_yaml_override(arena, root, overrides[i], err));
    struct fm_text text = {0};
    enum fm_status status = read_points(arena, registry, root, plan, &text, err);
    fm_text_fini(&text);
    FM_TRY(status);
    plan->question = question_of(arena, plan->text);
    if (!plan->question)
        return fm_out_of_memory(err);
    FM_TRY(note_overrides(arena, plan, n_overrides, overrides, err));
    FM_TRY(write_resolved(arena, root, plan, err));
    fm_log(FM_LOG_PLAN, "%s: %zu points, %zu runs, key %.12s", plan->name, plan->n_points,
           plan->n_runs, plan->key);
    return FM_OK;
}

enum fm_status fm_plan_read(struct fm_arena *arena, struct fm_registry *registry,
                            const char *path, size_t n_overrides,
                            const char *const *overrides, struct fm_plan *plan,
                            struct fm_error *err)
{
    *plan = (struct fm_plan){.file = path};
    return read_plan(arena, registry, plan, overrides, n_overrides, err);
}
