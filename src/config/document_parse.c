#include <config.h>

#include "config/document_parse.h"

#include "base/error.h"
#include "base/file.h"
#include "config/document.h"
#include "config/document_check.h"
#include "config/document_error.h"
#include "config/utf8.h"

#include <string.h>
#include <yaml.h>

struct anchor {
    const char *name;
    struct fm_yaml *node;
    bool is_open; /* its node is still being read; an alias to it would contain itself */
};

/* The state of reading a text.  Each event of libyaml makes a node; the nodes of unfinished lists
 * and maps wait on a stack (a map's keys and values alternate). */
struct reader {
    yaml_parser_t yaml;
    struct fm_arena *arena, scratch;
    const struct fm_yaml_source *source;
    const char *cursor; /* into source->text: the code point with libyaml's index ... */
    /* ... cursor_index, counted from the first byte that libyaml got */
    size_t cursor_index;
    /* of that byte, from 0: an override's value starts inside a line */
    unsigned first_column;
    size_t n_nodes, n_waiting, capacity, n_anchors;
    struct fm_yaml **waiting;
    struct anchor *anchors;
    struct fm_error *err;
};

static struct fm_yaml place(const struct reader *r, yaml_mark_t mark)
{
    return (struct fm_yaml){.source = r->source,
                            .line = (unsigned)mark.line + 1,
                            .column = (unsigned)mark.column + 1
                                      + (mark.line == 0 ? r->first_column : 0),
                            .width = 1};
}

static enum fm_status fail_syntax(struct reader *r)
{
    const yaml_parser_t *yaml = &r->yaml;
    if (yaml->error == YAML_MEMORY_ERROR)
        return fm_out_of_memory(r->err);
    struct fm_yaml here = place(r, yaml->problem_mark), from = place(r, yaml->context_mark);
    return fm_yaml_fail_syntax(&here, yaml->problem ? yaml->problem : "this is not YAML",
                               &from, yaml->context, r->err);
}

static enum fm_status next_event(struct reader *r, yaml_event_t *event)
{
    return yaml_parser_parse(&r->yaml, event) ? FM_OK : fail_syntax(r);
}

static enum fm_status count_node(struct reader *r, const struct fm_yaml *here)
{
    if (++r->n_nodes > FM_YAML_MAX_NODES)
        return fm_yaml_fail(r->err, here,
                            "more than %d values (each alias counts as all values that "
                            "it refers to)",
                            FM_YAML_MAX_NODES);
    return FM_OK;
}

/* libyaml marks an event at its anchor; moves the node to the value after it, if that is on the same
 * line. */
static void skip_anchor(struct reader *r, struct fm_yaml *node, yaml_mark_t start)
{
    static const char name[] = "0123456789abcdefghijklmnopqrstuvwxyz"
                               "ABCDEFGHIJKLMNOPQRSTUVWXYZ_-";
    uint32_t c;
    for (; r->cursor_index < start.index && *r->cursor; r->cursor_index++)
        r->cursor += fm_utf8_decode(r->cursor, strnlen(r->cursor, 4), &c);
    if (*r->cursor != '&')
        return;
    size_t n = 1 + strspn(r->cursor + 1, name); /* after the "&" */
    n += strspn(r->cursor + n, " \t");
    if (strchr("#\r\n,]}", r->cursor[n]) == NULL) {
        node->column += (unsigned)n; /* libyaml's anchor names are ASCII */
        node->width -= node->width > n ? (unsigned)n : 0;
    }
}

static enum fm_status add_anchor(struct reader *r, const char *name, struct fm_yaml *node)
{
    if (!r->anchors)
        r->anchors = FM_NEW(&r->scratch, FM_YAML_MAX_ANCHORS, struct anchor);
    if (!r->anchors)
        return fm_out_of_memory(r->err);
    if (r->n_anchors == FM_YAML_MAX_ANCHORS)
        return fm_yaml_fail(r->err, node, "more than %d anchors", FM_YAML_MAX_ANCHORS);
    const char *copy = fm_arena_text(&r->scratch, name);
    if (!copy)
        return fm_out_of_memory(r->err);
    r->anchors[r->n_anchors++] = (struct anchor){copy, node, true};
    return FM_OK;
}

