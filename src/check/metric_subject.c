#include <config.h>

#include "check/metric_subject.h"

#include "check/vary.h"
#include "host/data.h"

#include <math.h>
#include <string.h>

bool fm_metric_asks(const struct fm_metric_subject *s, enum fm_metric_reference reference)
{
    return (s->plugin->metric->references & (unsigned)reference) != 0;
}

bool fm_metric_reads(const struct fm_metric_subject *s, enum fm_metric_rows rows)
{
    const bool is_density = fm_metric_asks(s, FM_REFERENCE_DENSITY);
    switch (rows) {
    case FM_ROWS_X0:
        return true;
    case FM_ROWS_SAMPLES:
        return !is_density;
    case FM_ROWS_DATA:
        return is_density || fm_metric_asks(s, FM_REFERENCE_DATA);
    case FM_ROWS_SOLVE:
        return fm_metric_asks(s, FM_REFERENCE_SOLVE);
    case FM_ROWS_EXACT:
        return fm_metric_asks(s, FM_REFERENCE_EXACT);
    case FM_ROWS_FRESH:
        return fm_metric_asks(s, FM_REFERENCE_DATA);
    case FM_ROWS_PATH_ENERGY:
        return fm_metric_asks(s, FM_REFERENCE_ENERGY);
    case FM_N_METRIC_ROWS:
        break;
    }
    return false;
}

/* ---- densities ---- */

/* The context of a measurement. */
struct call {
    const struct fm_metric_subject *subject;
    const struct fm_metric_input *input;
    struct fm_arena *arena;
    struct fm_metric_answer *answer;
};

static bool is_in_range(const struct fm_measurement *m, const struct fm_density_request *r)
{
    return r->n > 0 && r->n <= m->n && r->x && r->rtol > 0 && r->rtol <= 1 && r->atol > 0
           && r->atol <= 1 && r->n_probes > 0 && r->divergence >= FM_DIVERGENCE_EXACT
           && r->divergence <= FM_DIVERGENCE_GAUSSIAN;
}

static uint64_t hash_request(uint64_t hash, const struct fm_density_request *r)
{
    const double numbers[] = {(double)r->n, (double)r->divergence, (double)r->n_probes,
                              r->rtol, r->atol};
    return fm_check_hash(hash, numbers, sizeof numbers);
}

/* The data's log density, changed as the input says. */
static enum fm_status log_density(const struct fm_measurement *m,
                                  const struct fm_density_request *request,
                                  struct fm_density_answer *answer, struct fm_error *err)
{
    const struct call *call = m->context;
    const struct fm_metric_input *in = call->input;
    const bool has_data =
        in->has_data_density || fm_metric_asks(call->subject, FM_REFERENCE_DATA_DENSITY);
    if (!is_in_range(m, request)) {
        call->answer->damage = "its request to log_density is out of range";
        return fm_fail(err, FM_ERROR_PLUGIN, "%s", call->answer->damage);
    }
    *answer = (struct fm_density_answer){
        .log_p = FM_NEW(call->arena, request->n, double),
        .standard_error = FM_NEW(call->arena, request->n, double),
        .data_log_p = has_data ? FM_NEW(call->arena, request->n, double) : NULL,
        .nfe = 10,
        .njvp = 5};
    if (!answer->log_p || !answer->standard_error || (has_data && !answer->data_log_p))
        return fm_fail(err, FM_ERROR_MEMORY, "out of memory");
    for (size_t i = 0; i < request->n; i++) {
        const double *x = request->x + i * m->dim, log_p = fm_metric_log_density(m->dim, x);
        answer->log_p[i] = log_p + in->log_p_shift + in->log_p_wave * sin(3 * x[0]);
        answer->standard_error[i] = request->divergence == FM_DIVERGENCE_EXACT ? 0
                                    : request->n_probes == 1                   ? (double)NAN
                                                                               : 0.01;
        if (has_data)
            answer->data_log_p[i] = log_p;
    }
    if (!isfinite(in->first_log_p))
        answer->log_p[0] = in->first_log_p;
    if (isnan(in->first_log_p)) {
        answer->n_failed = 1;
        answer->failure = "step became too small";
    }
    call->answer->request_hash = hash_request(call->answer->request_hash, request);
    return FM_OK;
}

