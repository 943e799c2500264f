#include <config.h>

#include "store/record_run.h"

#include "base/error.h"
#include "store/sql.h"

#include <math.h>

/* ---- a run's life -------------------------------------------------------------------- */

static const char add_run[] =
    "INSERT INTO run(key, seed, data, source, network, path, coupling, train, n_steps, "
    "created) "
    "VALUES(:key, :seed, :data, :source, :network, :path, :coupling, :train, "
    ":n_steps, " FM_SQL_NOW
    ") ON CONFLICT(key) DO UPDATE SET key = key RETURNING id, status, step";

enum fm_status fm_store_add_run(struct fm_store *store, const struct fm_run_record *record,
                                struct fm_known *known, struct fm_error *err)
{
    struct fm_sql query;
    bool has_row;
    FM_ASSERT(record->seed <= INT64_MAX);
    FM_TRY(fm_sql_writing(store, add_run, &query, err));
    fm_sql_text(&query, ":key", record->key);
    fm_sql_integer(&query, ":seed", (int64_t)record->seed);
    fm_sql_text(&query, ":data", record->data);
    fm_sql_text(&query, ":source", record->source);
    fm_sql_text(&query, ":network", record->network);
    fm_sql_text(&query, ":path", record->path);
    fm_sql_text(&query, ":coupling", record->coupling);
    fm_sql_text(&query, ":train", record->train);
    fm_sql_count(&query, ":n_steps", record->n_steps);
    FM_TRY(fm_sql_step(&query, &has_row, err));
    FM_ASSERT(has_row);
    struct fm_known found = {.id = fm_sql_get_integer(&query, 0),
                             .status = fm_sql_get_status(&query, 1),
                             .step = fm_sql_get_count(&query, 2)};
    FM_TRY(fm_sql_run(&query, err));
    *known = found;
    return FM_OK;
}

static const char start_run[] =
    "UPDATE run SET status = 'running', reason = '', process_id = :process_id,"
    " started = coalesce(started, " FM_SQL_NOW "), finished = NULL WHERE id = :id";

enum fm_status fm_store_start_run(struct fm_store *store, int64_t run_id,
                                  int64_t process_id, struct fm_error *err)
{
    struct fm_sql query;
    FM_TRY(fm_sql_writing(store, start_run, &query, err));
    fm_sql_integer(&query, ":id", run_id);
    fm_sql_id(&query, ":process_id", process_id);
    return fm_sql_run(&query, err);
}

static const char set_run_status[] =
    "UPDATE run SET status = :status, reason = :reason,"
    " finished = CASE WHEN :status IN ('queued', 'running') THEN NULL ELSE " FM_SQL_NOW
    " END WHERE id = :id";

enum fm_status fm_store_set_run_status(struct fm_store *store, int64_t run_id,
                                       enum fm_run_status status, const char *reason,
                                       struct fm_error *err)
{
    struct fm_sql query;
    FM_TRY(fm_sql_writing(store, set_run_status, &query, err));
    fm_sql_integer(&query, ":id", run_id);
    fm_sql_text(&query, ":status", fm_run_status_name(status));
    fm_sql_text(&query, ":reason", reason);
    return fm_sql_run(&query, err);
}

static const char set_run_step[] = "UPDATE run SET step = :step WHERE id = :id";

enum fm_status fm_store_set_run_step(struct fm_store *store, int64_t run_id, size_t step,
                                     struct fm_error *err)
{
    struct fm_sql query;
    FM_TRY(fm_sql_writing(store, set_run_step, &query, err));
    fm_sql_integer(&query, ":id", run_id);
    fm_sql_count(&query, ":step", step);
    return fm_sql_run(&query, err);
}

static const char finish_run[] =
    "UPDATE run SET status = :status, reason = :reason, step = coalesce(:step, step),"
    " n_parameters = coalesce(:n_parameters, n_parameters),"
    " flops_per_row = coalesce(:flops_per_row, flops_per_row),"
    " n_threads = coalesce(:n_threads, n_threads), isa = coalesce(:isa, isa),"
    " train_seconds = coalesce(:train_seconds, train_seconds),"
    " samples_per_second = coalesce(:samples_per_second, samples_per_second),"
    " weights_id = coalesce(:weights_id, weights_id),"
    " best_step = coalesce(:best_step, best_step),"
    " finished = CASE WHEN :status IN ('queued', 'running') THEN NULL ELSE " FM_SQL_NOW
    " END WHERE id = :id";

