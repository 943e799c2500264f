#include <config.h>

#include "check/list.h"

#include "base/children.h"
#include "base/error.h"
#include "base/process.h"

#include <string.h>

struct question {
    struct fm_registry *registry;
    const struct fm_listed *listed;
};

/* The answer: status and version, then the summary, or the reason. */
struct answer {
    enum fm_status status;
    unsigned version;
    char text[sizeof(((struct fm_error *)0)->message)];
};

static void ask(void *context, int fd)
{
    const struct question *q = context;
    const struct fm_loaded *loaded;
    struct fm_error err = {0};
    struct answer answer = {.status = fm_registry_load(q->registry, q->listed->kind,
                                                       q->listed->name, &loaded, &err)};
    if (answer.status == FM_OK)
        answer.version = loaded->plugin->version;
    (void)snprintf(answer.text, sizeof answer.text, "%s",
                   answer.status == FM_OK ? loaded->plugin->summary : err.message);
    (void)fm_process_send(fd, &answer, sizeof answer);
}

static enum fm_status take(struct fm_arena *arena, const struct fm_child *child,
                           double seconds, struct fm_listed *l, struct fm_error *err)
{
    struct answer answer = {.status = FM_ERROR_PLUGIN};
    if (child->sent.length == sizeof answer)
        memcpy(&answer, child->sent.bytes, sizeof answer);
    if (child->end != FM_CHILD_FINISHED) {
        struct fm_text how = {0};
        fm_child_describe(&how, child, seconds);
        fm_text_add(&how, " when it is opened");
        answer.status = FM_ERROR_PLUGIN;
        (void)snprintf(answer.text, sizeof answer.text, "%s", fm_text_bytes(&how));
        fm_text_fini(&how);
    }
    const char *text = fm_arena_text(arena, answer.text);
    if (!text)
        return fm_out_of_memory(err);
    l->version = answer.version;
    l->summary = answer.status == FM_OK ? text : "";
    l->reason = answer.status == FM_OK ? NULL : text;
    return FM_OK;
}

static enum fm_status refuse(struct fm_arena *arena, struct fm_listed *l,
                             const char *reason, struct fm_error *err)
{
    l->summary = "";
    l->reason = fm_arena_text(arena, reason);
    return l->reason ? FM_OK : fm_out_of_memory(err);
}

enum fm_status fm_check_list(struct fm_registry *registry, size_t n,
                             struct fm_listed *listed, size_t n_at_once, double seconds,
                             struct fm_error *err)
{
    struct fm_child *children = FM_NEW(registry->arena, n, struct fm_child);
    struct question *questions = FM_NEW(registry->arena, n, struct question);
    if (!children || !questions)
        return fm_out_of_memory(err);
    for (size_t i = 0; i < n; i++) {
        struct fm_listed *l = &listed[i];
        struct fm_error why = {0};
        l->file = "";
        questions[i] = (struct question){registry, l};
        if (fm_registry_find(registry, l->kind, l->name, &l->file, &why) == FM_OK
            && fm_hash_file(l->file, l->sha256, &why) == FM_OK)
            children[i] = (struct fm_child){
                .work = ask, .context = &questions[i], .is_captured = true};
        else
            FM_TRY(refuse(registry->arena, l, why.message, err));
    }
    enum fm_status status =
        fm_children_run(n, children, n_at_once, seconds, NULL, NULL, err);
    for (size_t i = 0; i < n; i++) {
        if (status == FM_OK && children[i].work)
            status = take(registry->arena, &children[i], seconds, &listed[i], err);
        fm_child_fini(&children[i]);
    }
    return status;
}
