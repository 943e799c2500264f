/* Text -> tree.  The only user of libyaml is its .c file. */
#ifndef FM_CONFIG_DOCUMENT_PARSE_H
#define FM_CONFIG_DOCUMENT_PARSE_H

#include "config/document.h"
#include <fmrun/status.h>

/* Reads a file whose top level is a map.  Nodes live in arena.  An alias becomes a copy of the
 * anchored value, with its place, so that no node has two parents.  FM_ERROR_NO_INPUT when the file
 * can't be read; FM_ERROR_CONFIG, FM_ERROR_MEMORY. */
FM_MUST_USE enum fm_status fm_yaml_read(struct fm_arena *arena, const char *path,
                                        struct fm_yaml **root, struct fm_error *err);
/* The same from memory; name and folder as in fm_yaml_source.  must_be_map: the top level must be a
 * map; otherwise it may be anything, and an empty text is null.  Copies bytes, which need no NUL,
 * name and folder. */
FM_MUST_USE enum fm_status fm_yaml_parse(struct fm_arena *arena, const char *name,
                                         const char *folder, const char *bytes,
                                         size_t n_bytes, bool must_be_map,
                                         struct fm_yaml **root, struct fm_error *err);

/* Reads source->text from byte `start` on: an override's value starts after its "=".  The text has
 * n_bytes, may be hostile, and may contain a NUL. */
FM_MUST_USE enum fm_status fm_yaml_parse_source(struct fm_arena *arena,
                                                const struct fm_yaml_source *source,
                                                size_t n_bytes, size_t start,
                                                bool must_be_map, struct fm_yaml **root,
                                                struct fm_error *err);

#endif
