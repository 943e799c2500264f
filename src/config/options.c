#include <config.h>

#include "config/options.h"

#include "base/error.h"
#include "base/file.h"
#include "config/document.h"
#include "config/document_emit.h"
#include "config/document_error.h"
#include "config/option_default.h"
#include "config/option_emit.h"
#include "config/option_range.h"
#include "config/option_value.h"
#include "config/yaml_value.h"

#include <string.h>

static size_t count_options(const struct fm_option *table)
{
    size_t n = 0;
    while (table && table[n].name)
        n++;
    return n;
}

static size_t count_names(const char *const *names)
{
    size_t n = 0;
    while (names && names[n])
        n++;
    return n;
}

const struct fm_option *fm_option_find(const struct fm_option *table, const char *name)
{
    for (const struct fm_option *o = table; o && o->name; o++)
        if (strcmp(o->name, name) == 0)
            return o;
    return NULL;
}

const char *const *fm_option_names(struct fm_arena *arena, const char *const *first,
                                   const struct fm_option *const *tables)
{
    size_t n = count_names(first), n_total = n;
    for (size_t i = 0; tables[i]; i++)
        n_total += count_options(tables[i]);
    const char **names = FM_NEW(arena, n_total + 1, const char *);
    if (!names)
        return NULL;
    for (size_t i = 0; i < n; i++)
        names[i] = first[i];
    for (size_t i = 0; tables[i]; i++)
        for (const struct fm_option *o = tables[i]; o->name; o++)
            names[n++] = o->name;
    return names;
}

static enum fm_status fail_unknown(const struct fm_yaml *key, const char *owner,
                                   const char *const *names, size_t n_names,
                                   struct fm_error *err)
{
    const char *nearest = fm_nearest(key->text, names, n_names);
    if (nearest)
        return fm_yaml_fail(err, key, "unknown option %s of %s; did you mean \"%s\"?",
                            fm_quote(key->text).text, owner, nearest);
    if (n_names == 0)
        return fm_yaml_fail(err, key, "unknown option %s: %s has no options",
                            fm_quote(key->text).text, owner);
    struct fm_text list = {0};
    for (size_t i = 0; i < n_names; i++)
        fm_text_add(&list, "%s%s", i > 0 ? ", " : "", names[i]);
    enum fm_status status =
        fm_yaml_fail(err, key, "unknown option %s of %s; its options are %s",
                     fm_quote(key->text).text, owner, fm_text_bytes(&list));
    fm_text_fini(&list);
    return status;
}

static enum fm_status check_keys(struct fm_arena *arena, const struct fm_option *table,
                                 const struct fm_yaml *map, const char *owner,
                                 const char *const *also, struct fm_error *err)
{
    const struct fm_option *const tables[] = {table, NULL};
    const char *const *names = fm_option_names(arena, also, tables);
    if (!names)
        return fm_out_of_memory(err);
    const size_t n_names = count_names(names);
    for (size_t i = 0; i < map->n; i++) {
        size_t j = 0;
        while (j < n_names && strcmp(names[j], map->keys[i]->text) != 0)
            j++;
        if (j == n_names)
            return fail_unknown(map->keys[i], owner, names, n_names, err);
    }
    return FM_OK;
}

static enum fm_status fail_missing(const struct fm_option *option,
                                   const struct fm_yaml *map, const char *owner,
                                   struct fm_error *err)
{
    struct fm_text expected = {0};
    fm_option_describe(&expected, option);
    enum fm_status status =
        fm_yaml_fail(err, map, "%s needs the option \"%s\": %s%s%s", owner, option->name,
                     fm_text_bytes(&expected), option->help ? ", " : "",
                     option->help ? option->help : "");
    fm_text_fini(&expected);
    return status;
}

enum fm_status fm_options_bind(struct fm_arena *arena, const struct fm_option *table,
                               size_t block_bytes, const struct fm_yaml *map,
                               const char *owner, const char *const *also, void *block,
                               struct fm_error *err)
{
    char *filled = fm_arena_take(arena, block_bytes, 1);
    if (!filled)
        return fm_out_of_memory(err);
    if (map && map->kind != FM_YAML_MAP)
        return fm_yaml_fail_type(map, owner, "map of options", err);
    if (map)
        FM_TRY(check_keys(arena, table, map, owner, also, err));
    for (const struct fm_option *option = table; option && option->name; option++) {
        size_t bytes = fm_option_bytes(option->type);
        FM_ASSERT(bytes > 0 && bytes <= block_bytes
                  && option->offset <= block_bytes - bytes);
        const struct fm_yaml *node = fm_yaml_find(map, option->name);
        const char *folder = map ? map->source->folder : ".";
        if (node)
            FM_TRY(fm_option_read(arena, option, node, node->source->folder, filled, err));
        else if (option->default_text)
            FM_TRY(fm_option_read_default(arena, option, owner, folder, filled, err));
        else
            return fail_missing(option, map, owner, err);
    }
    if (block_bytes > 0)
        memcpy(block, filled, block_bytes);
    return FM_OK;
}

enum fm_status fm_options_emit(struct fm_text *text, const struct fm_option *table,
                               const void *block, bool for_key, struct fm_error *err)
{
    for (const struct fm_option *option = table; option && option->name; option++) {
        if (for_key && (option->flags & FM_OPTION_NOT_IN_KEY))
            continue;
        bool is_left_out = false;
        if (for_key && (option->flags & FM_OPTION_LATER))
            FM_TRY(fm_option_is_default(option, block, &is_left_out, err));
        if (is_left_out)
            continue;
        const char *file = option->type == FM_FILE ? fm_option_text(option, block) : "";
        bool is_file = file[0] != '\0';
        char hash[FM_HASH_SIZE];
        if (for_key && is_file)
            FM_TRY(fm_hash_file(file, hash, err));
        fm_text_add(text, ", %s: ", option->name);
        if (for_key && is_file)
            fm_yaml_emit_string(text, hash);
        else
            fm_option_emit(text, option, block);
    }
    return text->has_failed ? fm_out_of_memory(err) : FM_OK;
}
