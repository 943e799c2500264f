#include <config.h>

#include "store/read_result.h"

#include "store/sql.h"

#include <string.h>

/* ---- v_result ------------------------------------------------------------------------ */

static const char each_result[] =
    "SELECT run_id, sampling_id, point, setting, data, source, network, path, coupling, "
    "seed,"
    " solver, label, method, steps, rtol, atol, n_samples, n_failed_rows, nfe, seconds,"
    " status, reason, metric, metric_options, unit, direction, value, standard_error, "
    "floor,"
    " note "
    "FROM v_result WHERE sweep_id = :sweep_id ORDER BY metric, metric_def_id, place";

static struct fm_result_row result_of(const struct fm_sql *q)
{
    return (struct fm_result_row){
        .run_id = fm_sql_get_integer(q, 0),
        .sampling_id = fm_sql_get_integer(q, 1),
        .point = fm_sql_get_count(q, 2),
        .setting = fm_sql_get_text(q, 3),
        .data = fm_sql_get_text(q, 4),
        .source = fm_sql_get_text(q, 5),
        .network = fm_sql_get_text(q, 6),
        .path = fm_sql_get_text(q, 7),
        .coupling = fm_sql_get_text(q, 8),
        .seed = (uint64_t)fm_sql_get_integer(q, 9),
        .solver = fm_sql_get_text(q, 10),
        .label = fm_sql_get_text(q, 11),
        .method = fm_sql_get_text(q, 12),
        .steps = fm_sql_get_count(q, 13),
        .rtol = fm_sql_get_real(q, 14),
        .atol = fm_sql_get_real(q, 15),
        .n_samples = fm_sql_get_count(q, 16),
        .n_failed_rows = fm_sql_get_count(q, 17),
        .nfe = fm_sql_get_real(q, 18),
        .seconds = fm_sql_get_real(q, 19),
        .status = fm_sql_get_status(q, 20),
        .reason = fm_sql_get_text(q, 21),
        .metric = fm_sql_get_text(q, 22),
        .metric_options = fm_sql_get_text(q, 23),
        .unit = fm_sql_get_text(q, 24),
        .is_higher_better = strcmp(fm_sql_get_text(q, 25), "max") == 0,
        .value = fm_sql_get_real(q, 26),
        .standard_error = fm_sql_get_real(q, 27),
        .floor = fm_sql_get_real(q, 28),
        .note = fm_sql_get_text(q, 29),
    };
}

enum fm_status fm_store_each_result(
    struct fm_store *store, int64_t sweep_id,
    enum fm_status (*row)(void *context, const struct fm_result_row *result,
                          struct fm_error *err),
    void *context, struct fm_error *err)
{
    struct fm_sql q;
    FM_TRY(fm_sql_reading(store, each_result, &q, err));
    fm_sql_integer(&q, ":sweep_id", sweep_id);
    enum fm_status status = FM_OK;
    while (fm_sql_next(&q, &status, err)) {
        struct fm_result_row result = result_of(&q);
        status = row(context, &result, err);
    }
    fm_sql_end(&q);
    return status;
}

/* ---- v_compare ----------------------------------------------------------------------- */

/* place, the first point of a row, identifies the rows of v_pareto. */
static const char each_compare[] =
    "WITH front AS MATERIALIZED ("
    " SELECT place, metric_def_id FROM v_pareto WHERE sweep_id = :sweep_id) "
    "SELECT point, setting, data, source, network, path, coupling, solver, label, method,"
    " solver_order, steps, rtol, atol, metric, metric_options, unit, direction,"
    " n_seeds, n, n_failed, n_open, mean, sd, ci95, min, max, floor, standard_error, nfe,"
    " seconds, EXISTS (SELECT 1 FROM front f"
    "  WHERE f.place = c.place AND f.metric_def_id = c.metric_def_id) "
    "FROM v_compare c WHERE sweep_id = :sweep_id ORDER BY metric, metric_def_id, place";

