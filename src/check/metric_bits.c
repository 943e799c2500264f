#include <config.h>

#include "check/metric_bits.h"

#include "base/error.h"
#include "check/at_once.h"
#include "check/moments.h"
#include "check/vary.h"
#include "config/document_parse.h"
#include "config/options.h"

#include <math.h>
#include <string.h>

/* A mark in the guard zones other than that of fm_metric_measure. */
static const double other_mark = -3.5e33;

/* ---- concurrent calls ---- */

enum { N_AT_ONCE = 24, N_CROWD_ROWS = 100 };

struct crowd {
    const struct fm_metric_subject *subject;
    struct fm_arena arenas[FM_CHECK_THREADS];
    struct fm_metric_input inputs[N_AT_ONCE];
    struct fm_metric_answer answers[N_AT_ONCE];
};

static void measure_one(void *context, size_t item, size_t thread)
{
    struct crowd *c = context;
    fm_metric_call(c->subject, &c->arenas[thread], c->subject->options, &c->inputs[item],
                   other_mark, &c->answers[item]);
}

static enum fm_status same_at_once(struct fm_metric_subject *s, bool *are_same,
                                   struct fm_error *err)
{
    struct crowd *c = FM_NEW(s->arena, 1, struct crowd);
    if (!c)
        return fm_out_of_memory(err);
    c->subject = s;
    for (uint32_t i = 0; i < N_AT_ONCE; i++) {
        FM_TRY(fm_metric_input_open(s->arena, N_CROWD_ROWS, FM_METRIC_DIM, &c->inputs[i],
                                    err));
        fm_metric_input_usual(&c->inputs[i], i);
    }
    *are_same = true;
    for (size_t n_threads = 2; n_threads <= FM_CHECK_THREADS; n_threads++) {
        fm_check_at_once(n_threads, N_AT_ONCE, measure_one, c);
        for (size_t i = 0; i < N_AT_ONCE; i++) {
            struct fm_metric_answer alone;
            (void)fm_metric_measure(s, &c->inputs[i], &alone);
            *are_same = *are_same && fm_metric_same(&alone, &c->answers[i]);
        }
    }
    for (size_t i = 0; i < FM_CHECK_THREADS; i++)
        fm_arena_fini(&c->arenas[i]);
    return FM_OK;
}

/* ---- one after the other ---- */

/* Emits all options as text and binds that text into another block. */
static enum fm_status respell(const struct fm_metric_subject *s, const void **options,
                              struct fm_error *err)
{
    const struct fm_plugin *p = s->plugin;
    struct fm_text text = {0}, inside = {0};
    struct fm_yaml *map = NULL;
    void *block = fm_arena_take(s->arena, 1, p->options_size);
    *options = block;
    enum fm_status status = block ? FM_OK : fm_out_of_memory(err);
    if (status == FM_OK)
        status = fm_options_emit(&inside, p->options, s->options, false, err);
    fm_text_add(&text, "{%s}", inside.length > 2 ? fm_text_bytes(&inside) + 2 : "");
    if (status == FM_OK && (text.has_failed || inside.has_failed))
        status = fm_out_of_memory(err);
    if (status == FM_OK)
        status = fm_yaml_parse(s->arena, "options", ".", fm_text_bytes(&text), text.length,
                               true, &map, err);
    if (status == FM_OK)
        status = fm_options_bind(s->arena, p->options, p->options_size, map, p->name, NULL,
                                 block, err);
    fm_text_fini(&text);
    fm_text_fini(&inside);
    return status;
}

/* *what: the first call whose estimate differs from that of the very first; NULL: none does. */
static enum fm_status find_difference(struct fm_metric_subject *s,
                                      struct fm_metric_input *in,
                                      struct fm_metric_input *small, const char **what,
                                      struct fm_error *err)
{
    struct fm_metric_answer first, other;
    const void *options = s->options;
    bool are_same = true;
    *what = NULL;
    (void)fm_metric_measure(s, in, &first);
    (void)fm_metric_measure(s, in, &other);
    if (!fm_metric_same(&first, &other)) {
        *what = "other numbers the second time";
        return FM_OK;
    }
    (void)fm_metric_measure(s, small, &other);
    (void)fm_metric_measure(s, in, &other);
    if (!fm_metric_same(&first, &other)) {
        *what = "other numbers after another measurement";
        return FM_OK;
    }
    fm_metric_call(s, s->call_arena, s->options, in, other_mark, &other);
    if (!fm_metric_same(&first, &other)) {
        *what = "other numbers when what lies around the rows is changed";
        return FM_OK;
    }
    if (s->plugin->options)
        FM_TRY(respell(s, &options, err));
    fm_metric_call(s, s->call_arena, options, in, other_mark, &other);
    if (!fm_metric_same(&first, &other)) {
        *what = "other numbers when all options are spelled out";
        return FM_OK;
    }
    if (fm_metric_asks(s, FM_REFERENCE_DENSITY)) /* the host calls these from one thread */
        return FM_OK;
    FM_TRY(same_at_once(s, &are_same, err));
    if (!are_same)
        *what = "other numbers when several measurements run at the same time";
    return FM_OK;
}

