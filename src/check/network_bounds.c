#include <config.h>

#include "check/network_bounds.h"

#include "base/error.h"

#include <string.h>

enum {
    N_WRITTEN = 3,
    N_AROUND = 4,
    SCRATCH_AROUND = 256,
    N_GUARDED = N_WRITTEN * FM_PROBLEM_MAX_DIM + 2 * N_AROUND
};

/* What output holds before a call. */
static const double mark = 1e77;

struct guarded {
    double t[N_WRITTEN], x[N_WRITTEN * FM_PROBLEM_MAX_DIM],
        dx[N_WRITTEN * FM_PROBLEM_MAX_DIM], out[N_GUARDED];
    unsigned char *room, *scratch; /* SCRATCH_AROUND bytes on each side of scratch */
    size_t n_scratch;
};

static void set_guarded(struct guarded *g)
{
    const double t[N_WRITTEN] = {0.2, 0.7, 0.7};
    memcpy(g->t, t, sizeof t);
    fm_network_fill(g->x, N_WRITTEN * FM_PROBLEM_MAX_DIM, 1, 91);
    fm_network_fill(g->dx, N_WRITTEN * FM_PROBLEM_MAX_DIM, 1, 92);
    for (size_t i = 0; i < N_GUARDED; i++)
        g->out[i] = mark;
    memset(g->room, 0x5a, g->n_scratch + 2 * SCRATCH_AROUND);
}

/* What was written out of bounds, or NULL; n_out doubles should have been written. */
static const char *find_damage(const struct guarded *g, struct guarded *fresh, size_t n_out)
{
    fresh->room = g->room; /* compared before set_guarded fills it again */
    for (size_t i = 0; i < SCRATCH_AROUND; i++)
        if (g->room[i] != 0x5a || g->room[SCRATCH_AROUND + g->n_scratch + i] != 0x5a)
            return "it writes beyond its scratch";
    set_guarded(fresh);
    if (memcmp(g->t, fresh->t, sizeof g->t) != 0 || memcmp(g->x, fresh->x, sizeof g->x) != 0
        || memcmp(g->dx, fresh->dx, sizeof g->dx) != 0)
        return "it writes to its input";
    for (size_t i = 0; i < N_GUARDED; i++) {
        const bool is_ours = i < N_AROUND || i >= N_AROUND + n_out;
        if (is_ours != (g->out[i] == mark))
            return is_ours ? "it writes beyond the requested rows"
                           : "it leaves requested rows unwritten";
    }
    return NULL;
}

/* operation 0: v; 1: its derivative; 2: log p */
static const char *damage_of(const struct fm_form_subject *s, int operation,
                             struct guarded *g, struct guarded *fresh)
{
    struct fm_error err = {0};
    enum fm_status status = FM_OK;
    double *out = g->out + N_AROUND;
    set_guarded(g);
    if (operation == 0)
        status = s->ops->evaluate(&s->form, N_WRITTEN, g->t, g->x, out, g->scratch, &err);
    else if (operation == 1 && s->ops->jvp)
        status = s->ops->jvp(&s->form, N_WRITTEN, g->t, g->x, g->dx, out, g->scratch, &err);
    else if (operation == 2 && s->ops->log_density)
        status =
            s->ops->log_density(&s->form, N_WRITTEN, g->t, g->x, out, g->scratch, &err);
    else
        return NULL;
    if (status != FM_OK)
        return "it fails";
    return find_damage(g, fresh, operation == 2 ? N_WRITTEN : N_WRITTEN * s->common.dim);
}

enum fm_status fm_check_form_bounds(const struct fm_form_subject *s, struct fm_error *err)
{
    static const char *const operations[] = {"evaluate", "jvp", "log_density"};
    struct guarded g = {.n_scratch = s->form.scratch_bytes}, fresh = g;
    g.room = fm_arena_take(s->common.arena, 1, g.n_scratch + 2 * SCRATCH_AROUND);
    if (!g.room)
        return fm_out_of_memory(err);
    g.scratch = g.room + SCRATCH_AROUND;
    fm_check_begin(s->common.sink, "bounds");
    for (int k = 0; k < 3; k++) {
        const char *damage = damage_of(s, k, &g, &fresh);
        if (!damage)
            continue;
        fm_check_add_note(s->common.sink, "bounds", s->common.problem, FM_CHECK_FAIL,
                          "%s: %s", operations[k], damage);
        return FM_OK;
    }
    fm_network_note(&s->common, "bounds", true,
                    "it writes its rows and scratch and no more");
    return FM_OK;
}
