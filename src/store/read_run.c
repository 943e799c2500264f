#include <config.h>

#include "store/read_run.h"

#include "base/error.h"
#include "store/sql.h"

#include <unistd.h>

/* ---- runs ---------------------------------------------------------------------------- */

#define RUN_COLUMNS                                                                        \
    "SELECT r.id, r.key, r.seed, r.status, r.reason, r.data, r.source, r.network, r.path," \
    " r.coupling, r.train, r.n_steps, r.step, r.n_parameters, r.n_threads, "               \
    "r.flops_per_row,"                                                                     \
    " r.train_seconds, r.samples_per_second, r.isa, r.started, r.finished, a.path,"        \
    " c.host, c.fmrun_version, c.git_commit, "
#define RUN_JOINS                                                                          \
    " LEFT JOIN artifact a ON a.id = r.weights_id LEFT JOIN process c ON c.id = "          \
    "r.process_id "

/* Reads RUN_COLUMNS, then the columns setting, samplings and samplings done. */
static struct fm_run_row run_of(const struct fm_sql *q)
{
    return (struct fm_run_row){
        .id = fm_sql_get_integer(q, 0),
        .key = fm_sql_get_text(q, 1),
        .seed = (uint64_t)fm_sql_get_integer(q, 2),
        .status = fm_sql_get_status(q, 3),
        .reason = fm_sql_get_text(q, 4),
        .data = fm_sql_get_text(q, 5),
        .source = fm_sql_get_text(q, 6),
        .network = fm_sql_get_text(q, 7),
        .path = fm_sql_get_text(q, 8),
        .coupling = fm_sql_get_text(q, 9),
        .train = fm_sql_get_text(q, 10),
        .n_steps = fm_sql_get_count(q, 11),
        .step = fm_sql_get_count(q, 12),
        .n_parameters = fm_sql_get_count(q, 13),
        .n_threads = fm_sql_get_count(q, 14),
        .flops_per_row = fm_sql_get_real(q, 15),
        .train_seconds = fm_sql_get_real(q, 16),
        .samples_per_second = fm_sql_get_real(q, 17),
        .isa = fm_sql_get_text(q, 18),
        .started = fm_sql_get_text(q, 19),
        .finished = fm_sql_get_text(q, 20),
        .weights = fm_sql_get_text(q, 21),
        .host = fm_sql_get_text(q, 22),
        .fmrun_version = fm_sql_get_text(q, 23),
        .git_commit = fm_sql_get_text(q, 24),
        .setting = fm_sql_get_text(q, 25),
        .n_samplings = fm_sql_get_count(q, 26),
        .n_samplings_done = fm_sql_get_count(q, 27),
    };
}

static const char each_run[] = RUN_COLUMNS
    "p.setting, p.n, p.n_done FROM ("
    " SELECT p.run_id, min(p.id) AS place, min(p.number) AS number, min(p.setting) AS "
    "setting,"
    "  count(DISTINCT s.id) AS n, count(DISTINCT CASE s.status WHEN 'done' THEN s.id END)"
    "  AS n_done"
    " FROM point p LEFT JOIN sampling s ON s.id = p.sampling_id"
    " WHERE p.sweep_id = :sweep_id GROUP BY p.run_id) p"
    " JOIN run r ON r.id = p.run_id" RUN_JOINS "ORDER BY p.number, r.seed, p.place";

enum fm_status fm_store_each_run(struct fm_store *store, int64_t sweep_id,
                                 enum fm_status (*row)(void *context,
                                                       const struct fm_run_row *run,
                                                       struct fm_error *err),
                                 void *context, struct fm_error *err)
{
    struct fm_sql q;
    FM_TRY(fm_sql_reading(store, each_run, &q, err));
    fm_sql_integer(&q, ":sweep_id", sweep_id);
    enum fm_status status = FM_OK;
    while (fm_sql_next(&q, &status, err)) {
        struct fm_run_row run = run_of(&q);
        status = row(context, &run, err);
    }
    fm_sql_end(&q);
    return status;
}

static const char read_run[] =
    RUN_COLUMNS "'', (SELECT count(*) FROM sampling WHERE run_id = r.id),"
                " (SELECT count(*) FROM sampling WHERE run_id = r.id AND status = 'done')"
                " FROM run r" RUN_JOINS "WHERE r.id = :id";

enum fm_status fm_store_read_run(struct fm_store *store, int64_t run_id,
                                 struct fm_arena *arena, struct fm_run_row *run,
                                 struct fm_error *err)
{
    struct fm_sql q;
    bool has_row;
    FM_TRY(fm_sql_reading(store, read_run, &q, err));
    fm_sql_integer(&q, ":id", run_id);
    FM_TRY(fm_sql_step(&q, &has_row, err));
    if (!has_row)
        return fm_fail(err, FM_ERROR_NO_INPUT, "%s holds no run with id %lld", store->path,
                       (long long)run_id);
    struct fm_run_row r = run_of(&q);
    const char **const texts[] = {&r.key,     &r.reason, &r.data,          &r.source,
                                  &r.network, &r.path,   &r.coupling,      &r.train,
                                  &r.setting, &r.isa,    &r.started,       &r.finished,
                                  &r.weights, &r.host,   &r.fmrun_version, &r.git_commit};
    enum fm_status status =
        fm_sql_keep_texts(arena, texts, sizeof texts / sizeof *texts, err);
    fm_sql_end(&q);
    if (status == FM_OK)
        *run = r;
    return status;
}