static enum fm_status add_node(struct reader *r, const yaml_event_t *event,
                               enum fm_yaml_kind kind, const yaml_char_t *anchor,
                               const yaml_char_t *tag, struct fm_yaml **node)
{
    struct fm_yaml here = place(r, event->start_mark);
    if (tag)
        return fm_yaml_fail(r->err, &here,
                            "tags (%s) are not supported; remove the tag, and "
                            "quote a text that looks like a number",
                            fm_quote((const char *)tag).text);
    FM_TRY(count_node(r, &here));
    *node = FM_NEW(r->arena, 1, struct fm_yaml);
    if (!*node)
        return fm_out_of_memory(r->err);
    here.kind = kind;
    if (kind == FM_YAML_SCALAR && event->start_mark.line == event->end_mark.line
        && event->end_mark.column > event->start_mark.column)
        here.width = (unsigned)(event->end_mark.column - event->start_mark.column);
    **node = here;
    if (!anchor)
        return FM_OK;
    skip_anchor(r, *node, event->start_mark);
    return add_anchor(r, (const char *)anchor, *node);
}

static void close_anchor(struct reader *r, const struct fm_yaml *node)
{
    for (size_t i = r->n_anchors; i-- > 0;)
        if (r->anchors[i].node == node) {
            r->anchors[i].is_open = false;
            return;
        }
}

static enum fm_status read_scalar(struct reader *r, const yaml_event_t *event,
                                  struct fm_yaml **node)
{
    const char *value = (const char *)event->data.scalar.value;
    size_t n = event->data.scalar.length;
    FM_TRY(add_node(r, event, FM_YAML_SCALAR, event->data.scalar.anchor,
                    event->data.scalar.tag, node));
    for (size_t i = 0; i < n;) {
        uint32_t c;
        size_t length = fm_utf8_decode(value + i, n - i, &c);
        if (length == 0)
            return fm_yaml_fail(r->err, *node, "the text is not UTF-8");
        if ((c < 0x20 && c != '\t' && c != '\n' && c != '\r') || (c >= 0x7F && c <= 0x9F))
            return fm_yaml_fail(r->err, *node,
                                "the text holds the control character U+%04X; "
                                "remove its escape",
                                c);
        i += length;
    }
    struct fm_yaml *scalar = *node;
    scalar->is_plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    scalar->text = fm_arena_text_n(r->arena, value, n);
    if (!scalar->text)
        return fm_out_of_memory(r->err);
    if (event->data.scalar.anchor)
        close_anchor(r, scalar);
    return FM_OK;
}

static enum fm_status copy_alias(struct reader *r, const struct fm_yaml *alias,
                                 const struct fm_yaml *from, struct fm_yaml **node)
{
    FM_TRY(count_node(r, alias));
    struct fm_yaml *copy = FM_NEW(r->arena, 1, struct fm_yaml);
    if (!copy)
        return fm_out_of_memory(r->err);
    *copy = *from;
    if (from->kind != FM_YAML_SCALAR) {
        bool has_keys = from->kind == FM_YAML_MAP;
        copy->items = FM_NEW(r->arena, from->n, struct fm_yaml *);
        copy->keys = has_keys ? FM_NEW(r->arena, from->n, struct fm_yaml *) : NULL;
        if (!copy->items || (has_keys && !copy->keys))
            return fm_out_of_memory(r->err);
    }
    for (size_t i = 0; i < from->n; i++) {
        FM_TRY(copy_alias(r, alias, from->items[i], &copy->items[i]));
        if (from->keys)
            FM_TRY(copy_alias(r, alias, from->keys[i], &copy->keys[i]));
    }
    *node = copy;
    return FM_OK;
}

static enum fm_status read_alias(struct reader *r, const yaml_event_t *event,
                                 unsigned level, struct fm_yaml **node)
{
    const char *name = (const char *)event->data.alias.anchor;
    struct fm_yaml here = place(r, event->start_mark);
    here.width = (unsigned)strlen(name) + 1;
    size_t i = r->n_anchors;
    while (i > 0 && strcmp(r->anchors[i - 1].name, name) != 0)
        i--;
    if (i == 0)
        return fm_yaml_fail(r->err, &here, "there is no anchor &%.60s before this alias",
                            name);
    const struct anchor *anchor = &r->anchors[i - 1];
    if (anchor->is_open)
        return fm_yaml_fail(r->err, &here,
                            "the alias *%.60s is inside the value that it refers to (line "
                            "%u, column %u)",
                            name, anchor->node->line, anchor->node->column);
    if (level - 1 + fm_yaml_depth(anchor->node) > FM_YAML_MAX_DEPTH)
        return fm_yaml_fail(r->err, &here, "more than %d levels of lists and maps",
                            FM_YAML_MAX_DEPTH);
    return copy_alias(r, &here, anchor->node, node);
}

static enum fm_status read_node(struct reader *r, unsigned level, bool is_key,
                                struct fm_yaml **node);

