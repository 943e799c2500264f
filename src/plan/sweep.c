/* The sweep block: `grid` (every combination) and `zip` (side by side) over dotted keys. */
#include <config.h>

#include "base/error.h"
#include "plan/plan.h"

#include <string.h>

enum { MAX_POINTS = 10000 };

/* One thing that varies: n settings of n_keys keys each. */
struct axis {
    size_t n, n_keys;
    const struct fm_yaml *keys[32];
    const struct fm_yaml *lists[32];
};

enum { MAX_AXES = 32 };

struct axes {
    size_t n;
    struct axis axes[MAX_AXES + 1];
};

static enum fm_status check_list(const struct fm_yaml *key, const struct fm_yaml *list,
                                 struct fm_error *err)
{
    static const char *const refused[] = {"name", "seeds", "sweep", NULL};
    if (list->kind != FM_YAML_LIST || list->n == 0)
        return fm_yaml_fail(err, list, "expected the list of values that %s takes",
                            key->text);
    for (size_t i = 0; refused[i]; i++)
        if (strcmp(key->text, refused[i]) == 0)
            return fm_yaml_fail(err, key, "%s can't be swept%s", key->text,
                                i == 1 ? "; list the seeds under the key seeds" : "");
    if (strncmp(key->text, "metrics", 7) == 0)
        return fm_yaml_fail(err, key,
                            "metrics can't be swept; list all of them under metrics");
    return FM_OK;
}

static enum fm_status read_grid(const struct fm_yaml *map, struct axes *axes,
                                struct fm_error *err)
{
    for (size_t i = 0; i < map->n; i++) {
        FM_TRY(check_list(map->keys[i], map->items[i], err));
        if (axes->n == MAX_AXES)
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
                                "lists of a zip have the same length; this one has "
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

static enum fm_status check_unique(const struct axes *axes, struct fm_error *err)
{
    for (size_t a = 0; a < axes->n; a++)
        for (size_t b = 0; b < a; b++)
            for (size_t i = 0; i < axes->axes[a].n_keys; i++)
                for (size_t j = 0; j < axes->axes[b].n_keys; j++)
                    if (strcmp(axes->axes[a].keys[i]->text, axes->axes[b].keys[j]->text)
                        == 0)
                        return fm_yaml_fail(err, axes->axes[a].keys[i],
                                            "%s is swept twice, by grid and by zip",
                                            axes->axes[a].keys[i]->text);
    return FM_OK;
}

static enum fm_status read_axes(const struct fm_yaml *sweep, struct axes *axes,
                                struct fm_error *err)
{
    if (sweep->kind != FM_YAML_MAP)
        return fm_yaml_fail(err, sweep,
                            "expected {grid: {KEY: [...]}} or {zip: {KEY: [...]}}");
    for (size_t i = 0; i < sweep->n; i++) {
        const struct fm_yaml *key = sweep->keys[i], *map = sweep->items[i];
        bool is_grid = strcmp(key->text, "grid") == 0,
             is_zip = strcmp(key->text, "zip") == 0;
        if (!is_grid && !is_zip)
            return fm_yaml_fail(err, key, "unknown sweep \"%s\"; expected grid or zip",
                                key->text);
        if (map->kind != FM_YAML_MAP)
            return fm_yaml_fail(err, map,
                                "expected a map from dotted keys to lists of values, "
                                "as in {train.lr: [1e-3, 1e-4]}");
        FM_TRY(is_grid ? read_grid(map, axes, err) : read_zip(map, axes, err));
    }
    return check_unique(axes, err);
}

/* Values in settings are shown on one line, and short. */
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

/* Point number `index`; the last axis varies fastest. */
static enum fm_status make_point(struct fm_arena *arena, const struct fm_yaml *root,
                                 const struct axes *axes, size_t index,
                                 struct fm_sweep_point *point, struct fm_error *err)
{
    size_t choice[MAX_AXES + 1];
    for (size_t a = axes->n; a-- > 0;) {
        choice[a] = index % axes->axes[a].n;
        index /= axes->axes[a].n;
    }
    struct fm_text setting = {0};
    enum fm_status status = FM_OK;
    point->root = without_sweep(arena, root);
    if (!point->root)
        return fm_out_of_memory(err);
    for (size_t a = 0; a < axes->n; a++)
        for (size_t k = 0; status == FM_OK && k < axes->axes[a].n_keys; k++) {
            const struct fm_yaml *key = axes->axes[a].keys[k];
            struct fm_yaml *value =
                fm_yaml_clone(arena, axes->axes[a].lists[k]->items[choice[a]]);
            if (!value)
                status = fm_out_of_memory(err);
            else
                status = fm_yaml_set(arena, point->root, key->text, value, key, err);
            if (status == FM_OK)
                add_setting(&setting, key->text, value);
        }
    point->setting =
        setting.has_failed ? NULL : fm_arena_text(arena, fm_text_bytes(&setting));
    fm_text_fini(&setting);
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
