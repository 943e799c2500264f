/* YAML documents as trees.  Every node knows its file, line and column, so that each error can say
 * file:line:col.  First station of the walk: text -> nodes (document_parse.h).  Scalars keep their
 * text; who reads a value gives it a type by the core rules of YAML 1.2 (yaml_value.h).
 *
 * Hostile input: a text has at most FM_YAML_MAX_BYTES, FM_YAML_MAX_DEPTH levels,
 * FM_YAML_MAX_NODES nodes after aliases are expanded, FM_YAML_MAX_ANCHORS anchors, and keys of at
 * most FM_YAML_MAX_KEY_BYTES.  The parser refuses, with the place: duplicate keys, keys that are
 * not scalars, tags, merge keys (<<), several documents, bytes that are not UTF-8, and control
 * characters (also as \escapes) other than tab and line breaks.  So a scalar's text is always
 * NUL-terminated UTF-8 that is safe to print on a terminal.
 *
 * One thread at a time may change a tree; several may read it. */
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
    const char *name;   /* for errors: the path as given, or "command line" */
    const char *folder; /* relative FM_FILE options start from it */
    const char *text;   /* whole, NUL-terminated */
};

struct fm_yaml {
    enum fm_yaml_kind kind;
    const struct fm_yaml_source *source;
    unsigned line, column; /* from 1, column in code points; line 0: no place */
    unsigned width;        /* columns of a scalar on one line; otherwise 0 or 1 */
    bool is_plain;         /* a scalar without quotes */
    const char *text;      /* a scalar's, "" for an absent value; NULL for lists and maps */
    size_t n;              /* items of a list, entries of a map */
    struct fm_yaml **keys; /* a map's keys, scalars; NULL otherwise */
    struct fm_yaml **items;
};

/* Whether the node is null: null, ~, or an absent value. */
bool fm_yaml_is_null(const struct fm_yaml *node);

/* Levels of lists and maps, node's own included: 0 for a scalar. */
unsigned fm_yaml_depth(const struct fm_yaml *node);

/* The value of key in a map; NULL when there is none, or when map is NULL or not a map. */
struct fm_yaml *fm_yaml_find(const struct fm_yaml *map, const char *key);

/* A copy that shares no node with the original (text and sources are shared).  NULL when
 * memory is out, or when node is NULL. */
struct fm_yaml *fm_yaml_clone(struct fm_arena *arena, const struct fm_yaml *node);

#endif