static enum fm_status push(struct reader *r, struct fm_yaml *node)
{
    if (r->n_waiting == r->capacity) {
        size_t capacity = r->capacity ? 2 * r->capacity : 64;
        struct fm_yaml **more = FM_NEW(&r->scratch, capacity, struct fm_yaml *);
        if (!more)
            return fm_out_of_memory(r->err);
        if (r->n_waiting > 0)
            memcpy(more, r->waiting, r->n_waiting * sizeof *more);
        r->waiting = more;
        r->capacity = capacity;
    }
    r->waiting[r->n_waiting++] = node;
    return FM_OK;
}

/* Moves the nodes on the stack from `first` on to their parent. */
static enum fm_status pop_children(struct reader *r, size_t first, struct fm_yaml *parent)
{
    struct fm_yaml **children = r->waiting ? r->waiting + first : NULL;
    size_t n = r->n_waiting - first;
    r->n_waiting = first;
    bool is_map = parent->kind == FM_YAML_MAP;
    parent->n = is_map ? n / 2 : n;
    parent->items = FM_NEW(r->arena, parent->n, struct fm_yaml *);
    parent->keys = is_map ? FM_NEW(r->arena, parent->n, struct fm_yaml *) : NULL;
    struct fm_yaml **sorted = FM_NEW(&r->scratch, is_map ? parent->n : 0, struct fm_yaml *);
    if (!parent->items || (is_map && !parent->keys) || !sorted)
        return fm_out_of_memory(r->err);
    for (size_t i = 0; i < parent->n; i++) {
        parent->items[i] = is_map ? children[2 * i + 1] : children[i];
        if (is_map)
            parent->keys[i] = children[2 * i];
    }
    return is_map ? fm_yaml_check_duplicates(parent->keys, sorted, parent->n, r->err)
                  : FM_OK;
}

/* Reads children up to the end of the list or map that starts with `event`. */
static enum fm_status read_collection(struct reader *r, const yaml_event_t *event,
                                      enum fm_yaml_kind kind, unsigned level,
                                      struct fm_yaml **node)
{
    bool is_map = kind == FM_YAML_MAP;
    const yaml_char_t *anchor =
        is_map ? event->data.mapping_start.anchor : event->data.sequence_start.anchor;
    const yaml_char_t *tag =
        is_map ? event->data.mapping_start.tag : event->data.sequence_start.tag;
    FM_TRY(add_node(r, event, kind, anchor, tag, node));
    struct fm_yaml *parent = *node;
    if (level > FM_YAML_MAX_DEPTH)
        return fm_yaml_fail(r->err, parent, "more than %d levels of lists and maps",
                            FM_YAML_MAX_DEPTH);
    size_t first = r->n_waiting;
    for (;;) {
        struct fm_yaml *child;
        bool is_key = is_map && (r->n_waiting - first) % 2 == 0;
        FM_TRY(read_node(r, level + 1, is_key, &child));
        if (!child)
            break;
        if (is_key)
            FM_TRY(fm_yaml_check_key(child, r->err));
        FM_TRY(push(r, child));
    }
    FM_TRY(pop_children(r, first, parent));
    if (anchor)
        close_anchor(r, parent);
    return FM_OK;
}

/* Reads the next node; NULL at the end of a list or map. */
static enum fm_status read_node(struct reader *r, unsigned level, bool is_key,
                                struct fm_yaml **node)
{
    yaml_event_t event;
    enum fm_status status = FM_OK;
    *node = NULL;
    FM_TRY(next_event(r, &event));
    struct fm_yaml here = place(r, event.start_mark);
    if (is_key && event.type != YAML_SCALAR_EVENT && event.type != YAML_MAPPING_END_EVENT) {
        status = fm_yaml_fail(r->err, &here, "a key must be a text, not %s",
                              event.type == YAML_ALIAS_EVENT            ? "an alias"
                              : event.type == YAML_SEQUENCE_START_EVENT ? "a list"
                                                                        : "a map");
    } else if (event.type == YAML_SCALAR_EVENT) {
        status = read_scalar(r, &event, node);
    } else if (event.type == YAML_ALIAS_EVENT) {
        status = read_alias(r, &event, level, node);
    } else if (event.type == YAML_SEQUENCE_START_EVENT) {
        status = read_collection(r, &event, FM_YAML_LIST, level, node);
    } else if (event.type == YAML_MAPPING_START_EVENT) {
        status = read_collection(r, &event, FM_YAML_MAP, level, node);
    }
    yaml_event_delete(&event);
    return status;
}

/* Reads an event that has only a type and a place. */
static enum fm_status read_mark(struct reader *r, yaml_event_type_t *type,
                                struct fm_yaml *here)
{
    yaml_event_t event;
    FM_TRY(next_event(r, &event));
    *type = event.type;
    *here = place(r, event.start_mark);
    yaml_event_delete(&event);
    return FM_OK;
}

