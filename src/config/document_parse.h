/* Text -> tree. */
#ifndef FM_CONFIG_DOCUMENT_PARSE_H
#define FM_CONFIG_DOCUMENT_PARSE_H

#include "config/document.h"
#include <fmrun/status.h>

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

/* Reads source->text from byte `start` on (an override's value starts behind its "="),
 * where the text's n_bytes come from outside and may hold a NUL. */
FM_MUST_USE enum fm_status fm_yaml_parse_source(struct fm_arena *arena,
                                                const struct fm_yaml_source *source,
                                                size_t n_bytes, size_t start,
                                                bool must_be_map, struct fm_yaml **root,
                                                struct fm_error *err);

#endif
