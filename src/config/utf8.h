/* Code points of UTF-8 text: which ones a config may contain and a message may print. */
#ifndef FM_CONFIG_UTF8_H
#define FM_CONFIG_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Decodes the code point at bytes[0 .. n-1]: its length in bytes, 1 to 4; 0 when n is 0 or
 * the bytes are not UTF-8 (truncated, overlong, a surrogate, or above U+10FFFF), with
 * code_point untouched. */
size_t fm_utf8_decode(const char *bytes, size_t n, uint32_t *code_point);

/* Whether a code point may be shown as it is on one line: no control character (C0, DEL,
 * C1), no line or paragraph separator (U+2028, U+2029: line breaks to YAML 1.1 and not to
 * 1.2), no byte order mark, no noncharacter of the basic plane.  False for tab and line
 * breaks. */
bool fm_utf8_is_printable(uint32_t code_point);

#endif
