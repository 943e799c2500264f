#include <config.h>

#include "config/options_check.h"

#include "base/error.h"
#include "config/document.h"
#include "config/document_error.h"
#include "config/option_range.h"
#include "config/option_value.h"

#include <math.h>
#include <string.h>

static enum fm_status fail(struct fm_error *err, const char *owner,
                           const struct fm_option *option, const char *mistake)
{
    return fm_fail(err, FM_ERROR_PLUGIN, "option %s of %s: %s", fm_quote(option->name).text,
                   owner, mistake);
}

static enum fm_status check_choices(const struct fm_option *option, const char *owner,
                                    struct fm_error *err)
{
    if (!option->choices || !option->choices[0])
        return fail(err, owner, option, "it has no choices");
    for (size_t i = 0; option->choices[i]; i++)
        for (size_t j = 0; j < i; j++)
            if (strcmp(option->choices[i], option->choices[j]) == 0)
                return fail(err, owner, option, "two choices have the same name");
    return FM_OK;
}

static enum fm_status check_option(const struct fm_option *option, size_t block_bytes,
                                   const char *owner, struct fm_error *err)
{
    size_t bytes = fm_option_bytes(option->type), n = strlen(option->name);
    if (n == 0 || n > FM_YAML_MAX_KEY_BYTES
        || strspn(option->name, "abcdefghijklmnopqrstuvwxyz0123456789_") != n)
        return fail(err, owner, option, "its name must be of [a-z0-9_]+, and short");
    if (bytes == 0)
        return fail(err, owner, option, "its type is none of enum fm_option_type");
    if (bytes > block_bytes || option->offset > block_bytes - bytes)
        return fail(err, owner, option, "its offset lies outside of the options struct");
    if (option->offset % fm_option_alignment(option->type) != 0)
        return fail(err, owner, option, "its offset does not suit its type");
    if (isnan(option->minimum) || isnan(option->maximum))
        return fail(err, owner, option, "a bound is NaN");
    if (fm_option_has_minimum(option) && fm_option_has_maximum(option)
        && option->minimum > option->maximum)
        return fail(err, owner, option,
                    "its minimum is above its maximum (INFINITY is no bound)");
    return option->type == FM_CHOICE ? check_choices(option, owner, err) : FM_OK;
}

static enum fm_status check_pair(const struct fm_option *a, const struct fm_option *b,
                                 const char *owner, struct fm_error *err)
{
    if (strcmp(a->name, b->name) == 0)
        return fail(err, owner, b, "two options have this name");
    if (a->offset < b->offset + fm_option_bytes(b->type)
        && b->offset < a->offset + fm_option_bytes(a->type))
        return fail(err, owner, b, "it shares its bytes with another option");
    return FM_OK;
}

enum fm_status fm_options_check(const struct fm_option *table, size_t block_bytes,
                                const char *owner, struct fm_error *err)
{
    struct fm_arena scratch = {0};
    enum fm_status status = FM_OK;
    for (size_t i = 0; status == FM_OK && table && table[i].name; i++) {
        status = check_option(&table[i], block_bytes, owner, err);
        for (size_t j = 0; status == FM_OK && j < i; j++)
            status = check_pair(&table[j], &table[i], owner, err);
    }
    void *block = fm_arena_take(&scratch, block_bytes, 1);
    if (status == FM_OK && !block)
        status = fm_out_of_memory(err);
    for (size_t i = 0; status == FM_OK && table && table[i].name; i++)
        if (table[i].default_text)
            status = fm_option_read_default(&scratch, &table[i], owner, NULL, block, err);
    fm_arena_fini(&scratch);
    return status;
}
