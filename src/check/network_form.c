#include <config.h>

#include "check/network_form.h"

#include "base/error.h"
#include "check/network_bounds.h"
#include "check/network_form_subject.h"
#include "check/network_numbers.h"
#include "check/network_velocity.h"
#include "check/vary.h"

#include <math.h>
#include <string.h>

/* Whether a form prepared twice more, the last time after another problem, gives the same v. */
static enum fm_status check_again(const struct fm_form_subject *s, const void *options,
                                  struct fm_error *err)
{
    struct fm_arena *arena = s->common.arena;
    double first[FM_FORM_ROWS * FM_PROBLEM_MAX_DIM],
        other[FM_FORM_ROWS * FM_PROBLEM_MAX_DIM];
    struct fm_closed_form form;
    struct fm_error why = {0};
    const char *what = NULL;
    if (fm_form_evaluate(arena, s->ops, &s->form, s->common.dim, first, &why) != FM_OK) {
        fm_network_error(&s->common, "prepare", &why);
        return FM_OK;
    }
    for (int k = 0; k < 3 && !what; k++) {
        if (k == 2
            && fm_form_prepare(arena, s->ops, options, &fm_problems[2], &form, &why)
                   != FM_OK)
            continue;
        if (fm_form_prepare(arena, s->ops, options, s->problem, &form, &why) != FM_OK
            || fm_form_evaluate(arena, s->ops, &form, s->common.dim, other, &why) != FM_OK)
            what = "it fails the second time";
        else if (memcmp(first, other, sizeof first) != 0)
            what = "other numbers when prepared again";
    }
    if (!what
        && (fm_form_evaluate(arena, s->ops, &s->form, s->common.dim, other, &why) != FM_OK
            || memcmp(first, other, sizeof first) != 0))
        what = "other numbers after another form is prepared";
    fm_network_note(&s->common, "prepare", !what,
                    what ? what : "the same numbers each time");
    (void)err;
    return FM_OK;
}

/* A form must prepare for a problem that lacks something, or refuse it with a message. */
static enum fm_status check_refusals(const struct fm_check_sink *sink,
                                     struct fm_arena *arena,
                                     const struct fm_network_ops *ops, const void *options,
                                     struct fm_error *err)
{
    struct fm_problem lacking[4];
    size_t n_refused = 0, n_silent = 0;
    fm_check_begin(sink, "refusals");
    for (size_t k = 0; k < 4; k++)
        lacking[k] = fm_problems[1];
    lacking[0].source = NULL;
    lacking[1].data = NULL;
    lacking[2].is_independent = false;
    lacking[3].path = NULL;
    for (size_t k = 0; k < 4 + FM_N_PROBLEMS; k++) {
        struct fm_closed_form form;
        struct fm_error why = {0};
        enum fm_status status = fm_form_prepare(
            arena, ops, options, k < 4 ? &lacking[k] : &fm_problems[k - 4], &form, &why);
        if (status == FM_ERROR_MEMORY)
            return fm_out_of_memory(err);
        n_refused += status != FM_OK;
        n_silent += status != FM_OK && (!why.message[0] || why.status != status);
    }
    fm_check_add_row(sink, "refusals", "", n_silent ? FM_CHECK_FAIL : FM_CHECK_PASS,
                     (double)NAN, (double)n_refused,
                     n_silent ? "problems refused, not all by fm_fail with a message"
                              : "problems refused, with a message");
    return FM_OK;
}

/* ---- options ---- */

static uint64_t fingerprint(void *context, const void *options, uint64_t hash)
{
    const struct fm_form_subject *s = context;
    struct fm_arena arena = {0};
    struct fm_closed_form form;
    struct fm_error err = {0};
    double v[FM_FORM_ROWS * FM_PROBLEM_MAX_DIM];
    if (fm_form_prepare(&arena, s->ops, options, s->problem, &form, &err) == FM_OK
        && fm_form_evaluate(&arena, s->ops, &form, s->problem->dim, v, &err) == FM_OK) {
        hash = fm_check_hash(hash, v, sizeof v);
        hash = fm_check_hash(hash, &form.is_labelled, sizeof form.is_labelled);
    }
    fm_arena_fini(&arena);
    return hash;
}

/* ---- all ---- */

/* v must be finite up to x of this size. */
static const double largest_x = 1e6;

static enum fm_status check_form(struct fm_form_subject *s, const void *options,
                                 struct fm_error *err)
{
    struct fm_network_subject *c = &s->common;
    bool is_same = false;
    s->scratch = fm_arena_take(c->arena, 1, s->form.scratch_bytes);
    if (!s->scratch)
        return fm_out_of_memory(err);
    c->velocity = (struct fm_velocity){.dim = c->dim, .ops = s->ops, .form = s->form};
    FM_TRY(fm_check_form_bounds(s, err));
    FM_TRY(check_again(s, options, err));
    if (s->ops->jvp)
        fm_network_add_divergence(c);
    FM_TRY(fm_check_network_bits(c, &is_same, err));
    if (!is_same)
        return FM_OK;
    FM_TRY(fm_check_network_values(c, largest_x, err));
    return fm_check_form_numbers(s, err);
}

static enum fm_status check_problem(const struct fm_check_sink *sink,
                                    struct fm_arena *arena, const struct fm_plugin *p,
                                    const void *options, size_t k, struct fm_error *why,
                                    bool *is_prepared, struct fm_error *err)
{
    struct fm_form_subject s = {
        .common = {sink, fm_problem_names[k], arena, fm_problems[k].dim, {0}},
        .problem = &fm_problems[k],
        .ops = p->network};
    fm_check_begin(sink, "prepare");
    enum fm_status status = fm_form_prepare(arena, s.ops, options, s.problem, &s.form, why);
    *is_prepared = status == FM_OK;
    if (status == FM_ERROR_MEMORY)
        return fm_out_of_memory(err);
    if (status == FM_OK)
        return check_form(&s, options, err);
    fm_check_add_note(sink, "prepare", s.common.problem, FM_CHECK_SKIP, "refused: %s",
                      why->message);
    return FM_OK;
}

enum fm_status fm_check_forms(const struct fm_check_sink *sink, const struct fm_plugin *p,
                              const void *options, struct fm_error *err)
{
    struct fm_arena arena = {0};
    struct fm_form_subject s = {.ops = p->network};
    enum fm_status status = check_refusals(sink, &arena, p->network, options, err);
    for (size_t k = 0; status == FM_OK && k < FM_N_PROBLEMS; k++) {
        struct fm_error why = {0};
        bool is_prepared;
        status = check_problem(sink, &arena, p, options, k, &why, &is_prepared, err);
        if (is_prepared && !s.problem)
            s.problem = &fm_problems[k];
        fm_arena_reset(&arena);
    }
    if (status == FM_OK && s.problem)
        status =
            fm_check_options(sink, &arena, p, options, fingerprint, &s, FM_CHECK_INFO, err);
    fm_arena_fini(&arena);
    return status;
}
