#include <config.h>

#include "config/document_edit.h"

#include "base/error.h"
#include "base/text.h"
#include "config/document.h"
#include "config/document_check.h"
#include "config/document_error.h"
#include "config/document_parse.h"

#include <stdlib.h>
#include <string.h>

/* A dotted key being walked: parts in order, `node` the value reached. */
struct walk {
    struct fm_yaml *parent, *node; /* node: NULL when parent, a map, has no such key */
    size_t index;                  /* of node in parent */
    const char *part;              /* the last one looked up */
    size_t n_part;
    const struct fm_yaml *where;
    const char *key;
    struct fm_error *err;
};

/* The key before the current part: "train" for the part "lr" of "train.lr". */
static struct fm_quoted key_before(const struct walk *w)
{
    char text[FM_YAML_MAX_KEY_BYTES + 1] = "";
    size_t n = (size_t)(w->part - w->key);
    n = n > sizeof text ? sizeof text : n;
    if (n > 0)
        memcpy(text, w->key, n - 1);
    return fm_quote(text);
}

static enum fm_status look_up_index(struct walk *w)
{
    const struct fm_yaml *list = w->parent;
    size_t index = 0, digits = strspn(w->part, "0123456789");
    bool is_index = digits == w->n_part && digits < 10;
    for (size_t i = 0; is_index && i < digits; i++)
        index = 10 * index + (size_t)(w->part[i] - '0');
    if (!is_index)
        return fm_yaml_fail(w->err, w->where,
                            "%s is a list: expected the number of an item "
                            "after it, from 0, found \"%.*s\"",
                            key_before(w).text, (int)w->n_part, w->part);
    if (index >= list->n)
        return fm_yaml_fail(w->err, w->where,
                            "%s has no item %zu: it has %zu, numbered from 0",
                            key_before(w).text, index, list->n);
    w->index = index;
    w->node = list->items[index];
    return FM_OK;
}

static enum fm_status look_up(struct walk *w)
{
    const struct fm_yaml *parent = w->parent;
    w->node = NULL;
    if (parent->kind == FM_YAML_LIST)
        return look_up_index(w);
    if (fm_yaml_is_null(parent))
        return FM_OK;
    if (parent->kind == FM_YAML_SCALAR)
        return fm_yaml_fail(w->err, w->where,
                            "%s is the value %s, not a map: it can't hold "
                            "\"%.*s\"",
                            key_before(w).text, fm_quote(parent->text).text, (int)w->n_part,
                            w->part);
    for (size_t i = 0; i < parent->n; i++)
        if (strlen(parent->keys[i]->text) == w->n_part
            && strncmp(parent->keys[i]->text, w->part, w->n_part) == 0) {
            w->index = i;
            w->node = parent->items[i];
        }
    return FM_OK;
}

static bool is_last(const struct walk *w)
{
    return w->part[w->n_part] == '\0';
}

static void next_part(struct walk *w)
{
    w->part += w->n_part + 1;
    w->n_part = strcspn(w->part, ".");
}

static enum fm_status check_parts(const char *key, const struct fm_yaml *where,
                                  size_t *n_parts, struct fm_error *err)
{
    *n_parts = 0;
    for (const char *part = key;; part++) {
        size_t n = strcspn(part, ".");
        if (n == 0)
            return fm_yaml_fail(err, where,
                                "%s is not a dotted key: expected names with single "
                                "dots between them, as in train.lr",
                                fm_quote(key).text);
        if (n > FM_YAML_MAX_KEY_BYTES)
            return fm_yaml_fail(err, where, "a key of %zu bytes; keys have at most %d", n,
                                FM_YAML_MAX_KEY_BYTES);
        ++*n_parts;
        part += n;
        if (*part == '\0')
            return FM_OK;
    }
}

/* Walks as far as there are nodes: to the last part, or to the first that is missing. */
static enum fm_status start_walk(struct walk *w, struct fm_yaml *root, const char *key,
                                 const struct fm_yaml *where, struct fm_error *err)
{
    *w = (struct walk){.parent = root, .key = key, .part = key, .where = where, .err = err};
    w->n_part = strcspn(key, ".");
    for (;;) {
        FM_TRY(look_up(w));
        if (!w->node || is_last(w))
            return FM_OK;
        w->parent = w->node;
        next_part(w);
    }
}

