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
#include "base/text.h"
#include <fmrun/status.h>
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

/* Reads a file whose top level is a map.  Nodes live in arena.  An alias becomes a copy of
 * what its anchor names, which keeps its place: no node has two parents.  FM_ERROR_NO_INPUT
 * when the file can't be read, FM_ERROR_CONFIG, FM_ERROR_MEMORY. */
FM_MUST_USE enum fm_status fm_yaml_read(struct fm_arena *arena, const char *path,
                                        struct fm_yaml **root, struct fm_error *err);
/* The same from memory; name and folder as in fm_yaml_source.  must_be_map: whether
 * anything but a map at top level is an error; without it, an empty text is null.  bytes
 * need no NUL and are copied, as are name and folder. */
FM_MUST_USE enum fm_status fm_yaml_parse(struct fm_arena *arena, const char *name,
                                         const char *folder, const char *bytes,
                                         size_t n_bytes, bool must_be_map,
                                         struct fm_yaml **root, struct fm_error *err);

/* Composes files: root's key `include`, a file or a list of them, relative to root's folder, goes
 * away, and what these say stands below what root says.  Maps are merged key by key; any other
 * value replaces, so does a map with another `plugin`, and null takes the key out.  Of several
 * files the later stands above the earlier; each may include others, 32 files in all.  Nodes
 * keep their places.  FM_ERROR_CONFIG, at the include, when a file can't be read. */
FM_MUST_USE enum fm_status fm_yaml_include(struct fm_arena *arena, struct fm_yaml *root,
                                           struct fm_error *err);

/* Whether null stands there: null, ~, or nothing. */
bool fm_yaml_is_null(const struct fm_yaml *node);

/* The value of key in a map, or NULL (also when map is NULL or no map). */
struct fm_yaml *fm_yaml_find(const struct fm_yaml *map, const char *key);

/* A copy that shares no node with the original (text and sources are shared).  NULL when
 * memory is out, or when node is NULL. */
struct fm_yaml *fm_yaml_clone(struct fm_arena *arena, const struct fm_yaml *node);

/* Sets the value at a dotted key ("train.lr", "solvers.0.steps": a number indexes a list,
 * from 0), making maps on the way where nothing or null stands; replaces what was there.
 * value becomes part of the tree: to set it in several places, clone it.  where, which may
 * be NULL, is the node blamed in errors, and where new keys stand. FM_ERROR_CONFIG when the
 * way leads through a scalar, or to no item of a list. */
FM_MUST_USE enum fm_status fm_yaml_set(struct fm_arena *arena, struct fm_yaml *root,
                                       const char *key, struct fm_yaml *value,
                                       const struct fm_yaml *where, struct fm_error *err);
/* The same with a value in YAML, as if it stood in a file "default" of the working folder. */
FM_MUST_USE enum fm_status fm_yaml_set_text(struct fm_arena *arena, struct fm_yaml *root,
                                            const char *key, const char *yaml,
                                            struct fm_error *err);
/* Takes the entry or item at a dotted key out.  FM_ERROR_CONFIG when there is none. */
FM_MUST_USE enum fm_status fm_yaml_remove(struct fm_yaml *root, const char *key,
                                          const struct fm_yaml *where,
                                          struct fm_error *err);

/* Applies one command-line override, VALUE in YAML ("[1, 2]", "1e-3"):
 *     a.b=VALUE    sets;   +a.b=VALUE   sets what must not be there yet;   ~a.b   removes.
 * FM_ERROR_CONFIG, placed as command line:1:col. */
FM_MUST_USE enum fm_status fm_yaml_override(struct fm_arena *arena, struct fm_yaml *root,
                                            const char *assignment, struct fm_error *err);

/* Writes node as YAML that reads back as the same tree: block style for maps, and flow
 * style for lists of scalars and for maps inside lists; strings are quoted where a plain
 * scalar would read otherwise.  Every line starts with `indent` spaces and ends with a line
 * break. */
void fm_yaml_emit(struct fm_text *text, const struct fm_yaml *node, unsigned indent);
/* The same on one line, in flow style, without a line break: "{a: 1, b: [x, y]}". */
void fm_yaml_emit_flow(struct fm_text *text, const struct fm_yaml *node);
/* One scalar string as it must stand in YAML, block or flow, key or value: plain when that
 * reads back as a string, otherwise in double quotes.  Bytes that are not UTF-8 become
 * U+FFFD. */
void fm_yaml_emit_string(struct fm_text *text, const char *string);

/* Text of others (a config, a file's name) for a message: in double quotes, cut after 60
 * code points, on one line.  Use as fm_quote(text).text, in the argument list itself. */
struct fm_quoted {
    char text[256];
};
struct fm_quoted fm_quote(const char *text);

/* FM_ERROR_CONFIG with "NAME:LINE:COL: error: MESSAGE\n LINE | source line\n      |  ^~~~":
 * the caret under the node's first character, tildes below the rest of a one-line scalar.
 * Long lines are cut around the caret, long names and messages to what fits.  node may be
 * NULL: the message alone. */
enum fm_status fm_yaml_fail(struct fm_error *err, const struct fm_yaml *node,
                            const char *format, ...) FM_FORMAT(3, 4);

#endif
