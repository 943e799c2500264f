/* Tree -> text. */
#ifndef FM_CONFIG_DOCUMENT_EMIT_H
#define FM_CONFIG_DOCUMENT_EMIT_H

#include "base/text.h"
#include "config/document.h"

/* Writes node as YAML that reads back as the same tree: block style for maps, and flow
 * style for lists of scalars and for maps inside lists; strings are quoted where a plain
 * scalar would read otherwise.  Every line starts with `indent` spaces and ends with a line
 * break. */
void fm_yaml_emit(struct fm_text *text, const struct fm_yaml *node, unsigned indent);
/* The same on one line, in flow style, without a line break: "{a: 1, b: [x, y]}". */
void fm_yaml_emit_flow(struct fm_text *text, const struct fm_yaml *node);
/* One string as a scalar for any context, block or flow, key or value: plain when that reads back
 * as a string, otherwise in double quotes.  Bytes that are not UTF-8 become U+FFFD. */
void fm_yaml_emit_string(struct fm_text *text, const char *string);

#endif
