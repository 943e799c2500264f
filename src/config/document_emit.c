#include <config.h>

#include "config/document_emit.h"

#include "config/document.h"
#include "config/scalar.h"
#include "config/utf8.h"

#include <string.h>

static bool is_letter_or_digit(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/* Whether a text needs no quotes anywhere.  YAML's own rules are wider but depend on the context. */
static bool is_safe_plain(const char *text)
{
    size_t n = strlen(text);
    if (n == 0 || fm_scalar_type(text) != FM_SCALAR_TEXT || strncmp(text, "...", 3) == 0)
        return false;
    char first = text[0];
    if (!is_letter_or_digit(first) && !strchr("_./~(", first)
        && (unsigned char)first < 0x80)
        return false;
    if (text[n - 1] == ' ')
        return false;
    for (size_t i = 0; i < n;) {
        uint32_t c;
        size_t length = fm_utf8_decode(text + i, n - i, &c);
        if (length == 0 || !fm_utf8_is_printable(c))
            return false;
        if (c < 0x80 && !is_letter_or_digit((char)c) && !strchr("_-./+()=~@%^*$ ", (char)c))
            return false;
        i += length;
    }
    return true;
}

static void add_escaped(struct fm_text *text, uint32_t c)
{
    if (c == '\n')
        fm_text_add(text, "\\n");
    else if (c == '\t')
        fm_text_add(text, "\\t");
    else if (c == '\r')
        fm_text_add(text, "\\r");
    else if (c < 0x100)
        fm_text_add(text, "\\x%02X", c);
    else
        fm_text_add(text, "\\u%04X", c);
}

void fm_yaml_emit_string(struct fm_text *text, const char *string)
{
    size_t n = strlen(string);
    if (is_safe_plain(string)) {
        fm_text_add_bytes(text, string, n);
        return;
    }
    fm_text_add_bytes(text, "\"", 1);
    for (size_t i = 0; i < n;) {
        uint32_t c = 0xFFFD;
        size_t length = fm_utf8_decode(string + i, n - i, &c);
        if (length == 0)
            fm_text_add(text, "\\uFFFD");
        else if (!fm_utf8_is_printable(c))
            add_escaped(text, c);
        else
            fm_text_add(text, "%s%.*s", c == '"' || c == '\\' ? "\\" : "", (int)length,
                        string + i);
        i += length > 0 ? length : 1;
    }
    fm_text_add_bytes(text, "\"", 1);
}

static void emit_scalar(struct fm_text *text, const struct fm_yaml *node)
{
    if (!node->is_plain || fm_scalar_type(node->text) == FM_SCALAR_TEXT)
        fm_yaml_emit_string(text, node->text);
    else
        fm_text_add(text, "%s", node->text[0] ? node->text : "null");
}

void fm_yaml_emit_flow(struct fm_text *text, const struct fm_yaml *node)
{
    if (node->kind == FM_YAML_SCALAR) {
        emit_scalar(text, node);
        return;
    }
    bool is_map = node->kind == FM_YAML_MAP;
    fm_text_add(text, is_map ? "{" : "[");
    for (size_t i = 0; i < node->n; i++) {
        if (i > 0)
            fm_text_add(text, ", ");
        if (is_map) {
            emit_scalar(text, node->keys[i]);
            fm_text_add(text, ": ");
        }
        fm_yaml_emit_flow(text, node->items[i]);
    }
    fm_text_add(text, is_map ? "}" : "]");
}

/* Whether a node is written in block style, on its own lines. */
static bool is_block(const struct fm_yaml *node)
{
    if (node->kind != FM_YAML_LIST)
        return node->kind == FM_YAML_MAP && node->n > 0;
    for (size_t i = 0; i < node->n; i++)
        if (node->items[i]->kind != FM_YAML_SCALAR)
            return true;
    return false;
}

void fm_yaml_emit(struct fm_text *text, const struct fm_yaml *node, unsigned indent)
{
    bool is_map = node->kind == FM_YAML_MAP;
    if (!is_block(node)) {
        fm_text_add(text, "%*s", (int)indent, "");
        fm_yaml_emit_flow(text, node);
        fm_text_add(text, "\n");
        return;
    }
    for (size_t i = 0; i < node->n; i++) {
        const struct fm_yaml *item = node->items[i];
        fm_text_add(text, "%*s", (int)indent, "");
        if (is_map)
            emit_scalar(text, node->keys[i]);
        fm_text_add(text, is_map ? ":" : "-");
        if (is_map && is_block(item)) {
            fm_text_add(text, "\n");
            fm_yaml_emit(text, item, indent + 2);
        } else {
            fm_text_add(text, " ");
            fm_yaml_emit_flow(text, item);
            fm_text_add(text, "\n");
        }
    }
}
