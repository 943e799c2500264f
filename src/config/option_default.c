#include <config.h>

#include "config/option_default.h"

#include "base/error.h"
#include "config/document.h"
#include "config/document_edit.h"
#include "config/option_emit.h"
#include "config/option_value.h"

#include <string.h>

/* One value of any option type; the largest member comes first, so that {0} clears it. */
union value {
    struct fm_matrix matrix;
    bool flag;
    int64_t integer;
    double real;
    const char *text;
};

/* Appends the option's default as YAML.  arena: for lists and texts. */
static enum fm_status emit_default(struct fm_arena *arena, struct fm_text *text,
                                   const struct fm_option *option, const char *folder,
                                   struct fm_error *err)
{
    union value value = {.matrix = {0}};
    struct fm_option alone = *option;
    alone.offset = 0;
    FM_TRY(fm_option_read_default(arena, &alone, "a config", folder, &value, err));
    fm_option_emit(text, &alone, &value);
    return text->has_failed ? fm_out_of_memory(err) : FM_OK;
}

enum fm_status fm_option_is_default(const struct fm_option *option, const void *block,
                                    bool *result, struct fm_error *err)
{
    struct fm_arena scratch = {0};
    struct fm_text here = {0}, there = {0};
    *result = false;
    if (!option->default_text)
        return FM_OK;
    enum fm_status status = emit_default(&scratch, &there, option, NULL, err);
    fm_option_emit(&here, option, block);
    if (status == FM_OK && here.has_failed)
        status = fm_out_of_memory(err);
    if (status == FM_OK)
        *result = strcmp(fm_text_bytes(&here), fm_text_bytes(&there)) == 0;
    fm_text_fini(&here);
    fm_text_fini(&there);
    fm_arena_fini(&scratch);
    return status;
}

enum fm_status fm_options_are_default(const struct fm_option *table, const void *block,
                                      bool *result, struct fm_error *err)
{
    *result = true;
    for (const struct fm_option *o = table; o && o->name && *result; o++)
        FM_TRY(fm_option_is_default(o, block, result, err));
    return FM_OK;
}

static bool is_among(const char *name, const char *const *names)
{
    while (names && *names && strcmp(*names, name) != 0)
        names++;
    return names && *names;
}

enum fm_status fm_options_add_defaults(struct fm_arena *arena, struct fm_yaml *map,
                                       const struct fm_option *table, const char *folder,
                                       const char *const *but, struct fm_error *err)
{
    struct fm_text text = {0};
    enum fm_status status = FM_OK;
    for (const struct fm_option *o = table; status == FM_OK && o && o->name; o++) {
        if (!o->default_text || fm_yaml_find(map, o->name) || is_among(o->name, but))
            continue;
        fm_text_clear(&text);
        status = emit_default(arena, &text, o, folder, err);
        if (status == FM_OK)
            status = fm_yaml_set_text(arena, map, o->name, fm_text_bytes(&text), err);
    }
    fm_text_fini(&text);
    return status;
}
