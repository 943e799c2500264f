#include <config.h>

#include "check/vary.h"

#include "base/error.h"
#include "config/option_range.h"

#include <math.h>
#include <string.h>

uint64_t fm_check_hash(uint64_t hash, const void *bytes, size_t n)
{
    const unsigned char *byte = bytes;
    for (size_t i = 0; i < n; i++)
        hash = (hash ^ byte[i]) * UINT64_C(0x100000001b3);
    return hash;
}

/* ---- other values ---- */

/* Changes *value to the try-th number near it; false: there is none, or it is out of range. */
static bool change_real(const struct fm_option *o, size_t try, double *value)
{
    const double was = *value,
                 others[] = {1.25 * was, 0.8 * was, was + 0.5, was - 0.5, 0.999 * was};
    if (try >= sizeof others / sizeof *others)
        return false;
    *value = others[try];
    return *value != was && fm_option_allows_real(o, *value);
}

static bool change_int(const struct fm_option *o, size_t try, int64_t *value)
{
    *value += try == 0 ? 1 : -1;
    return try < 2 && fm_option_allows_int(o, *value);
}

static bool change_choice(const struct fm_option *o, size_t try, int *value)
{
    const int other = (int)try + ((int)try >= *value); /* skips the present value */
    for (int i = 0; i <= other; i++)
        if (!o->choices[i])
            return false;
    *value = other;
    return true;
}

/* The n numbers of a list, of `size` bytes each, in room for one more. */
static void *copy_list(struct fm_arena *arena, size_t n, size_t size, const void *values)
{
    void *copy = fm_arena_take(arena, n + 1, size);
    return copy && n > 0 ? memcpy(copy, values, n * size) : copy;
}

/* A list gets another first number, an empty one the number 1, in a copy. */
static bool change_ints(struct fm_arena *arena, const struct fm_option *o, size_t try,
                        struct fm_ints *list)
{
    int64_t *values = copy_list(arena, list->n, sizeof *values, list->values);
    if (!values)
        return false;
    if (list->n > 0) {
        list->values = values;
        return change_int(o, try, values);
    }
    values[0] = 1;
    *list = (struct fm_ints){1, values};
    return try == 0 && fm_option_allows_int(o, 1);
}

static bool change_reals(struct fm_arena *arena, const struct fm_option *o, size_t try,
                         struct fm_reals *list)
{
    double *values = copy_list(arena, list->n, sizeof *values, list->values);
    if (!values)
        return false;
    if (list->n > 0) {
        list->values = values;
        return change_real(o, try, values);
    }
    values[0] = 1;
    *list = (struct fm_reals){1, values};
    return try == 0 && fm_option_allows_real(o, 1);
}

enum { N_TRIES = 16 };

/* Gives the option in block its try-th other value; false: there is none. */
static bool change(struct fm_arena *arena, const struct fm_option *o, size_t try,
                   void *block)
{
    void *at = (char *)block + o->offset;
    if (o->type == FM_BOOL) {
        *(bool *)at = !*(bool *)at;
        return try == 0;
    }
    if (o->type == FM_INT)
        return change_int(o, try, at);
    if (o->type == FM_REAL)
        return change_real(o, try, at);
    if (o->type == FM_CHOICE)
        return change_choice(o, try, at);
    if (o->type == FM_INTS)
        return change_ints(arena, o, try, at);
    return o->type == FM_REALS && change_reals(arena, o, try, at);
}

/* ---- effects ---- */

struct varying {
    struct fm_arena *arena;
    const struct fm_plugin *plugin;
    uint64_t (*fingerprint)(void *context, const void *options, uint64_t hash);
    void *context;
    void *base, *other; /* blocks */
};

static uint64_t fingerprint_of(const struct varying *v, const void *block)
{
    return v->fingerprint(v->context, block, UINT64_C(0xcbf29ce484222325));
}

/* Whether another value of o changes the results of v->base; *is_tried: there is another. */
static bool has_effect(const struct varying *v, const struct fm_option *o, bool *is_tried)
{
    const uint64_t before = fingerprint_of(v, v->base);
    for (size_t try = 0; try < N_TRIES; try++) {
        memcpy(v->other, v->base, v->plugin->options_size);
        if (!change(v->arena, o, try, v->other))
            continue;
        *is_tried = true;
        if (fingerprint_of(v, v->other) != before)
            return true;
    }
    return false;
}

/* The same, after each change of another option. */
static bool has_effect_elsewhere(const struct varying *v, const struct fm_option *o,
                                 const void *options)
{
    bool ignored;
    for (const struct fm_option *with = v->plugin->options; with->name; with++)
        for (size_t try = 0; with != o && try < N_TRIES; try++) {
            memcpy(v->base, options, v->plugin->options_size);
            if (change(v->arena, with, try, v->base) && has_effect(v, o, &ignored))
                return true;
        }
    return false;
}

enum fm_status
fm_check_options(const struct fm_check_sink *sink, struct fm_arena *arena,
                 const struct fm_plugin *p, const void *options,
                 uint64_t (*fingerprint)(void *context, const void *options, uint64_t hash),
                 void *context, enum fm_check_result idle, struct fm_error *err)
{
    struct varying v = {arena,
                        p,
                        fingerprint,
                        context,
                        fm_arena_take(arena, 1, p->options_size),
                        fm_arena_take(arena, 1, p->options_size)};
    size_t n_effective = 0, n_tried = 0;
    if (!v.base || !v.other)
        return fm_out_of_memory(err);
    fm_check_begin(sink, "options");
    for (const struct fm_option *o = p->options; o && o->name; o++) {
        bool is_tried = false;
        memcpy(v.base, options, p->options_size);
        if (o->flags & FM_OPTION_NOT_IN_KEY)
            continue;
        const bool is_effective = has_effect(&v, o, &is_tried)
                                  || (is_tried && has_effect_elsewhere(&v, o, options));
        n_tried += is_tried;
        n_effective += is_effective;
        if (is_tried && !is_effective)
            fm_check_add_note(sink, "options", o->name, idle,
                              "other values give the same bits");
    }
    if (n_tried > 0 && n_effective == n_tried)
        fm_check_add_row(sink, "options", "", FM_CHECK_PASS, (double)n_tried,
                         (double)n_effective, "options change results");
    return FM_OK;
}