/* The new key's place is that of its name in `where`, when `where` is the dotted key itself. */
static struct fm_yaml *new_key(struct fm_arena *arena, const struct walk *w,
                               const struct fm_yaml *root)
{
    struct fm_yaml *key = FM_NEW(arena, 1, struct fm_yaml);
    const struct fm_yaml *where = w->where ? w->where : root;
    if (!key)
        return NULL;
    *key = (struct fm_yaml){.source = where->source,
                            .line = where->line,
                            .column = where->column,
                            .width = where->width};
    if (where->kind == FM_YAML_SCALAR && where->width == fm_text_columns(w->key)) {
        for (const char *p = w->key; p < w->part; p++)
            key->column += ((unsigned char)*p & 0xC0) != 0x80;
        key->width = 0;
        for (const char *p = w->part; p < w->part + w->n_part; p++)
            key->width += ((unsigned char)*p & 0xC0) != 0x80;
    }
    key->text = fm_arena_text_n(arena, w->part, w->n_part);
    return key->text ? key : NULL;
}

/* Adds an entry to a map; the old arrays stay in the arena. */
static enum fm_status append(struct fm_arena *arena, struct fm_yaml *map,
                             struct fm_yaml *key, struct fm_yaml *value,
                             struct fm_error *err)
{
    size_t n = map->kind == FM_YAML_MAP ? map->n : 0;
    struct fm_yaml **keys = FM_NEW(arena, n + 1, struct fm_yaml *);
    struct fm_yaml **items = FM_NEW(arena, n + 1, struct fm_yaml *);
    if (!keys || !items)
        return fm_out_of_memory(err);
    if (n > 0) {
        memcpy(keys, map->keys, n * sizeof *keys);
        memcpy(items, map->items, n * sizeof *items);
    }
    keys[n] = key;
    items[n] = value;
    map->kind = FM_YAML_MAP; /* it may have been null */
    map->is_plain = false;
    map->text = NULL;
    map->n = n + 1;
    map->keys = keys;
    map->items = items;
    return FM_OK;
}

/* Wraps the value in a map for each part of the key after w's. */
static enum fm_status wrap(struct fm_arena *arena, struct walk w,
                           const struct fm_yaml *root, struct fm_yaml *value,
                           struct fm_yaml **wrapped)
{
    if (is_last(&w)) {
        *wrapped = value;
        return FM_OK;
    }
    struct fm_yaml *inner, *map = FM_NEW(arena, 1, struct fm_yaml);
    next_part(&w);
    struct fm_yaml *key = new_key(arena, &w, root);
    if (!key || !map)
        return fm_out_of_memory(w.err);
    FM_TRY(wrap(arena, w, root, value, &inner));
    *map = *key;
    map->kind = FM_YAML_MAP;
    map->text = NULL;
    FM_TRY(append(arena, map, key, inner, w.err));
    *wrapped = map;
    return FM_OK;
}

enum fm_status fm_yaml_set(struct fm_arena *arena, struct fm_yaml *root, const char *key,
                           struct fm_yaml *value, const struct fm_yaml *where,
                           struct fm_error *err)
{
    struct walk w;
    size_t n_parts;
    FM_TRY(check_parts(key, where, &n_parts, err));
    if (n_parts + fm_yaml_depth(value) > FM_YAML_MAX_DEPTH)
        return fm_yaml_fail(err, where, "more than %d levels of lists and maps",
                            FM_YAML_MAX_DEPTH);
    FM_TRY(start_walk(&w, root, key, where, err));
    if (w.node) {
        w.parent->items[w.index] = value;
        return FM_OK;
    }
    /* Make everything before linking anything: a failure leaves the tree as it was. */
    struct fm_yaml *name = new_key(arena, &w, root), *wrapped;
    if (!name)
        return fm_out_of_memory(err);
    FM_TRY(wrap(arena, w, root, value, &wrapped));
    return append(arena, w.parent, name, wrapped, err);
}