enum fm_status fm_check_metric_bits(struct fm_metric_subject *s, bool *is_same,
                                    struct fm_error *err)
{
    struct fm_metric_input in, small;
    const char *what;
    FM_TRY(fm_metric_input_open(s->arena, FM_METRIC_ROWS, FM_METRIC_DIM, &in, err));
    FM_TRY(fm_metric_input_open(s->arena, 7, 3, &small, err));
    fm_metric_input_usual(&in, 0);
    fm_metric_input_usual(&small, 1);
    fm_check_begin(s->sink, "same bits");
    FM_TRY(find_difference(s, &in, &small, &what, err));
    *is_same = !what;
    fm_check_add_note(s->sink, "same bits", "", what ? FM_CHECK_FAIL : FM_CHECK_PASS, "%s",
                      what ? what
                      : fm_metric_asks(s, FM_REFERENCE_DENSITY)
                          ? "again, with all options spelled out"
                          : "again, with all options spelled out, on 1 to 3 threads");
    return FM_OK;
}

/* ---- noise ---- */

enum { N_NOISES = 32 };

/* The deviation of the values may exceed their standard errors by this factor: from 32 values it
 * is known to 13 %, and the standard errors are estimates, too. */
static const double most_spread = 3;

enum fm_status fm_check_metric_noise(struct fm_metric_subject *s, struct fm_error *err)
{
    struct fm_metric_input in;
    struct fm_metric_answer first, other;
    struct fm_moment values = {0}, squares = {0};
    bool is_exact = false;
    FM_TRY(fm_metric_input_open(s->arena, FM_METRIC_ROWS, FM_METRIC_DIM, &in, err));
    fm_metric_input_usual(&in, 0);
    fm_check_begin(s->sink, "noise");
    (void)fm_metric_measure(s, &in, &first);
    for (uint32_t k = 0; k < N_NOISES; k++) {
        in.noise.seed = 100 + k;
        (void)fm_metric_measure(s, &in, &other);
        s->is_noisy = s->is_noisy || !fm_metric_same(&first, &other);
        is_exact = is_exact || other.estimate.standard_error == 0;
        fm_moment_add(&values, other.estimate.value - first.estimate.value);
        fm_moment_add(&squares,
                      other.estimate.standard_error * other.estimate.standard_error);
    }
    if (!s->is_noisy) {
        fm_check_add_note(s->sink, "noise", "", FM_CHECK_PASS, "does not change the value");
        return FM_OK;
    }
    const double spread = fm_moment_of(&values).error * sqrt(N_NOISES),
                 error = sqrt(fm_moment_of(&squares).mean);
    const bool is_right = !is_exact && spread <= most_spread * error;
    fm_check_add_row(
        s->sink, "noise", "", is_right ? FM_CHECK_PASS : FM_CHECK_FAIL, error, spread, "%s",
        is_exact ? "deviation with other noise, but standard_error is 0 (exact)"
                 : "deviation with other noise, against standard_error");
    return FM_OK;
}

/* ---- options ---- */

/* More rows than usual, for options that take some of them. */
enum { N_OPTION_ROWS = 2100 };

struct varied {
    struct fm_metric_subject *subject;
    struct fm_metric_input *input;
};

static uint64_t fingerprint(void *context, const void *options, uint64_t hash)
{
    const struct varied *v = context;
    struct fm_metric_answer a;
    fm_metric_call(v->subject, v->subject->call_arena, options, v->input, other_mark, &a);
    const double numbers[] = {a.estimate.value, a.estimate.standard_error,
                              (double)a.estimate.n_used, a.status};
    hash = fm_check_hash(hash, numbers, sizeof numbers);
    return fm_check_hash(hash, &a.request_hash, sizeof a.request_hash);
}

enum fm_status fm_check_metric_options(struct fm_metric_subject *s, struct fm_error *err)
{
    struct fm_metric_input in;
    struct varied v = {s, &in};
    FM_TRY(fm_metric_input_open(s->arena, N_OPTION_ROWS, FM_METRIC_DIM, &in, err));
    fm_metric_input_usual(&in, 0);
    return fm_check_options(s->sink, s->arena, s->plugin, s->options, fingerprint, &v,
                            FM_CHECK_INFO, err);
}

/* ---- bounds ---- */

void fm_check_metric_bounds(const struct fm_metric_subject *s)
{
    fm_check_add_note(s->sink, "bounds", "", s->damage ? FM_CHECK_FAIL : FM_CHECK_PASS,
                      "%s", s->damage ? s->damage : "writes only the estimate");
}
