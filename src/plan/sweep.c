#include <config.h>

#include "plan/sweep.h"

#include "base/error.h"
#include "config/document.h"
#include "config/document_edit.h"
#include "config/document_emit.h"
#include "config/document_error.h"
#include "config/yaml_value.h"
#include "plan/part.h"

#include <string.h>

enum { MAX_POINTS = 10000 };

/* One axis of the sweep: n settings of n_keys keys each, or the n maps of `list`. */
struct axis {
    size_t n, n_keys;
    const struct fm_yaml *keys[32];
    const struct fm_yaml *lists[32];
    const struct fm_yaml *maps; /* the settings of `list`; NULL: keys and lists have them */
};

enum { MAX_AXES = 32 }; /* of a grid; zip and list are one axis each */

struct axes {
    size_t n;
    struct axis axes[MAX_AXES + 2];
};

static enum fm_status check_key(const struct fm_yaml *key, struct fm_error *err)
{
    const size_t n = strcspn(key->text, ".");
    for (const struct fm_part *part = fm_parts; part->key; part++)
        if (part->no_sweep && strlen(part->key) == n
            && strncmp(part->key, key->text, n) == 0)
            return fm_yaml_fail(err, key, "%s can't be swept%s%s", part->key,
                                part->no_sweep[0] ? "; " : "", part->no_sweep);
    return FM_OK;
}

static enum fm_status check_list(const struct fm_yaml *key, const struct fm_yaml *list,
                                 struct fm_error *err)
{
    if (list->kind != FM_YAML_LIST || list->n == 0)
        return fm_yaml_fail(err, list, "expected a list of values for %s", key->text);
    return check_key(key, err);
}

static enum fm_status read_grid(const struct fm_yaml *map, struct axes *axes,
                                struct fm_error *err)
{
    for (size_t i = 0; i < map->n; i++) {
        FM_TRY(check_list(map->keys[i], map->items[i], err));
        if (i == MAX_AXES)
            return fm_yaml_fail(err, map->keys[i], "more than %d keys in a grid", MAX_AXES);
        axes->axes[axes->n++] = (struct axis){.n = map->items[i]->n,
                                              .n_keys = 1,
                                              .keys = {map->keys[i]},
                                              .lists = {map->items[i]}};
    }
    return FM_OK;
}

static enum fm_status read_zip(const struct fm_yaml *map, struct axes *axes,
                               struct fm_error *err)
{
    struct axis *axis = &axes->axes[axes->n];
    *axis = (struct axis){0};
    for (size_t i = 0; i < map->n; i++) {
        const struct fm_yaml *list = map->items[i];
        FM_TRY(check_list(map->keys[i], list, err));
        if (i > 0 && list->n != axis->n)
            return fm_yaml_fail(err, list,
                                "the lists of a zip must be equally long; this one has "
                                "%zu values, the first has %zu",
                                list->n, axis->n);
        if (i == 32)
            return fm_yaml_fail(err, map->keys[i], "more than 32 keys in a zip");
        axis->n = list->n;
        axis->keys[i] = map->keys[i];
        axis->lists[i] = list;
        axis->n_keys++;
    }
    axes->n += map->n > 0;
    return FM_OK;
}

static bool is_name(const struct fm_yaml *key)
{
    return strcmp(key->text, "name") == 0;
}

/* Tables show a setting by its name, so names must differ. */
static enum fm_status check_name(const struct fm_yaml *list, size_t index,
                                 struct fm_error *err)
{
    const struct fm_yaml *node = fm_yaml_find(list->items[index], "name");
    const char *name, *other;
    if (!node)
        return FM_OK;
    FM_TRY(fm_yaml_string(node, "name", &name, err));
    for (size_t i = 0; i < index; i++) {
        const struct fm_yaml *before = fm_yaml_find(list->items[i], "name");
        if (!before)
            continue;
        FM_TRY(fm_yaml_string(before, "name", &other, err));
        if (strcmp(name, other) == 0)
            return fm_yaml_fail(err, node, "two settings of the list have this name");
    }
    return FM_OK;
}

