#include <config.h>

#include "check/metric_input.h"

#include "base/error.h"

#include <math.h>
#include <string.h>

/* Doubles in a guard zone, more than the longest row.  Arrays start at multiples of it. */
enum { N_GUARD = 16 };

static const double log_two_pi = 1.83787706640934548356;

const char *const fm_metric_rows_names[FM_N_METRIC_ROWS] = {
    "x0", "samples", "data", "solve", "exact", "fresh", "path_energy"};

size_t fm_metric_width(const struct fm_metric_input *input, enum fm_metric_rows rows)
{
    return rows == FM_ROWS_PATH_ENERGY ? 1 : input->dim;
}

enum fm_status fm_metric_input_open(struct fm_arena *arena, size_t n, size_t dim,
                                    struct fm_metric_input *input, struct fm_error *err)
{
    size_t offsets[FM_N_METRIC_ROWS];
    *input = (struct fm_metric_input){.n = n, .dim = dim, .size = N_GUARD};
    for (int k = 0; k < FM_N_METRIC_ROWS; k++) {
        const size_t size = n * fm_metric_width(input, (enum fm_metric_rows)k);
        offsets[k] = input->size;
        input->size += (size + N_GUARD - 1) / N_GUARD * N_GUARD + N_GUARD;
    }
    input->block = FM_NEW(arena, input->size, double);
    input->kept = FM_NEW(arena, input->size, double);
    if (!input->block || !input->kept)
        return fm_out_of_memory(err);
    for (int k = 0; k < FM_N_METRIC_ROWS; k++)
        input->rows[k] = input->block + offsets[k];
    return FM_OK;
}

/* ---- rows ---- */

static double mean_of(size_t j)
{
    return 1.5 - 0.75 * (double)j;
}

static double deviation_of(size_t j)
{
    return j % 2 ? 1.6 : 0.4;
}

double fm_metric_log_density(size_t dim, const double *x)
{
    double sum = 0;
    for (size_t j = 0; j < dim; j++) {
        const double z = (x[j] - mean_of(j)) / deviation_of(j);
        sum -= z * z / 2 + log(deviation_of(j)) + log_two_pi / 2;
    }
    return sum;
}

/* Draws from the data's distribution, or normal numbers. */
static void draw(const struct fm_metric_input *in, uint32_t stream, uint32_t index,
                 bool is_data, double *to)
{
    for (size_t i = 0; i < in->n; i++) {
        struct fm_rng r = fm_rng_at((struct fm_stream){21, stream, index}, i);
        for (size_t j = 0; j < in->dim; j++) {
            const double z = fm_rng_normal(&r);
            to[i * in->dim + j] = is_data ? mean_of(j) + deviation_of(j) * z : z;
        }
    }
}

static void add_energy(struct fm_metric_input *in, double factor)
{
    const size_t dim = in->dim;
    for (size_t i = 0; i < in->n; i++) {
        double sum = 0;
        for (size_t j = 0; j < dim; j++) {
            const double step =
                in->rows[FM_ROWS_SAMPLES][i * dim + j] - in->rows[FM_ROWS_X0][i * dim + j];
            sum += step * step;
        }
        in->rows[FM_ROWS_PATH_ENERGY][i] = factor * sum;
    }
}

void fm_metric_input_perfect(struct fm_metric_input *in)
{
    const size_t n = in->n, dim = in->dim;
    in->noise = (struct fm_stream){3, 1, 0};
    in->has_fresh = in->has_data_density = true;
    in->log_p_wave = in->log_p_shift = in->first_log_p = 0;
    draw(in, 1, 0, false, in->rows[FM_ROWS_X0]);
    draw(in, 2, 0, true, in->rows[FM_ROWS_FRESH]);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < dim; j++) {
            const double end =
                mean_of(j) + deviation_of(j) * in->rows[FM_ROWS_X0][i * dim + j];
            in->rows[FM_ROWS_EXACT][i * dim + j] = end;
            in->rows[FM_ROWS_SOLVE][i * dim + j] = end;
            in->rows[FM_ROWS_SAMPLES][i * dim + j] = end;
            in->rows[FM_ROWS_DATA][(n - 1 - i) * dim + j] = end;
        }
    add_energy(in, 1);
}

void fm_metric_input_usual(struct fm_metric_input *in, uint32_t index)
{
    const size_t size = in->n * in->dim;
    double *network_error = in->rows[FM_ROWS_DATA], *solver_error = in->rows[FM_ROWS_FRESH];
    fm_metric_input_perfect(in);
    draw(in, 1, index, false, in->rows[FM_ROWS_X0]);
    draw(in, 3, index, false, network_error);
    draw(in, 4, index, false, solver_error);
    for (size_t i = 0; i < size; i++) {
        const size_t j = i % in->dim;
        const double end = mean_of(j) + deviation_of(j) * in->rows[FM_ROWS_X0][i];
        in->rows[FM_ROWS_EXACT][i] = end;
        in->rows[FM_ROWS_SOLVE][i] = end + 0.2 + 0.1 * network_error[i];
        in->rows[FM_ROWS_SAMPLES][i] =
            in->rows[FM_ROWS_SOLVE][i] + 0.05 + 0.02 * solver_error[i];
    }
    draw(in, 5, index, true, in->rows[FM_ROWS_DATA]);
    draw(in, 2, index, true, in->rows[FM_ROWS_FRESH]);
    add_energy(in, 1.25);
    in->log_p_wave = 0.1;
    in->log_p_shift = -0.2;
}

void fm_metric_input_copy(struct fm_metric_input *to, const struct fm_metric_input *from)
{
    struct fm_metric_input copy = *from;
    FM_ASSERT(to->n == from->n && to->dim == from->dim);
    memcpy(to->block, from->block, from->size * sizeof *from->block);
    memcpy(copy.rows, to->rows, sizeof copy.rows);
    copy.block = to->block;
    copy.kept = to->kept;
    *to = copy;
}

/* ---- guard zones ---- */

/* Whether number i of the block belongs to rows; *which: to which. */
static bool is_row(const struct fm_metric_input *in, size_t i, enum fm_metric_rows *which)
{
    for (int k = 0; k < FM_N_METRIC_ROWS; k++) {
        const size_t first = (size_t)(in->rows[k] - in->block),
                     size = in->n * fm_metric_width(in, (enum fm_metric_rows)k);
        *which = (enum fm_metric_rows)k;
        if (i < first + size)
            return i >= first;
    }
    return false;
}

void fm_metric_input_guard(struct fm_metric_input *in, double mark)
{
    enum fm_metric_rows ignored;
    for (size_t i = 0; i < in->size; i++)
        if (!is_row(in, i, &ignored))
            in->block[i] = mark;
    memcpy(in->kept, in->block, in->size * sizeof *in->block);
}

const char *fm_metric_input_damage(const struct fm_metric_input *in)
{
    enum fm_metric_rows ignored;
    if (memcmp(in->kept, in->block, in->size * sizeof *in->block) == 0)
        return NULL;
    for (size_t i = 0; i < in->size; i++)
        if (memcmp(&in->kept[i], &in->block[i], sizeof *in->block) != 0
            && is_row(in, i, &ignored))
            return "it writes to its input";
    return "it writes beyond the rows of its input";
}

void fm_metric_input_restore(struct fm_metric_input *in)
{
    memcpy(in->block, in->kept, in->size * sizeof *in->block);
}