static enum fm_status read_nothing(struct reader *r, bool must_be_map,
                                   struct fm_yaml **root)
{
    struct fm_yaml here = place(r, (yaml_mark_t){0});
    if (must_be_map)
        return fm_yaml_fail(
            r->err, &here,
            "the file is empty or has only comments; expected lines of \"key: value\"");
    here.is_plain = true;
    here.text = "";
    *root = FM_NEW(r->arena, 1, struct fm_yaml);
    if (!*root)
        return fm_out_of_memory(r->err);
    **root = here;
    return FM_OK;
}

static enum fm_status read_document(struct reader *r, bool must_be_map,
                                    struct fm_yaml **root)
{
    yaml_event_type_t type;
    struct fm_yaml here, *node;
    FM_TRY(read_mark(r, &type, &here)); /* the stream's start */
    FM_TRY(read_mark(r, &type, &here));
    if (type == YAML_STREAM_END_EVENT)
        return read_nothing(r, must_be_map, root);
    FM_TRY(read_node(r, 1, false, &node));
    FM_TRY(read_mark(r, &type, &here)); /* the document's end */
    if (must_be_map && node->kind != FM_YAML_MAP)
        return fm_yaml_fail(
            r->err, node, "the top level must be a map, lines of \"key: value\", not a %s",
            node->kind == FM_YAML_LIST ? "list" : "single value");
    FM_TRY(read_mark(r, &type, &here));
    if (type != YAML_STREAM_END_EVENT)
        return fm_yaml_fail(
            r->err, &here,
            "a second document; a file holds one (remove the \"---\", or use "
            "two files)");
    *root = node;
    return FM_OK;
}

enum fm_status fm_yaml_parse_source(struct fm_arena *arena,
                                    const struct fm_yaml_source *source, size_t n_bytes,
                                    size_t start, bool must_be_map, struct fm_yaml **root,
                                    struct fm_error *err)
{
    struct reader r = {.arena = arena, .source = source, .err = err};
    FM_TRY(fm_yaml_check_characters(source, n_bytes, err));
    if (!yaml_parser_initialize(&r.yaml))
        return fm_out_of_memory(err);
    r.cursor = source->text + start;
    for (const char *p = source->text; p < r.cursor; p++)
        r.first_column += ((unsigned char)*p & 0xC0) != 0x80;
    yaml_parser_set_encoding(&r.yaml, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&r.yaml, (const unsigned char *)r.cursor, n_bytes - start);
    enum fm_status status = read_document(&r, must_be_map, root);
    yaml_parser_delete(&r.yaml);
    fm_arena_fini(&r.scratch);
    return status;
}

/* source.text is NUL-terminated and in arena. */
static enum fm_status parse_source(struct fm_arena *arena, struct fm_yaml_source source,
                                   size_t n_bytes, bool must_be_map, struct fm_yaml **root,
                                   struct fm_error *err)
{
    static const char mark[] =
        "\xEF\xBB\xBF"; /* a byte order mark, which some editors write */
    struct fm_yaml_source *copy = FM_NEW(arena, 1, struct fm_yaml_source);
    if (!copy || !source.name || !source.folder || !source.text)
        return fm_out_of_memory(err);
    if (n_bytes >= 3 && memcmp(source.text, mark, 3) == 0) {
        source.text += 3;
        n_bytes -= 3;
    }
    *copy = source;
    return fm_yaml_parse_source(arena, copy, n_bytes, 0, must_be_map, root, err);
}

enum fm_status fm_yaml_read(struct fm_arena *arena, const char *path, struct fm_yaml **root,
                            struct fm_error *err)
{
    char *bytes;
    size_t n_bytes;
    FM_TRY(fm_file_read(arena, path, FM_YAML_MAX_BYTES, &bytes, &n_bytes, err));
    struct fm_yaml_source source = {fm_arena_text(arena, path), fm_path_folder(arena, path),
                                    bytes};
    return parse_source(arena, source, n_bytes, true, root, err);
}

enum fm_status fm_yaml_parse(struct fm_arena *arena, const char *name, const char *folder,
                             const char *bytes, size_t n_bytes, bool must_be_map,
                             struct fm_yaml **root, struct fm_error *err)
{
    if (n_bytes > FM_YAML_MAX_BYTES)
        return fm_fail(err, FM_ERROR_CONFIG,
                       "%s: error: too large: %zu bytes, the limit is %d", name, n_bytes,
                       FM_YAML_MAX_BYTES);
    struct fm_yaml_source source = {fm_arena_text(arena, name),
                                    fm_arena_text(arena, folder),
                                    fm_arena_text_n(arena, bytes, n_bytes)};
    return parse_source(arena, source, n_bytes, must_be_map, root, err);
}
