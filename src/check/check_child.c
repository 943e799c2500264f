#include <config.h>

#include "check/check_child.h"

#include "base/error.h"
#include "base/process.h"
#include "base/text.h"
#include "check/coupling.h"
#include "check/dataset.h"
#include "check/metric.h"
#include "check/network.h"
#include "check/path.h"
#include "check/solver.h"
#include "config/document_edit.h"
#include "config/document_parse.h"
#include "config/option_range.h"
#include "config/options.h"
#include "host/kind.h"

#include <math.h>
#include <string.h>

static void send_note(int fd, enum fm_message_type type, unsigned version, const char *note)
{
    struct fm_check_message message = {.type = type, .version = version};
    const size_t length = strlen(note), most = sizeof message.row.note - 1;
    memcpy(message.row.note, note, length < most ? length : most);
    (void)fm_process_send(fd, &message, sizeof message);
}

static void begin(void *context, const char *what)
{
    send_note(*(const int *)context, FM_MESSAGE_BEGIN, 0, what);
}

static void send_row(void *context, const struct fm_check_row *row)
{
    const struct fm_check_message message = {.type = FM_MESSAGE_ROW, .row = *row};
    (void)fm_process_send(*(const int *)context, &message, sizeof message);
}

/* ---- options ---- */

/* All options as one line of YAML. */
static enum fm_status emit(const struct fm_plugin *p, const void *options,
                           struct fm_text *text, struct fm_error *err)
{
    FM_TRY(fm_options_emit(text, p->options, options, true, err));
    return text->has_failed ? fm_out_of_memory(err) : FM_OK;
}

/* All options as text; "" when all have their defaults.  A plugin with a required option has no
 * defaults. */
static enum fm_status name_options(struct fm_arena *arena, const struct fm_plugin *p,
                                   const void *options, struct fm_text *text,
                                   struct fm_error *err)
{
    struct fm_text defaults = {0};
    struct fm_error ignored;
    void *block = fm_arena_take(arena, 1, p->options_size);
    if (!block)
        return fm_out_of_memory(err);
    enum fm_status status = emit(p, options, text, err);
    if (status == FM_OK
        && fm_options_bind(arena, p->options, p->options_size, NULL, p->name, NULL, block,
                           &ignored)
               == FM_OK)
        status = emit(p, block, &defaults, err);
    if (strcmp(fm_text_bytes(text), fm_text_bytes(&defaults)) == 0)
        fm_text_clear(text);
    fm_text_fini(&defaults);
    return status;
}

static enum fm_status bind(struct fm_arena *arena, const struct fm_checked *checked,
                           const struct fm_plugin *p, const void **options,
                           struct fm_text *text, struct fm_error *err)
{
    static const struct fm_option none[] = {{0}};
    struct fm_yaml *map = NULL;
    struct fm_text owner = {0};
    void *block = fm_arena_take(arena, 1, p->options_size);
    *options = block;
    fm_text_add(&owner, "%s \"%s\"", fm_kind_name(p->kind), p->name);
    enum fm_status status = !block || owner.has_failed ? fm_out_of_memory(err) : FM_OK;
    if (status == FM_OK)
        status = fm_yaml_parse(arena, "command line", ".", "{}", 2, true, &map, err);
    for (size_t i = 0; status == FM_OK && i < checked->n_words; i++)
        status = fm_yaml_override(arena, map, checked->words[i], err);
    if (status == FM_OK)
        status = fm_options_bind(arena, p->options ? p->options : none, p->options_size,
                                 map, fm_text_bytes(&owner), NULL, block, err);
    if (status == FM_OK && p->options)
        status = name_options(arena, p, block, text, err);
    fm_text_fini(&owner);
    return status;
}