static enum fm_status read_list(const struct fm_yaml *list, struct axes *axes,
                                struct fm_error *err)
{
    if (list->kind != FM_YAML_LIST || list->n == 0)
        return fm_yaml_fail(err, list,
                            "expected a list of settings, as in "
                            "[{name: slow, train.lr: 1e-4}, {name: fast, train.lr: 1e-2}]");
    for (size_t i = 0; i < list->n; i++) {
        const struct fm_yaml *map = list->items[i];
        if (map->kind != FM_YAML_MAP)
            return fm_yaml_fail(err, map,
                                "expected a map from dotted keys to values, as in "
                                "{name: slow, train.lr: 1e-4}");
        FM_TRY(check_name(list, i, err));
        for (size_t k = 0; k < map->n; k++)
            if (!is_name(map->keys[k]))
                FM_TRY(check_key(map->keys[k], err));
    }
    axes->axes[axes->n++] = (struct axis){.n = list->n, .maps = list};
    return FM_OK;
}

/* Key i of those that the axis varies; NULL after the last. */
static const struct fm_yaml *key_at(const struct axis *axis, size_t i)
{
    if (!axis->maps)
        return i < axis->n_keys ? axis->keys[i] : NULL;
    for (size_t m = 0; m < axis->n; m++) {
        const struct fm_yaml *map = axis->maps->items[m];
        if (i < map->n)
            return map->keys[i];
        i -= map->n;
    }
    return NULL;
}

static enum fm_status check_pair(const struct axis *a, const struct axis *b,
                                 struct fm_error *err)
{
    const struct fm_yaml *x, *y;
    for (size_t i = 0; (x = key_at(a, i)); i++)
        for (size_t j = 0; (y = key_at(b, j)); j++)
            if (strcmp(x->text, y->text) == 0)
                return fm_yaml_fail(err, x, "%s is swept twice, by grid, zip or list",
                                    x->text);
    return FM_OK;
}

static enum fm_status check_unique(const struct axes *axes, struct fm_error *err)
{
    for (size_t a = 0; a < axes->n; a++)
        for (size_t b = 0; b < a; b++)
            FM_TRY(check_pair(&axes->axes[a], &axes->axes[b], err));
    return FM_OK;
}

static enum fm_status read_axes(const struct fm_yaml *sweep, struct axes *axes,
                                struct fm_error *err)
{
    if (sweep->kind != FM_YAML_MAP)
        return fm_yaml_fail(err, sweep,
                            "expected {grid: {KEY: [...]}}, {zip: {KEY: [...]}} or "
                            "{list: [{name: ..., KEY: ...}]}");
    for (size_t i = 0; i < sweep->n; i++) {
        const struct fm_yaml *key = sweep->keys[i], *map = sweep->items[i];
        bool is_grid = strcmp(key->text, "grid") == 0,
             is_zip = strcmp(key->text, "zip") == 0;
        if (strcmp(key->text, "list") == 0) {
            FM_TRY(read_list(map, axes, err));
            continue;
        }
        if (!is_grid && !is_zip)
            return fm_yaml_fail(
                err, key, "unknown sweep \"%s\"; expected grid, zip or list", key->text);
        if (map->kind != FM_YAML_MAP)
            return fm_yaml_fail(err, map,
                                "expected a map from dotted keys to lists of values, "
                                "as in {train.lr: [1e-3, 1e-4]}");
        FM_TRY(is_grid ? read_grid(map, axes, err) : read_zip(map, axes, err));
    }
    return check_unique(axes, err);
}

/* Appends "key=value" with the value on one line. */
static void add_setting(struct fm_text *setting, const char *key,
                        const struct fm_yaml *value)
{
    struct fm_text text = {0};
    if (value->kind == FM_YAML_SCALAR)
        fm_text_add(&text, "%s", value->text);
    else
        fm_yaml_emit(&text, value, 0);
    while (text.length > 0 && text.bytes[text.length - 1] == '\n')
        text.bytes[--text.length] = '\0';
    for (size_t i = 0; i < text.length; i++)
        if (text.bytes[i] == '\n')
            text.bytes[i] = ' ';
    fm_text_add(setting, "%s%s=%s", setting->length ? " " : "", key, fm_text_bytes(&text));
    setting->has_failed = setting->has_failed || text.has_failed;
    fm_text_fini(&text);
}

