/* YAML documents as trees whose every node knows where it stands in which file, so that
 * each error can say file:line:col.  First station of the walk: text -> nodes.  The only
 * user of libyaml; scalars are typed by YAML 1.2 core rules, by the reader of the value
 * (options.h).
 *
 * Hostile input: at most FM_YAML_MAX_BYTES of text, FM_YAML_MAX_DEPTH levels, and
 * FM_YAML_MAX_NODES nodes after aliases are expanded, FM_YAML_MAX_ANCHORS anchors, keys of
 * at most FM_YAML_MAX_KEY_BYTES; duplicate keys, keys that are no scalars, tags, merge keys
 * (<<), several documents, what is not UTF-8, and control characters (also as \escapes, but
 * for tab and line breaks) are refused with the place.  So a scalar's text is always
 * NUL-terminated UTF-8 without surprises for a terminal.
 *
 * Trees are changed by one thread at a time; reading them is safe from several. */
#ifndef FM_CONFIG_DOCUMENT_H
#define FM_CONFIG_DOCUMENT_H

#include "base/arena.h"
#include <stdbool.h>
#include <stddef.h>

enum {
    FM_YAML_MAX_BYTES = 1 << 20,
    FM_YAML_MAX_DEPTH = 64,
    FM_YAML_MAX_NODES = 100000,
    FM_YAML_MAX_ANCHORS = 1000,
    FM_YAML_MAX_KEY_BYTES = 128
};

enum fm_yaml_kind { FM_YAML_SCALAR, FM_YAML_LIST, FM_YAML_MAP };

/* The text a node came from: a file, an override of the command line, or a default. */
struct fm_yaml_source {
    const char *name;   /* as shown in errors: the path as given, or "command line" */
    const char *folder; /* relative FM_FILE options start here */
    const char *text;   /* whole, NUL-terminated */
};

struct fm_yaml {
    enum fm_yaml_kind kind;
    const struct fm_yaml_source *source;
    unsigned line, column; /* from 1; column counts code points; line 0: no place */
    unsigned width;   /* columns of a scalar that stands on one line; otherwise 0 or 1 */
    bool is_plain;    /* a scalar without quotes */
    const char *text; /* of a scalar, "" when nothing stands there; NULL otherwise */
    size_t n;         /* items of a list, entries of a map */
    struct fm_yaml **keys; /* of a map: scalars; NULL otherwise */
    struct fm_yaml **items;
};

/* Whether null stands there: null, ~, or nothing. */
bool fm_yaml_is_null(const struct fm_yaml *node);

/* Levels of lists and maps, node's own included: 0 for a scalar. */
unsigned fm_yaml_depth(const struct fm_yaml *node);

/* The value of key in a map, or NULL (also when map is NULL or no map). */
struct fm_yaml *fm_yaml_find(const struct fm_yaml *map, const char *key);

/* A copy that shares no node with the original (text and sources are shared).  NULL when
 * memory is out, or when node is NULL. */
struct fm_yaml *fm_yaml_clone(struct fm_arena *arena, const struct fm_yaml *node);

#endif
