#include <config.h>

#include "check/check.h"

#include "base/children.h"
#include "base/error.h"
#include "base/file.h"
#include "base/log.h"
#include "check/check_child.h"

#include <math.h>
#include <string.h>

struct check_task {
    struct fm_registry *registry;
    struct fm_checked *checked;
    struct fm_child *children;
    double seconds;
    size_t index; /* of this task's child; unused in the copy for all */
    enum fm_status (*finished)(void *context, size_t index, struct fm_error *err);
    void *context;
};

static void work(void *context, int fd)
{
    const struct check_task *task = context;
    fm_check_in_child(task->registry, &task->checked[task->index], fd);
}

/* ---- rows ---- */

static void add_row(struct fm_checked *c, const struct fm_check_row *row)
{
    c->n_passed += row->result == FM_CHECK_PASS;
    c->n_failed += row->result == FM_CHECK_FAIL;
    c->rows[c->n_rows++] = *row;
}

static void add_failure(struct fm_checked *c, const char *property, const char *format, ...)
    FM_FORMAT(3, 4);

static void add_failure(struct fm_checked *c, const char *property, const char *format, ...)
{
    struct fm_check_row row = {
        .declared = (double)NAN, .measured = (double)NAN, .result = FM_CHECK_FAIL};
    va_list arguments;
    (void)snprintf(row.property, sizeof row.property, "%s", property);
    va_start(arguments, format);
    (void)vsnprintf(row.note, sizeof row.note, format, arguments);
    va_end(arguments);
    add_row(c, &row);
}

/* Quotes the first line that a plugin printed; control characters become '?'. */
static void add_printed(struct fm_checked *c, const struct fm_text *printed)
{
    char line[128];
    size_t n = 0;
    for (; n + 1 < sizeof line && n < printed->length && printed->bytes[n] != '\n'; n++) {
        unsigned char byte = (unsigned char)printed->bytes[n];
        line[n] = byte >= ' ' && byte < 127 ? (char)byte : '?';
    }
    line[n] = '\0';
    add_failure(c, "prints nothing", "it prints \"%s\"", line);
}

/* With --debug, output may be fmrun's own. */
static bool is_logging(void)
{
    for (int i = 0; i < FM_N_LOGS; i++)
        if (fm_log_is_on((enum fm_log)i))
            return true;
    return false;
}

/* Reads the messages; `doing` becomes the note of the last FM_MESSAGE_BEGIN. */
static enum fm_status read_messages(struct fm_arena *arena, const struct fm_text *sent,
                                    struct fm_checked *c,
                                    char doing[sizeof(((struct fm_check_row *)0)->note)],
                                    struct fm_error *err)
{
    struct fm_check_message m;
    const size_t n = sent->length / sizeof m;
    for (size_t i = 0; i < n; i++) {
        memcpy(&m, sent->bytes + i * sizeof m, sizeof m);
        switch (m.type) {
        case FM_MESSAGE_OPENED:
            c->version = m.version;
            c->options = fm_arena_text(arena, m.row.note);
            if (!c->options)
                return fm_out_of_memory(err);
            break;
        case FM_MESSAGE_REFUSED:
            c->opening = (enum fm_status)m.version;
            add_failure(c, "opening", "%s", m.row.note);
            break;
        case FM_MESSAGE_BEGIN:
            memcpy(doing, m.row.note, sizeof m.row.note);
            break;
        case FM_MESSAGE_ROW:
            add_row(c, &m.row);
            break;
        }
    }
    return FM_OK;
}

static enum fm_status take_child(void *context, size_t index, struct fm_error *err)
{
    const struct check_task *task = context;
    struct fm_checked *c = &task->checked[index];
    const struct fm_child *child = &task->children[index];
    char doing[sizeof(((struct fm_check_row *)0)->note)] = "";
    if (!child->work)
        return task->finished ? task->finished(task->context, index, err) : FM_OK;
    const size_t most = child->sent.length / sizeof(struct fm_check_message) + 2;
    c->rows = FM_NEW(task->registry->arena, most, struct fm_check_row);
    if (!c->rows)
        return fm_out_of_memory(err);
    FM_TRY(read_messages(task->registry->arena, &child->sent, c, doing, err));
    if (child->printed.length > 0 && child->end == FM_CHILD_FINISHED && !is_logging())
        add_printed(c, &child->printed);
    if (child->end != FM_CHILD_FINISHED) {
        struct fm_text how = {0};
        fm_child_describe(&how, child, task->seconds);
        add_failure(c, "survives", "%s %s%s", fm_text_bytes(&how),
                    doing[0] ? "while measuring " : "when it is opened", doing);
        fm_text_fini(&how);
    }
    return task->finished ? task->finished(task->context, index, err) : FM_OK;
}

/* ---- all ---- */

/* The options as given, until the child sends them as bound. */
static enum fm_status name_words(struct fm_arena *arena, struct fm_checked *c,
                                 struct fm_error *err)
{
    struct fm_text text = {0};
    for (size_t i = 0; i < c->n_words; i++)
        fm_text_add(&text, "%s%s", i ? " " : "", c->words[i]);
    c->options = text.has_failed ? NULL : fm_arena_text(arena, fm_text_bytes(&text));
    fm_text_fini(&text);
    return c->options ? FM_OK : fm_out_of_memory(err);
}

/* Finds the file; a plugin without one gets a row and no child. */
static enum fm_status prepare(struct fm_registry *registry, struct fm_checked *c,
                              struct fm_child *child, struct check_task *task,
                              struct fm_error *err)
{
    struct fm_error why = {0};
    const char *file;
    c->opening = fm_registry_find(registry, c->kind, c->name, &file, &why);
    if (c->opening == FM_OK)
        c->opening = fm_hash_file(file, c->sha256, &why);
    c->version = 0;
    c->n_rows = c->n_passed = c->n_failed = 0;
    *child = (struct fm_child){
        .work = c->opening == FM_OK ? work : NULL, .context = task, .is_captured = true};
    if (c->opening != FM_OK) {
        c->rows = FM_NEW(registry->arena, 1, struct fm_check_row);
        if (!c->rows)
            return fm_out_of_memory(err);
        add_failure(c, "opening", "%s", why.message);
    }
    return name_words(registry->arena, c, err);
}

enum fm_status fm_check_plugins(struct fm_registry *registry, size_t n,
                                struct fm_checked *checked, size_t n_at_once,
                                double seconds,
                                enum fm_status (*finished)(void *context, size_t index,
                                                           struct fm_error *err),
                                void *context, struct fm_error *err)
{
    struct fm_child *children = FM_NEW(registry->arena, n, struct fm_child);
    struct check_task *tasks = FM_NEW(registry->arena, n + 1, struct check_task);
    if (!children || !tasks)
        return fm_out_of_memory(err);
    for (size_t i = 0; i <= n; i++)
        tasks[i] =
            (struct check_task){registry, checked, children, seconds, i, finished, context};
    for (size_t i = 0; i < n; i++)
        FM_TRY(prepare(registry, &checked[i], &children[i], &tasks[i], err));
    enum fm_status status =
        fm_children_run(n, children, n_at_once, seconds, take_child, &tasks[n], err);
    for (size_t i = 0; i < n; i++)
        fm_child_fini(&children[i]);
    return status;
}