static struct fm_yaml *without_sweep(struct fm_arena *arena, const struct fm_yaml *root)
{
    struct fm_yaml *copy = fm_yaml_clone(arena, root);
    for (size_t i = 0; copy && i < copy->n; i++)
        if (strcmp(copy->keys[i]->text, "sweep") == 0) {
            memmove(copy->keys + i, copy->keys + i + 1,
                    (copy->n - i - 1) * sizeof *copy->keys);
            memmove(copy->items + i, copy->items + i + 1,
                    (copy->n - i - 1) * sizeof *copy->items);
            copy->n--;
            break;
        }
    return copy;
}

/* A point that is being made. */
struct making {
    struct fm_arena *arena;
    struct fm_yaml *root;
    struct fm_text setting;
    struct fm_error *err;
};

static enum fm_status set(struct making *m, const struct fm_yaml *key,
                          const struct fm_yaml *item, bool is_shown)
{
    struct fm_yaml *value = fm_yaml_clone(m->arena, item);
    if (!value)
        return fm_out_of_memory(m->err);
    FM_TRY(fm_yaml_set(m->arena, m->root, key->text, value, key, m->err));
    if (is_shown)
        add_setting(&m->setting, key->text, value);
    return FM_OK;
}

/* Applies setting number `choice` of the axis.  A setting's name is shown in place of its values. */
static enum fm_status choose(struct making *m, const struct axis *axis, size_t choice)
{
    for (size_t k = 0; k < axis->n_keys; k++)
        FM_TRY(set(m, axis->keys[k], axis->lists[k]->items[choice], true));
    if (!axis->maps)
        return FM_OK;
    const struct fm_yaml *map = axis->maps->items[choice];
    const struct fm_yaml *name = fm_yaml_find(map, "name");
    for (size_t k = 0; k < map->n; k++)
        if (!is_name(map->keys[k]))
            FM_TRY(set(m, map->keys[k], map->items[k], !name));
    if (name)
        fm_text_add(&m->setting, "%s%s", m->setting.length ? " " : "", name->text);
    return FM_OK;
}

/* Makes point number `index`; the last axis varies fastest. */
static enum fm_status make_point(struct fm_arena *arena, const struct fm_yaml *root,
                                 const struct axes *axes, size_t index,
                                 struct fm_sweep_point *point, struct fm_error *err)
{
    size_t choice[MAX_AXES + 2];
    struct making m = {.arena = arena, .root = without_sweep(arena, root), .err = err};
    enum fm_status status = m.root ? FM_OK : fm_out_of_memory(err);
    for (size_t a = axes->n; a-- > 0;) {
        choice[a] = index % axes->axes[a].n;
        index /= axes->axes[a].n;
    }
    for (size_t a = 0; status == FM_OK && a < axes->n; a++)
        status = choose(&m, &axes->axes[a], choice[a]);
    point->root = m.root;
    point->setting =
        m.setting.has_failed ? NULL : fm_arena_text(arena, fm_text_bytes(&m.setting));
    fm_text_fini(&m.setting);
    if (status == FM_OK && !point->setting)
        status = fm_out_of_memory(err);
    return status;
}

enum fm_status fm_sweep_expand(struct fm_arena *arena, const struct fm_yaml *root,
                               size_t *n, struct fm_sweep_point **points,
                               struct fm_error *err)
{
    const struct fm_yaml *sweep = fm_yaml_find(root, "sweep");
    struct axes *axes = FM_NEW(arena, 1, struct axes);
    if (!axes)
        return fm_out_of_memory(err);
    if (sweep)
        FM_TRY(read_axes(sweep, axes, err));
    size_t n_points = 1;
    for (size_t a = 0; a < axes->n; a++) {
        if (n_points > MAX_POINTS / axes->axes[a].n)
            return fm_yaml_fail(err, sweep, "the sweep has more than %d points",
                                MAX_POINTS);
        n_points *= axes->axes[a].n;
    }
    struct fm_sweep_point *list = FM_NEW(arena, n_points, struct fm_sweep_point);
    if (!list)
        return fm_out_of_memory(err);
    for (size_t i = 0; i < n_points; i++)
        FM_TRY(make_point(arena, root, axes, i, &list[i], err));
    *n = n_points;
    *points = list;
    return FM_OK;
}
