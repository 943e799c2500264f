#include <config.h>

#include "run/plan_check.h"

#include "base/children.h"
#include "base/error.h"
#include "base/log.h"
#include "base/process.h"
#include "host/call.h"
#include "host/kind.h"
#include "run/model.h"

#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>

static enum fm_status open_models(const struct fm_plan *plan, enum fm_plan_models models,
                                  struct fm_error *err)
{
    for (size_t i = 0; models != FM_PLAN_NO_MODELS && i < plan->n_points; i++) {
        struct fm_arena arena = {0};
        struct fm_model model;
        enum fm_status status = fm_model_open(&arena, &plan->points[i].experiment,
                                              models == FM_PLAN_MODEL_SHAPES, &model, err);
        fm_arena_fini(&arena);
        FM_TRY(status);
    }
    return FM_OK;
}

/* ---- in the child ---- */

/* What the child sends: calls as they begin and end, then, if there is one, its error. */
struct message {
    enum { CALL_BEGINS, CALL_ENDS, ERROR_FOLLOWS } type;
    enum fm_kind kind;
    char name[64], function[32];
};

static void send_begin(void *context, enum fm_kind kind, const char *name,
                       const char *function)
{
    struct message m = {.type = CALL_BEGINS, .kind = kind};
    (void)snprintf(m.name, sizeof m.name, "%s", name);
    (void)snprintf(m.function, sizeof m.function, "%s", function);
    (void)fm_process_send(*(const int *)context, &m, sizeof m);
}

static void send_end(void *context)
{
    const struct message m = {.type = CALL_ENDS};
    (void)fm_process_send(*(const int *)context, &m, sizeof m);
}

static void send_error(int fd, const struct fm_error *error)
{
    const struct message m = {.type = ERROR_FOLLOWS};
    (void)fm_process_send(fd, &m, sizeof m);
    (void)fm_process_send(fd, error, sizeof *error);
}

struct check {
    const struct fm_plan_request *request;
    struct fm_registry *registry;
    struct fm_child child;
    /* what the child sent */
    struct message call; /* the last one */
    bool has_error;      /* it is what is left in child.sent */
};

static void check_in_child(void *context, int fd)
{
    const struct check *c = context;
    const struct fm_plan_request *r = c->request;
    const struct fm_call_observer observer = {send_begin, send_end, &fd};
    struct fm_arena arena = {0};
    struct fm_plan plan;
    struct fm_error err = {0};
    fm_call_observe(&observer);
    fm_log_mute(true); /* the parent reads the plan again, and logs that */
    enum fm_status status = fm_plan_read_points(&arena, c->registry, r->path,
                                                r->n_overrides, r->overrides, &plan, &err);
    fm_log_mute(false);
    if (status == FM_OK)
        status = open_models(&plan, r->models, &err);
    fm_call_observe(NULL);
    if (status != FM_OK)
        send_error(fd, &err);
}

/* ---- in the parent ---- */

/* Takes the messages that are whole.  The host may take its time, a plugin may not. */
static double receive(void *context)
{
    struct check *c = context;
    struct fm_text *sent = &c->child.sent;
    size_t n = 0;
    while (!c->has_error && sent->length - n >= sizeof c->call) {
        memcpy(&c->call, sent->bytes + n, sizeof c->call);
        c->has_error = c->call.type == ERROR_FOLLOWS;
        n += sizeof c->call;
    }
    fm_text_cut_front(sent, n);
    return c->call.type == CALL_BEGINS ? c->request->seconds : (double)INFINITY;
}

/* The child did not come to its end. */
static enum fm_status fail_unfinished(const struct check *c, struct fm_error *err)
{
    const struct message *call = &c->call;
    const double seconds = c->request->seconds;
    const int how = c->child.wait_status;
    struct fm_text text = {0};
    enum fm_status status;
    fm_child_describe(&text, &c->child, seconds);
    if (call->type != CALL_BEGINS)
        status = fm_fail(err,
                         WIFSIGNALED(how) && WTERMSIG(how) == SIGKILL ? FM_ERROR_MEMORY
                                                                      : FM_ERROR_INTERNAL,
                         "the process that checks %s %s", c->request->path,
                         fm_text_bytes(&text));
    else if (c->child.end == FM_CHILD_TOO_LONG)
        status = fm_fail(err, FM_ERROR_PLUGIN,
                         "plugin %s/%s did not return from %s within %g s; --timeout S "
                         "changes the limit",
                         fm_kind_name(call->kind), call->name, call->function, seconds);
    else
        status = fm_fail(err, FM_ERROR_PLUGIN, "plugin %s/%s: the process %s in %s",
                         fm_kind_name(call->kind), call->name, fm_text_bytes(&text),
                         call->function);
    fm_text_fini(&text);
    return status;
}

static enum fm_status read_plan(struct fm_arena *arena, struct fm_registry *registry,
                                const struct fm_plan_request *r, struct fm_plan *plan,
                                struct fm_error *err)
{
    return fm_plan_read(arena, registry, r->path, r->n_overrides, r->overrides, plan, err);
}

/* Errors of the config come from this process's own reading, with what it logs.  The
 * child's error is the first one in opening models. */
static enum fm_status read_checked(struct fm_arena *arena, struct fm_registry *registry,
                                   struct check *c, struct fm_plan *plan,
                                   struct fm_error *err)
{
    struct fm_error found;
    FM_TRY(fm_children_run(1, &c->child, 1, INFINITY, NULL, NULL, err));
    if (c->child.end != FM_CHILD_FINISHED)
        return fail_unfinished(c, err);
    FM_TRY(read_plan(arena, registry, c->request, plan, err));
    if (!c->has_error || c->child.sent.length != sizeof found)
        return FM_OK;
    memcpy(&found, c->child.sent.bytes, sizeof found);
    return fm_fail(err, found.status, "%s", found.message);
}

enum fm_status fm_plan_read_checked(struct fm_arena *arena, struct fm_registry *registry,
                                    const struct fm_plan_request *request,
                                    struct fm_plan *plan, struct fm_error *err)
{
    if (request->in_process) {
        FM_TRY(read_plan(arena, registry, request, plan, err));
        return open_models(plan, request->models, err);
    }
    struct check check = {.request = request,
                          .registry = registry,
                          .child = {.work = check_in_child, .received = receive},
                          .call = {.type = CALL_ENDS}};
    check.child.context = &check;
    enum fm_status status = read_checked(arena, registry, &check, plan, err);
    fm_child_fini(&check.child);
    return status;
}
