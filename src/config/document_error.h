/* Errors that point at a place in a config and show its line. */
#ifndef FM_CONFIG_DOCUMENT_ERROR_H
#define FM_CONFIG_DOCUMENT_ERROR_H

#include "config/document.h"
#include <fmrun/status.h>

/* Untrusted text (from a config, a file's name) for a message: in double quotes, on one line, cut
 * after 60 code points.  Use as fm_quote(text).text, in the argument list itself. */
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

/* The start of a line (from 1) of text, or NULL when it has fewer; breaks are \n, \r\n, \r.
 */
const char *fm_yaml_line(const char *text, unsigned line);

#endif