static struct fm_compare_row compare_of(const struct fm_sql *q)
{
    return (struct fm_compare_row){
        .point = fm_sql_get_count(q, 0),
        .setting = fm_sql_get_text(q, 1),
        .data = fm_sql_get_text(q, 2),
        .source = fm_sql_get_text(q, 3),
        .network = fm_sql_get_text(q, 4),
        .path = fm_sql_get_text(q, 5),
        .coupling = fm_sql_get_text(q, 6),
        .solver = fm_sql_get_text(q, 7),
        .label = fm_sql_get_text(q, 8),
        .method = fm_sql_get_text(q, 9),
        .order = (unsigned)fm_sql_get_count(q, 10),
        .steps = fm_sql_get_count(q, 11),
        .rtol = fm_sql_get_real(q, 12),
        .atol = fm_sql_get_real(q, 13),
        .metric = fm_sql_get_text(q, 14),
        .metric_options = fm_sql_get_text(q, 15),
        .unit = fm_sql_get_text(q, 16),
        .is_higher_better = strcmp(fm_sql_get_text(q, 17), "max") == 0,
        .n_seeds = fm_sql_get_count(q, 18),
        .n = fm_sql_get_count(q, 19),
        .n_failed = fm_sql_get_count(q, 20),
        .n_open = fm_sql_get_count(q, 21),
        .mean = fm_sql_get_real(q, 22),
        .sd = fm_sql_get_real(q, 23),
        .ci95 = fm_sql_get_real(q, 24),
        .min = fm_sql_get_real(q, 25),
        .max = fm_sql_get_real(q, 26),
        .floor = fm_sql_get_real(q, 27),
        .standard_error = fm_sql_get_real(q, 28),
        .nfe = fm_sql_get_real(q, 29),
        .seconds = fm_sql_get_real(q, 30),
        .is_on_front = fm_sql_get_integer(q, 31) != 0,
    };
}

enum fm_status fm_store_each_compare(
    struct fm_store *store, int64_t sweep_id,
    enum fm_status (*row)(void *context, const struct fm_compare_row *compare,
                          struct fm_error *err),
    void *context, struct fm_error *err)
{
    struct fm_sql q;
    FM_TRY(fm_sql_reading(store, each_compare, &q, err));
    fm_sql_integer(&q, ":sweep_id", sweep_id);
    enum fm_status status = FM_OK;
    while (fm_sql_next(&q, &status, err)) {
        struct fm_compare_row compare = compare_of(&q);
        status = row(context, &compare, err);
    }
    fm_sql_end(&q);
    return status;
}

/* ---- v_order ------------------------------------------------------------------------- */

static const char each_order[] = "SELECT setting, data, network, path, coupling, solver, "
                                 "label, method, declared, n_points,"
                                 " observed, steps_min, steps_max "
                                 "FROM v_order WHERE sweep_id = :sweep_id ORDER BY place";

enum fm_status fm_store_each_order(struct fm_store *store, int64_t sweep_id,
                                   enum fm_status (*row)(void *context,
                                                         const struct fm_order_row *order,
                                                         struct fm_error *err),
                                   void *context, struct fm_error *err)
{
    struct fm_sql q;
    FM_TRY(fm_sql_reading(store, each_order, &q, err));
    fm_sql_integer(&q, ":sweep_id", sweep_id);
    enum fm_status status = FM_OK;
    while (fm_sql_next(&q, &status, err)) {
        struct fm_order_row order = {
            .setting = fm_sql_get_text(&q, 0),
            .data = fm_sql_get_text(&q, 1),
            .network = fm_sql_get_text(&q, 2),
            .path = fm_sql_get_text(&q, 3),
            .coupling = fm_sql_get_text(&q, 4),
            .solver = fm_sql_get_text(&q, 5),
            .label = fm_sql_get_text(&q, 6),
            .method = fm_sql_get_text(&q, 7),
            .declared = (unsigned)fm_sql_get_count(&q, 8),
            .n_points = fm_sql_get_count(&q, 9),
            .observed = fm_sql_get_real(&q, 10),
            .steps_min = fm_sql_get_count(&q, 11),
            .steps_max = fm_sql_get_count(&q, 12),
        };
        status = row(context, &order, err);
    }
    fm_sql_end(&q);
    return status;
}