/* ---- one call ---- */

static const double *rows_for(const struct fm_metric_subject *s,
                              const struct fm_metric_input *in, enum fm_metric_rows rows)
{
    const bool is_there = rows != FM_ROWS_FRESH || in->has_fresh;
    return is_there && fm_metric_reads(s, rows) ? in->rows[rows] : NULL;
}

/* The estimate, between bytes that the metric must not change. */
enum { N_AROUND = 64, AROUND = 0x5a };
struct guarded_estimate {
    unsigned char before[N_AROUND];
    struct fm_estimate estimate;
    unsigned char after[N_AROUND];
};

static bool is_intact(const unsigned char around[N_AROUND])
{
    for (size_t i = 0; i < N_AROUND; i++)
        if (around[i] != AROUND)
            return false;
    return true;
}

void fm_metric_call(const struct fm_metric_subject *s, struct fm_arena *arena,
                    const void *options, struct fm_metric_input *in, double mark,
                    struct fm_metric_answer *answer)
{
    const bool is_density = fm_metric_asks(s, FM_REFERENCE_DENSITY);
    struct call call = {s, in, arena, answer};
    struct fm_measurement m = {
        .n = in->n,
        .dim = in->dim,
        .t_end = 1,
        .x0 = rows_for(s, in, FM_ROWS_X0),
        .samples = rows_for(s, in, FM_ROWS_SAMPLES),
        .data = rows_for(s, in, FM_ROWS_DATA),
        .solve = rows_for(s, in, FM_ROWS_SOLVE),
        .exact = rows_for(s, in, FM_ROWS_EXACT),
        .fresh = rows_for(s, in, FM_ROWS_FRESH),
        .path_energy = rows_for(s, in, FM_ROWS_PATH_ENERGY),
        .noise = in->noise,
        .log_density = is_density ? log_density : NULL,
        .context = is_density ? &call : NULL,
    };
    const struct fm_measurement given = m;
    struct guarded_estimate g = {.estimate = {0}};
    const struct fm_services services = fm_services_make(arena);
    memset(g.before, AROUND, sizeof g.before);
    memset(g.after, AROUND, sizeof g.after);
    fm_metric_input_guard(in, mark);
    *answer = (struct fm_metric_answer){.status = FM_OK};
    answer->status =
        s->plugin->metric->measure(options, &services, &m, &g.estimate, &answer->error);
    answer->estimate = g.estimate;
    if (!is_intact(g.before) || !is_intact(g.after))
        answer->damage = "it writes beyond the estimate";
    else if (memcmp(&given, &m, sizeof m) != 0)
        answer->damage = "it writes to the measurement";
    else if (!answer->damage)
        answer->damage = fm_metric_input_damage(in);
    fm_metric_input_restore(in);
    fm_arena_reset(arena);
}

bool fm_metric_measure(struct fm_metric_subject *s, struct fm_metric_input *input,
                       struct fm_metric_answer *answer)
{
    static const double mark = 1.25e77;
    fm_metric_call(s, s->call_arena, s->options, input, mark, answer);
    if (s->kept_options
        && memcmp(s->options, s->kept_options, s->plugin->options_size) != 0)
        answer->damage = "it writes to its options";
    if (!s->damage)
        s->damage = answer->damage;
    return answer->status == FM_OK && isfinite(answer->estimate.value);
}

static bool same_bits(double a, double b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

bool fm_metric_same(const struct fm_metric_answer *a, const struct fm_metric_answer *b)
{
    const struct fm_estimate *p = &a->estimate, *q = &b->estimate;
    if (a->status != FM_OK || b->status != FM_OK)
        return a->status == b->status;
    return same_bits(p->value, q->value) && same_bits(p->standard_error, q->standard_error)
           && p->n_used == q->n_used && p->has_floor == q->has_floor
           && (!p->has_floor || same_bits(p->floor, q->floor));
}
