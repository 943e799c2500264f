#include <config.h>

#include "plan/plan_text.h"

#include "base/error.h"
#include "config/document.h"
#include "config/document_edit.h"
#include "config/document_emit.h"

#include <string.h>

const char *fm_plan_question(struct fm_arena *arena, const char *text)
{
    struct fm_text question = {0};
    while (*text == '#') {
        size_t n = strcspn(text, "\n");
        const char *line = text + 1;
        size_t length = n - 1;
        while (length > 0 && *line == ' ') {
            line++;
            length--;
        }
        bool is_name = length > 5 && strncmp(line + length - 5, ".yaml", 5) == 0
                       && !memchr(line, ' ', length);
        if (!is_name && length > 0)
            fm_text_add(&question, "%s%.*s", question.length ? " " : "", (int)length, line);
        text += n + (text[n] == '\n');
    }
    const char *q = fm_text_bytes(&question);
    if (strncmp(q, "Question: ", 10) == 0)
        q += 10;
    const char *copy = question.has_failed ? NULL : fm_arena_text(arena, q);
    fm_text_fini(&question);
    return copy;
}

enum fm_status fm_plan_note_overrides(struct fm_arena *arena, struct fm_plan *plan,
                                      size_t n, const char *const *overrides,
                                      struct fm_error *err)
{
    struct fm_text text = {0};
    fm_text_add(&text, "%s", plan->text);
    for (size_t i = 0; i < n; i++)
        fm_text_add(&text, "# command line: %s\n", overrides[i]);
    plan->text = text.has_failed ? NULL : fm_arena_text(arena, fm_text_bytes(&text));
    fm_text_clear(&text);
    fm_text_add(&text, "%s", plan->file);
    for (size_t i = 0; i < n; i++)
        fm_text_add(&text, " %s", overrides[i]);
    plan->origin = text.has_failed ? NULL : fm_arena_text(arena, fm_text_bytes(&text));
    fm_text_fini(&text);
    return plan->text && plan->origin ? FM_OK : fm_out_of_memory(err);
}

/* Removes from a all keys that b lacks or has with another value. */
static void keep_common(struct fm_yaml *a, const struct fm_yaml *b, struct fm_text *x,
                        struct fm_text *y)
{
    size_t n = 0;
    for (size_t i = 0; i < a->n; i++) {
        const struct fm_yaml *other = fm_yaml_find(b, a->keys[i]->text);
        bool is_kept = other && other->kind == a->items[i]->kind;
        if (is_kept && other->kind == FM_YAML_MAP) {
            keep_common(a->items[i], other, x, y);
        } else if (is_kept) {
            fm_text_clear(x);
            fm_text_clear(y);
            fm_yaml_emit(x, a->items[i], 0);
            fm_yaml_emit(y, other, 0);
            is_kept = strcmp(fm_text_bytes(x), fm_text_bytes(y)) == 0;
        }
        if (is_kept) {
            a->keys[n] = a->keys[i];
            a->items[n++] = a->items[i];
        }
    }
    a->n = n;
}

/* Adds to base what all points share: the keys that base lacks, and the full form of those that it
 * has. */
static enum fm_status add_common(struct fm_arena *arena, struct fm_yaml *base,
                                 const struct fm_yaml *common, struct fm_error *err)
{
    for (size_t i = 0; i < common->n; i++) {
        const char *key = common->keys[i]->text;
        struct fm_yaml *mine = fm_yaml_find(base, key), *theirs = common->items[i];
        if (mine && mine->kind == FM_YAML_MAP && theirs->kind == FM_YAML_MAP) {
            FM_TRY(add_common(arena, mine, theirs, err));
            continue;
        }
        /* a plugin's short form becomes a map only where all points use the same plugin */
        bool is_short =
            mine && theirs->kind == FM_YAML_MAP && !fm_yaml_find(theirs, "plugin");
        if (!is_short)
            FM_TRY(fm_yaml_set(arena, base, key, theirs, theirs, err));
    }
    return FM_OK;
}

enum fm_status fm_plan_write_resolved(struct fm_arena *arena, const struct fm_yaml *root,
                                      struct fm_plan *plan, struct fm_error *err)
{
    struct fm_yaml *resolved = fm_yaml_clone(arena, plan->points[0].resolved);
    struct fm_text x = {0}, y = {0};
    enum fm_status status = resolved ? FM_OK : fm_out_of_memory(err);
    for (size_t i = 1; status == FM_OK && i < plan->n_points; i++)
        keep_common(resolved, plan->points[i].resolved, &x, &y);
    if (status == FM_OK && fm_yaml_find(root, "sweep")) {
        struct fm_yaml *base = fm_yaml_clone(arena, root);
        status = base ? add_common(arena, base, resolved, err) : fm_out_of_memory(err);
        resolved = base;
    }
    if (status == FM_OK) {
        fm_text_clear(&x);
        fm_yaml_emit(&x, resolved, 0);
        plan->resolved = x.has_failed ? NULL : fm_arena_text(arena, fm_text_bytes(&x));
        status = plan->resolved ? FM_OK : fm_out_of_memory(err);
    }
    fm_text_fini(&x);
    fm_text_fini(&y);
    return status;
}