/* "OPTION=VALUE ..." for required options that are not given; "" when none is missing. */
static void add_missing(const struct fm_checked *checked, const struct fm_plugin *p,
                        struct fm_text *text)
{
    for (const struct fm_option *o = p->options; o && o->name; o++) {
        bool is_given = o->default_text != NULL;
        for (size_t i = 0; i < checked->n_words; i++) {
            size_t n = strlen(o->name);
            is_given = is_given
                       || (strncmp(checked->words[i], o->name, n) == 0
                           && strchr("=.", checked->words[i][n]));
        }
        if (is_given)
            continue;
        fm_text_add(text, "%s%s=", text->length ? " " : "", o->name);
        if (o->type == FM_CHOICE && o->choices)
            fm_text_add(text, "%s", o->choices[0]);
        else
            fm_option_describe(text, o);
    }
}

/* ---- one plugin ---- */

static void skip(const struct fm_check_sink *sink, const char *property, const char *note)
{
    fm_check_add_note(sink, property, "", FM_CHECK_SKIP, "%s", note);
}

static enum fm_status check_kind(const struct fm_check_sink *sink, struct fm_arena *arena,
                                 const struct fm_checked *checked,
                                 const struct fm_plugin *p, const void *options,
                                 struct fm_error *err)
{
    struct fm_solver solver;
    struct fm_coupling coupling;
    enum fm_status status;
    bool is_refused;
    switch (p->kind) {
    case FM_SOLVER:
        FM_TRY(fm_solver_open(arena, p, options, &solver, err));
        fm_check_solver(sink, &solver);
        return FM_OK;
    case FM_COUPLING:
        coupling = fm_coupling_open(p, options);
        return fm_check_coupling(sink, &coupling, err);
    case FM_PATH:
        return fm_check_path(sink, arena, p, options, err);
    case FM_NETWORK:
        return fm_check_network(sink, p, options, err);
    case FM_DATASET:
        status = fm_check_dataset(sink, arena, p, options, &is_refused, err);
        if (status == FM_OK || !is_refused || checked->n_words > 0)
            return status;
        /* the defaults alone don't describe a data set */
        fm_check_add_note(sink, "options", "", FM_CHECK_SKIP, "needs options: %s",
                          err->message);
        return FM_OK;
    case FM_METRIC:
        return fm_check_metric(sink, arena, p, options, err);
    case FM_N_KINDS:
        break;
    }
    return fm_fail(err, FM_ERROR_INTERNAL, "there are no checks for kind %d", (int)p->kind);
}

static enum fm_status check(const struct fm_check_sink *sink, struct fm_arena *arena,
                            struct fm_registry *registry, const struct fm_checked *checked,
                            int fd, struct fm_text *text, struct fm_error *err)
{
    const struct fm_loaded *loaded;
    const void *options;
    FM_TRY(fm_registry_load(registry, checked->kind, checked->name, &loaded, err));
    const struct fm_plugin *p = loaded->plugin;
    add_missing(checked, p, text);
    if (text->length > 0) {
        struct fm_text note = {0};
        send_note(fd, FM_MESSAGE_OPENED, p->version, "");
        fm_text_add(&note, "needs options, as: fmrun plugins check %s/%s %s",
                    fm_kind_name(p->kind), p->name, fm_text_bytes(text));
        skip(sink, "options", fm_text_bytes(&note));
        fm_text_fini(&note);
        return FM_OK;
    }
    FM_TRY(bind(arena, checked, p, &options, text, err));
    const char *names = fm_text_bytes(text);
    send_note(fd, FM_MESSAGE_OPENED, p->version, names[0] == ',' ? names + 2 : names);
    return check_kind(sink, arena, checked, p, options, err);
}

void fm_check_in_child(struct fm_registry *registry, const struct fm_checked *checked,
                       int fd)
{
    struct fm_arena arena = {0};
    struct fm_error err = {0};
    struct fm_text text = {0};
    const struct fm_check_sink sink = {.context = &fd, .begin = begin, .row = send_row};
    enum fm_status status = check(&sink, &arena, registry, checked, fd, &text, &err);
    if (status != FM_OK)
        send_note(fd, FM_MESSAGE_REFUSED, (unsigned)status, err.message);
    fm_text_fini(&text);
    fm_arena_fini(&arena);
}
