#include <config.h>

#include "config/options.h"

#include "base/error.h"
#include "base/file.h"
#include "config/option_range.h"
#include "config/option_value.h"

#include <inttypes.h>
#include <math.h>
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

/* Every key that the map may have, somebody else's first. */
static const char **allowed_keys(struct fm_arena *arena, const struct fm_option *table,
                                 const char *const *also, size_t *n_keys)
{
    size_t n_options = count_options(table), n_also = count_names(also);
    const char **keys = FM_NEW(arena, n_options + n_also, const char *);
    if (!keys)
        return NULL;
    for (size_t i = 0; i < n_also; i++)
        keys[i] = also[i];
    for (size_t i = 0; i < n_options; i++)
        keys[n_also + i] = table[i].name;
    *n_keys = n_options + n_also;
    return keys;
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
        fm_yaml_fail(err, key, "unknown option %s of %s; there are %s",
                     fm_quote(key->text).text, owner, fm_text_bytes(&list));
    fm_text_fini(&list);
    return status;
}

static enum fm_status check_keys(struct fm_arena *arena, const struct fm_option *table,
                                 const struct fm_yaml *map, const char *owner,
                                 const char *const *also, struct fm_error *err)
{
    size_t n_names;
    const char **names = allowed_keys(arena, table, also, &n_names);
    if (!names)
        return fm_out_of_memory(err);
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

static void emit_real(struct fm_text *text, double value)
{
    if (isfinite(value))
        fm_text_add_real(text, value);
    else
        fm_text_add(text, "%s", isnan(value) ? ".nan" : value > 0 ? ".inf" : "-.inf");
}

static void emit_reals(struct fm_text *text, const double *values, size_t n)
{
    fm_text_add(text, "[");
    for (size_t i = 0; i < n; i++) {
        fm_text_add(text, "%s", i > 0 ? ", " : "");
        emit_real(text, values[i]);
    }
    fm_text_add(text, "]");
}

static void emit_ints(struct fm_text *text, const struct fm_ints *ints)
{
    fm_text_add(text, "[");
    for (size_t i = 0; i < ints->n; i++)
        fm_text_add(text, "%s%" PRId64, i > 0 ? ", " : "", ints->values[i]);
    fm_text_add(text, "]");
}

static void emit_matrix(struct fm_text *text, const struct fm_matrix *matrix)
{
    fm_text_add(text, "[");
    for (size_t i = 0; i < matrix->n_rows; i++) {
        fm_text_add(text, "%s", i > 0 ? ", " : "");
        emit_reals(text, matrix->values + i * matrix->n_columns, matrix->n_columns);
    }
    fm_text_add(text, "]");
}

static const char *text_at(const struct fm_option *option, const void *block)
{
    const char *text;
    memcpy(&text, (const char *)block + option->offset, sizeof text);
    return text ? text : "";
}

void fm_option_emit(struct fm_text *text, const struct fm_option *option, const void *block)
{
    const void *value = (const char *)block + option->offset;
    const struct fm_reals *reals = value;
    switch (option->type) {
    case FM_BOOL:
        fm_text_add(text, "%s", *(const bool *)value ? "true" : "false");
        return;
    case FM_INT:
        fm_text_add(text, "%" PRId64, *(const int64_t *)value);
        return;
    case FM_REAL:
        emit_real(text, *(const double *)value);
        return;
    case FM_TEXT:
    case FM_FILE:
        fm_yaml_emit_string(text, text_at(option, block));
        return;
    case FM_CHOICE:
        fm_yaml_emit_string(text, option->choices[*(const int *)value]);
        return;
    case FM_INTS:
        emit_ints(text, value);
        return;
    case FM_REALS:
        if (reals->n == 1 && (option->flags & FM_OPTION_WAS_NUMBER))
            emit_real(text, reals->values[0]);
        else
            emit_reals(text, reals->values, reals->n);
        return;
    case FM_MATRIX:
        emit_matrix(text, value);
        return;
    }
}

/* Whether the value is the default, both as text. */
static enum fm_status is_default(const struct fm_option *option, const void *block,
                                 bool *result, struct fm_error *err)
{
    union {
        bool flag;
        int64_t integer;
        double real;
        const char *text;
        struct fm_matrix matrix; /* the largest */
    } usual = {.matrix = {0}};   /* the default of a list may be none */
    struct fm_option alone = *option;
    struct fm_arena scratch = {0};
    struct fm_text here = {0}, there = {0};
    alone.offset = 0;
    enum fm_status status = FM_OK;
    *result = false;
    if (option->default_text) {
        status = fm_option_read_default(&scratch, &alone, "a key", NULL, &usual, err);
        if (status == FM_OK) {
            fm_option_emit(&here, option, block);
            fm_option_emit(&there, &alone, &usual);
            *result = strcmp(fm_text_bytes(&here), fm_text_bytes(&there)) == 0;
            if (here.has_failed || there.has_failed)
                status = fm_out_of_memory(err);
        }
    }
    fm_text_fini(&here);
    fm_text_fini(&there);
    fm_arena_fini(&scratch);
    return status;
}

enum fm_status fm_options_emit(struct fm_text *text, const struct fm_option *table,
                               const void *block, bool for_key, struct fm_error *err)
{
    for (const struct fm_option *option = table; option && option->name; option++) {
        if (for_key && (option->flags & FM_OPTION_NOT_IN_KEY))
            continue;
        bool is_left_out = false;
        if (for_key && (option->flags & FM_OPTION_LATER))
            FM_TRY(is_default(option, block, &is_left_out, err));
        if (is_left_out)
            continue;
        bool is_file = option->type == FM_FILE && text_at(option, block)[0] != '\0';
        char hash[FM_HASH_SIZE];
        if (for_key && is_file)
            FM_TRY(fm_hash_file(text_at(option, block), hash, err));
        fm_text_add(text, ", %s: ", option->name);
        if (for_key && is_file)
            fm_yaml_emit_string(text, hash);
        else
            fm_option_emit(text, option, block);
    }
    return text->has_failed ? fm_out_of_memory(err) : FM_OK;
}