enum fm_status fm_store_finish_run(struct fm_store *store, int64_t run_id,
                                   const struct fm_run_result *result, struct fm_error *err)
{
    struct fm_sql query;
    FM_TRY(fm_sql_writing(store, finish_run, &query, err));
    fm_sql_integer(&query, ":id", run_id);
    fm_sql_text(&query, ":status", fm_run_status_name(result->status));
    fm_sql_text(&query, ":reason", result->reason);
    fm_sql_id(&query, ":step", (int64_t)result->step);
    fm_sql_id(&query, ":n_parameters", (int64_t)result->n_parameters);
    fm_sql_positive(&query, ":flops_per_row", result->flops_per_row);
    fm_sql_id(&query, ":n_threads", (int64_t)result->n_threads);
    fm_sql_text_or_null(&query, ":isa", result->isa);
    fm_sql_positive(&query, ":train_seconds", result->train_seconds);
    fm_sql_positive(&query, ":samples_per_second", result->samples_per_second);
    fm_sql_id(&query, ":weights_id", result->weights_id);
    fm_sql_id(&query, ":best_step", (int64_t)result->best_step);
    return fm_sql_run(&query, err);
}

/* ---- many rows at once --------------------------------------------------------------- */

/* Runs `insert` in a transaction of its own, unless one is open. */
static enum fm_status
as_group(struct fm_store *store,
         enum fm_status (*insert)(struct fm_store *store, int64_t run_id, size_t n,
                                  const void *rows, struct fm_error *err),
         int64_t run_id, size_t n, const void *rows, struct fm_error *err)
{
    if (store->is_in_transaction)
        return insert(store, run_id, n, rows, err);
    FM_TRY(fm_store_begin(store, err));
    enum fm_status status = insert(store, run_id, n, rows, err);
    if (status == FM_OK)
        status = fm_store_commit(store, err);
    if (status != FM_OK)
        fm_store_rollback(store);
    return status;
}

static const char clear_params[] = "DELETE FROM param WHERE run_id = :run_id";
static const char add_param[] =
    "INSERT OR REPLACE INTO param(run_id, key, value) VALUES(:run_id, :key, :value)";

static enum fm_status insert_params(struct fm_store *store, int64_t run_id, size_t n,
                                    const void *rows, struct fm_error *err)
{
    const struct fm_param *params = rows;
    struct fm_sql query;
    FM_TRY(fm_sql_writing(store, clear_params, &query, err));
    fm_sql_integer(&query, ":run_id", run_id);
    FM_TRY(fm_sql_run(&query, err));
    for (size_t i = 0; i < n; i++) {
        FM_TRY(fm_sql_writing(store, add_param, &query, err));
        fm_sql_integer(&query, ":run_id", run_id);
        fm_sql_text(&query, ":key", params[i].key);
        fm_sql_text(&query, ":value", params[i].value);
        FM_TRY(fm_sql_run(&query, err));
    }
    return FM_OK;
}

enum fm_status fm_store_set_params(struct fm_store *store, int64_t run_id, size_t n,
                                   const struct fm_param *params, struct fm_error *err)
{
    return as_group(store, insert_params, run_id, n, params, err);
}

static const char add_loss[] =
    "INSERT OR REPLACE INTO loss(run_id, step, loss, grad_norm, lr, validation, pair_cost,"
    " independent_cost, plan_cost, marginal_error, pair_seconds) "
    "VALUES(:run_id, :step, :loss, :grad_norm, :lr, :validation, :pair_cost,"
    " :independent_cost, :plan_cost, :marginal_error, :pair_seconds)";