/* ---- what belongs to a run ----------------------------------------------------------- */

enum fm_status fm_store_each_param(struct fm_store *store, int64_t run_id,
                                   enum fm_status (*row)(void *context,
                                                         const struct fm_param *param,
                                                         struct fm_error *err),
                                   void *context, struct fm_error *err)
{
    struct fm_sql q;
    FM_TRY(fm_sql_reading(
        store, "SELECT key, value FROM param WHERE run_id = :run_id ORDER BY key", &q,
        err));
    fm_sql_integer(&q, ":run_id", run_id);
    enum fm_status status = FM_OK;
    while (fm_sql_next(&q, &status, err)) {
        struct fm_param param = {fm_sql_get_text(&q, 0), fm_sql_get_text(&q, 1)};
        status = row(context, &param, err);
    }
    fm_sql_end(&q);
    return status;
}

enum fm_status fm_store_each_loss(struct fm_store *store, int64_t run_id,
                                  enum fm_status (*row)(void *context,
                                                        const struct fm_loss_row *loss,
                                                        struct fm_error *err),
                                  void *context, struct fm_error *err)
{
    struct fm_sql q;
    FM_TRY(fm_sql_reading(
        store,
        "SELECT step, loss, grad_norm, lr FROM loss WHERE run_id = :run_id ORDER BY step",
        &q, err));
    fm_sql_integer(&q, ":run_id", run_id);
    enum fm_status status = FM_OK;
    while (fm_sql_next(&q, &status, err)) {
        struct fm_loss_row loss = {fm_sql_get_count(&q, 0), fm_sql_get_real(&q, 1),
                                   fm_sql_get_real(&q, 2), fm_sql_get_real(&q, 3)};
        status = row(context, &loss, err);
    }
    fm_sql_end(&q);
    return status;
}

static const char each_artifact[] =
    "SELECT run_id, sampling_id, kind, path, sha256, bytes FROM artifact "
    "WHERE run_id = :run_id"
    " OR sampling_id IN (SELECT id FROM sampling WHERE run_id = :run_id) ORDER BY id";

enum fm_status fm_store_each_artifact(
    struct fm_store *store, int64_t run_id,
    enum fm_status (*row)(void *context, const struct fm_artifact_record *artifact,
                          struct fm_error *err),
    void *context, struct fm_error *err)
{
    struct fm_sql q;
    FM_TRY(fm_sql_reading(store, each_artifact, &q, err));
    fm_sql_integer(&q, ":run_id", run_id);
    enum fm_status status = FM_OK;
    while (fm_sql_next(&q, &status, err)) {
        struct fm_artifact_record artifact = {
            .run_id = fm_sql_get_integer(&q, 0),
            .sampling_id = fm_sql_get_integer(&q, 1),
            .kind = fm_sql_get_text(&q, 2),
            .path = fm_sql_get_text(&q, 3),
            .sha256 = fm_sql_get_text(&q, 4),
            .n_bytes = fm_sql_get_count(&q, 5),
        };
        status = row(context, &artifact, err);
    }
    fm_sql_end(&q);
    return status;
}

/* ---- history ------------------------------------------------------------------------- */

static const char each_speed[] =
    "SELECT r.network, r.isa, r.n_parameters, r.n_threads, c.n_jobs, r.flops_per_row,"
    " r.samples_per_second "
    "FROM run r JOIN process c ON c.id = r.process_id "
    "WHERE c.host = :host AND r.status = 'done' AND r.flops_per_row IS NOT NULL"
    " AND r.samples_per_second IS NOT NULL "
    "ORDER BY r.finished DESC, r.id DESC LIMIT :limit";

enum fm_status fm_store_each_speed(struct fm_store *store, const char *host, size_t limit,
                                   enum fm_status (*row)(void *context,
                                                         const struct fm_speed_row *speed,
                                                         struct fm_error *err),
                                   void *context, struct fm_error *err)
{
    struct fm_sql q;
    char this_host[256] = "";
    if (!host && gethostname(this_host, sizeof this_host - 1) != 0)
        (void)snprintf(this_host, sizeof this_host, "unknown");
    FM_TRY(fm_sql_reading(store, each_speed, &q, err));
    fm_sql_text(&q, ":host", host ? host : this_host);
    fm_sql_count(&q, ":limit", limit);
    enum fm_status status = FM_OK;
    while (fm_sql_next(&q, &status, err)) {
        struct fm_speed_row speed = {
            .network = fm_sql_get_text(&q, 0),
            .isa = fm_sql_get_text(&q, 1),
            .n_parameters = fm_sql_get_count(&q, 2),
            .n_threads = fm_sql_get_count(&q, 3),
            .n_jobs = fm_sql_get_count(&q, 4),
            .flops_per_row = fm_sql_get_real(&q, 5),
            .samples_per_second = fm_sql_get_real(&q, 6),
        };
        speed.flops_per_second = speed.flops_per_row * speed.samples_per_second;
        status = row(context, &speed, err);
    }
    fm_sql_end(&q);
    return status;
}