enum fm_status fm_yaml_set_text(struct fm_arena *arena, struct fm_yaml *map,
                                const char *key, const char *yaml, struct fm_error *err)
{
    struct fm_yaml *value;
    FM_TRY(fm_yaml_parse(arena, "default", ".", yaml, strlen(yaml), false, &value, err));
    return fm_yaml_set(arena, map, key, value, value, err);
}

enum fm_status fm_yaml_remove(struct fm_yaml *root, const char *key,
                              const struct fm_yaml *where, struct fm_error *err)
{
    struct walk w;
    size_t n_parts;
    FM_TRY(check_parts(key, where, &n_parts, err));
    FM_TRY(start_walk(&w, root, key, where, err));
    if (!w.node)
        return fm_yaml_fail(err, where, "there is no %s to remove", fm_quote(key).text);
    struct fm_yaml *parent = w.parent;
    size_t n_behind = parent->n - w.index - 1;
    memmove(parent->items + w.index, parent->items + w.index + 1,
            n_behind * sizeof *parent->items);
    if (parent->keys)
        memmove(parent->keys + w.index, parent->keys + w.index + 1,
                n_behind * sizeof *parent->keys);
    parent->n--;
    return FM_OK;
}

/* Reads VALUE and sets it.  where: the key's place. */
static enum fm_status assign(struct fm_arena *arena, struct fm_yaml *root, const char *key,
                             size_t value_start, bool must_be_new,
                             const struct fm_yaml *where, struct fm_error *err)
{
    struct fm_yaml *value;
    const char *text = where->source->text;
    FM_TRY(fm_yaml_parse_source(arena, where->source, strlen(text), value_start, false,
                                &value, err));
    if (must_be_new) {
        struct walk w;
        size_t n_parts;
        FM_TRY(check_parts(key, where, &n_parts, err));
        FM_TRY(start_walk(&w, root, key, where, err));
        if (w.node)
            return fm_yaml_fail(err, where,
                                "%s is there already; write it without the \"+\" "
                                "to replace it",
                                fm_quote(key).text);
    }
    return fm_yaml_set(arena, root, key, value, where, err);
}

enum fm_status fm_yaml_override(struct fm_arena *arena, struct fm_yaml *root,
                                const char *assignment, struct fm_error *err)
{
    size_t n = strlen(assignment);
    if (n > FM_YAML_MAX_BYTES)
        return fm_fail(err, FM_ERROR_CONFIG,
                       "command line: error: an override of %zu bytes; "
                       "the limit is %d",
                       n, FM_YAML_MAX_BYTES);
    struct fm_yaml_source *source = FM_NEW(arena, 1, struct fm_yaml_source);
    struct fm_yaml *where = FM_NEW(arena, 1, struct fm_yaml);
    char *text = fm_arena_text_n(arena, assignment, n);
    if (!source || !where || !text)
        return fm_out_of_memory(err);
    *source = (struct fm_yaml_source){"command line", ".", text};
    *where = (struct fm_yaml){.source = source, .line = 1, .column = 1, .width = 1};
    FM_TRY(fm_yaml_check_characters(source, n, err));
    size_t skipped = text[0] == '+' || text[0] == '~', n_key = strcspn(text + skipped, "=");
    char *key = fm_arena_text_n(arena, text + skipped, n_key);
    if (!key)
        return fm_out_of_memory(err);
    bool has_value = text[skipped + n_key] == '=', is_removal = text[0] == '~';
    where->width = (unsigned)fm_text_columns(key);
    where->column += (unsigned)skipped;
    where->text = key;
    if (has_value == is_removal)
        return fm_yaml_fail(err, where,
                            "expected KEY=VALUE, +KEY=VALUE or ~KEY, as in "
                            "train.lr=1e-3");
    if (is_removal)
        return fm_yaml_remove(root, key, where, err);
    return assign(arena, root, key, skipped + n_key + 1, text[0] == '+', where, err);
}