static enum fm_status insert_losses(struct fm_store *store, int64_t run_id, size_t n,
                                    const void *rows, struct fm_error *err)
{
    const struct fm_loss_row *losses = rows;
    struct fm_sql query;
    FM_TRY(fm_sql_writing(store, add_loss, &query, err));
    int step = fm_sql_place(&query, ":step"), loss = fm_sql_place(&query, ":loss"),
        grad_norm = fm_sql_place(&query, ":grad_norm"), lr = fm_sql_place(&query, ":lr"),
        validation = fm_sql_place(&query, ":validation"),
        pair_cost = fm_sql_place(&query, ":pair_cost"),
        independent_cost = fm_sql_place(&query, ":independent_cost"),
        plan_cost = fm_sql_place(&query, ":plan_cost"),
        marginal_error = fm_sql_place(&query, ":marginal_error"),
        pair_seconds = fm_sql_place(&query, ":pair_seconds");
    const double none = (double)NAN;
    fm_sql_integer(&query, ":run_id", run_id);
    for (size_t i = 0; i < n; i++) {
        fm_sql_integer_at(&query, step, (int64_t)losses[i].step);
        fm_sql_real_at(&query, loss, losses[i].loss);
        fm_sql_real_at(&query, grad_norm, losses[i].grad_norm);
        fm_sql_real_at(&query, lr, losses[i].lr);
        const struct fm_loss_row *l = &losses[i];
        fm_sql_real_at(&query, validation, l->has_validation ? l->validation : none);
        fm_sql_real_at(&query, pair_cost, l->has_pairs ? l->pair_cost : none);
        fm_sql_real_at(&query, independent_cost, l->has_pairs ? l->independent_cost : none);
        fm_sql_real_at(&query, plan_cost, l->has_pairs ? l->plan_cost : none);
        fm_sql_real_at(&query, marginal_error, l->has_pairs ? l->marginal_error : none);
        fm_sql_real_at(&query, pair_seconds, l->has_pairs ? l->pair_seconds : none);
        FM_TRY(fm_sql_run_again(&query, err));
    }
    fm_sql_end(&query);
    return FM_OK;
}

enum fm_status fm_store_add_losses(struct fm_store *store, int64_t run_id, size_t n,
                                   const struct fm_loss_row *rows, struct fm_error *err)
{
    return as_group(store, insert_losses, run_id, n, rows, err);
}

static const char add_loss_by_time[] =
    "INSERT OR REPLACE INTO loss_by_time(run_id, step, t_from, t_to, loss, n_rows) "
    "VALUES(:run_id, :step, :t_from, :t_to, :loss, :n_rows)";

static enum fm_status insert_losses_by_time(struct fm_store *store, int64_t run_id,
                                            size_t n, const void *rows,
                                            struct fm_error *err)
{
    const struct fm_loss_time_row *row = rows;
    for (size_t i = 0; i < n; i++, row++) {
        struct fm_sql query;
        FM_TRY(fm_sql_writing(store, add_loss_by_time, &query, err));
        fm_sql_integer(&query, ":run_id", run_id);
        fm_sql_integer(&query, ":step", (int64_t)row->step);
        fm_sql_real(&query, ":t_from", row->t_from);
        fm_sql_real(&query, ":t_to", row->t_to);
        fm_sql_real(&query, ":loss", row->loss);
        fm_sql_integer(&query, ":n_rows", (int64_t)row->n_rows);
        FM_TRY(fm_sql_run(&query, err));
    }
    return FM_OK;
}

enum fm_status fm_store_add_losses_by_time(struct fm_store *store, int64_t run_id, size_t n,
                                           const struct fm_loss_time_row *rows,
                                           struct fm_error *err)
{
    return as_group(store, insert_losses_by_time, run_id, n, rows, err);
}

static const char add_scale[] =
    "INSERT OR REPLACE INTO standardisation(run_id, part, coordinate, shift, scale) "
    "VALUES(:run_id, :part, :coordinate, :shift, :scale)";

static enum fm_status insert_scales(struct fm_store *store, int64_t run_id, size_t n,
                                    const void *rows, struct fm_error *err)
{
    const struct fm_scale_row *row = rows;
    for (size_t i = 0; i < n; i++, row++) {
        struct fm_sql query;
        FM_TRY(fm_sql_writing(store, add_scale, &query, err));
        fm_sql_integer(&query, ":run_id", run_id);
        fm_sql_text(&query, ":part", row->is_source ? "source" : "data");
        fm_sql_integer(&query, ":coordinate", (int64_t)row->coordinate);
        fm_sql_real(&query, ":shift", row->shift);
        fm_sql_real(&query, ":scale", row->scale);
        FM_TRY(fm_sql_run(&query, err));
    }
    return FM_OK;
}

enum fm_status fm_store_add_scales(struct fm_store *store, int64_t run_id, size_t n,
                                   const struct fm_scale_row *rows, struct fm_error *err)
{
    return as_group(store, insert_scales, run_id, n, rows, err);
}
