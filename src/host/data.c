#include <config.h>

#include "host/data.h"

#include "base/assignment.h"
#include "base/error.h"
#include "base/random.h"
#include "base/stream.h"
#include "host/call.h"

#include <math.h>
#include <string.h>

/* ---- services ---- */

static void *allocate(const struct fm_services *s, size_t n, size_t object_size)
{
    return s->context ? fm_arena_take(s->context, n, object_size) : NULL;
}

static enum fm_status assign(const struct fm_services *s, size_t n, size_t dim,
                             const double *a, const double *b, uint32_t *p, double *cost,
                             struct fm_error *err)
{
    return fm_assign(s->context, n, dim, a, b, p, cost, err);
}

struct fm_services fm_services_make(struct fm_arena *arena)
{
    return (struct fm_services){
        .size = sizeof(struct fm_services),
        .context = arena,
        .allocate = allocate,
        .assign = assign,
        .uniforms = fm_uniforms,
        .normals = fm_normals,
        .circle = fm_circle,
    };
}

/* ---- data sets ---- */

static enum fm_status check_mixture(const struct fm_dataset *set, const char *name,
                                    struct fm_error *err)
{
    const struct fm_mixture *m = set->mixture;
    if (!m)
        return FM_OK;
    double sum = 0;
    bool is_fine = m->dim == set->dim && m->n_components > 0;
    for (size_t k = 0; is_fine && k < m->n_components; k++) {
        sum += m->weights[k];
        for (size_t j = 0; j < m->dim; j++)
            is_fine = is_fine && m->variances[k * m->dim + j] > 0
                      && isfinite(m->means[k * m->dim + j]);
        is_fine = is_fine && (!m->labels || m->labels[k] < set->n_labels);
    }
    if (!is_fine || fabs(sum - 1) > 1e-9)
        return fm_fail(
            err, FM_ERROR_PLUGIN,
            "the data set %s gives an invalid mixture: it needs the set's dimension, "
            "variances above 0, weights that sum to 1, and labels below n_labels",
            name);
    return FM_OK;
}

enum fm_status fm_data_open(struct fm_arena *arena, const struct fm_plugin *plugin,
                            const void *options, size_t dim, bool shape_only,
                            struct fm_data *data, struct fm_error *err)
{
    /* services outlive the call: a data set may keep them in its state */
    struct fm_services *services = FM_NEW(arena, 1, struct fm_services);
    if (!services)
        return fm_out_of_memory(err);
    *services = fm_services_make(arena);
    *data = (struct fm_data){
        .ops = plugin->dataset,
        .options = options,
        .is_shape = shape_only,
        .set = {.services = services, .dim = dim, .shape_only = shape_only}};
    fm_call_begin(plugin->kind, plugin->name, "open");
    enum fm_status status = plugin->dataset->open(options, services, &data->set, err);
    fm_call_end();
    FM_TRY(status);
    data->set.services = services; /* open() may have written the whole set */
    const struct fm_dataset *set = &data->set;
    if (set->dim == 0)
        return fm_fail(err, FM_ERROR_PLUGIN, "the data set %s has dimension 0",
                       plugin->name);
    if (dim != 0 && set->dim != dim)
        return fm_fail(
            err, FM_ERROR_CONFIG,
            "the data set %s has %zu coordinates where %zu are needed; source and "
            "data must agree",
            plugin->name, set->dim, dim);
    if (data->ops->read && set->n_rows == 0)
        return fm_fail(err, FM_ERROR_PLUGIN, "the data set %s is finite but empty",
                       plugin->name);
    if (set->n_labels > 0
        && !(data->ops->draw ? data->ops->draw_labels != NULL
                             : data->ops->read_label != NULL))
        return fm_fail(err, FM_ERROR_PLUGIN,
                       "the data set %s has labels, but neither draw_labels nor read_label",
                       plugin->name);
    if (set->channels != 0 && set->height * set->width * set->channels != set->dim)
        return fm_fail(err, FM_ERROR_PLUGIN,
                       "the data set %s: height * width * channels is "
                       "not its dimension",
                       plugin->name);
    return check_mixture(set, plugin->name, err);
}

size_t fm_shuffle(struct fm_stream name, size_t n, size_t i)
{
    unsigned half = 1;
    while (half < 31 && ((size_t)1 << 2 * half) < n)
        half++;
    const uint32_t mask = (uint32_t)(((uint64_t)1 << half) - 1);
    const uint32_t key[2] = {(uint32_t)name.seed, (uint32_t)(name.seed >> 32)};
    do {
        uint32_t left = (uint32_t)(i >> half) & mask, right = (uint32_t)i & mask;
        for (uint32_t round = 0; round < 8; round++) { /* 4 rounds are uneven for n < 40 */
            uint32_t counter[4] = {right, round, name.step,
                                   FM_STREAM_SHUFFLE << 16 | name.stream};
            uint32_t out[4];
            fm_philox(key, counter, out);
            uint32_t next = (left ^ out[0]) & mask;
            left = right;
            right = next;
        }
        i = (size_t)left << half | right;
    } while (i >= n);
    return i;
}

/* Draws the n rows of a part of a generated set, and their labels. */
static enum fm_status take_own(struct fm_arena *arena, const struct fm_data *whole,
                               size_t n_whole, struct fm_data_part *part,
                               struct fm_error *err)
{
    const struct fm_dataset *set = &whole->set;
    const struct fm_stream stream = {part->seed, FM_STREAM_SPLIT, 0};
    const double needed = (double)part->n * (double)set->dim * sizeof(double);
    const double there = (double)fm_physical_memory();
    const bool has_labels = set->n_labels > 0;
    if (there > 0 && needed > there)
        return fm_fail(err, FM_ERROR_MEMORY,
                       "%zu rows of %zu coordinates need %.0f GB of memory, this machine "
                       "has %.0f GB",
                       part->n, set->dim, 1e-9 * needed, 1e-9 * there);
    part->own = FM_NEW(arena, part->n * set->dim, double);
    part->own_labels = has_labels ? FM_NEW(arena, part->n, uint32_t) : NULL;
    if (!part->own || (has_labels && !part->own_labels))
        return fm_out_of_memory(err);
    for (size_t i = 0; i < part->n; i++) {
        const size_t row = fm_shuffle(stream, n_whole, part->first + i);
        whole->ops->draw(whole->options, set, stream, row, 1, part->own + i * set->dim);
        if (has_labels)
            whole->ops->draw_labels(whole->options, set, stream, row, 1,
                                    part->own_labels + i);
    }
    return FM_OK;
}

enum fm_status fm_data_take(struct fm_arena *arena, const struct fm_data *set,
                            uint64_t seed, size_t n_whole, size_t first, size_t n,
                            struct fm_data *part, struct fm_error *err)
{
    struct fm_data_part taken = {.n = n, .first = first, .seed = seed};
    if (set->ops->draw)
        FM_TRY(take_own(arena, set, n_whole, &taken, err));
    *part = *set;
    part->part = taken;
    return FM_OK;
}

bool fm_data_has_density(struct fm_arena *arena, const struct fm_data *data)
{
    const struct fm_dataset_ops *ops = data->ops;
    const bool can_ask = ops->log_density && ops->draw && !data->is_shape;
    double log_p = 0, *x = can_ask ? FM_NEW(arena, data->set.dim, double) : NULL;
    if (x) {
        ops->draw(data->options, &data->set, (struct fm_stream){0, FM_STREAM_REFERENCE, 0},
                  0, 1, x);
        ops->log_density(data->options, &data->set, 1, x, &log_p);
    }
    return ops->log_density && !isnan(log_p);
}

size_t fm_data_n_rows(const struct fm_data *data)
{
    return data->part.n > 0 ? data->part.n : data->set.n_rows;
}

/* The row of a finite set or part at this place of the step's batch: its index in the part's own
 * rows, or else in the set. */
static size_t index_of(const struct fm_data *data, struct fm_stream stream,
                       size_t rows_per_step, size_t row)
{
    const struct fm_data_part *part = &data->part;
    const size_t n = fm_data_n_rows(data);
    const uint64_t place = (uint64_t)stream.step * rows_per_step + row;
    const struct fm_stream epoch = {stream.seed, stream.stream, (uint32_t)(place / n)};
    const size_t index = fm_shuffle(epoch, n, place % n);
    return part->n > 0 && !part->own
               ? fm_shuffle((struct fm_stream){part->seed, FM_STREAM_SPLIT, 0},
                            data->set.n_rows, part->first + index)
               : index;
}

void fm_data_rows(const struct fm_data *data, struct fm_stream stream, size_t rows_per_step,
                  size_t first_row, size_t n, double *x)
{
    const size_t dim = data->set.dim;
    const double *own = data->part.own;
    if (fm_data_n_rows(data) == 0) {
        data->ops->draw(data->options, &data->set, stream, first_row, n, x);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        const size_t index = index_of(data, stream, rows_per_step, first_row + i);
        if (own)
            memcpy(x + i * dim, own + index * dim, dim * sizeof *x);
        else
            data->ops->read(data->options, &data->set, index, x + i * dim);
    }
}

void fm_data_labels(const struct fm_data *data, struct fm_stream stream,
                    size_t rows_per_step, size_t first_row, size_t n, uint32_t *labels)
{
    const struct fm_dataset *set = &data->set;
    const uint32_t *own = data->part.own_labels;
    const bool is_endless = fm_data_n_rows(data) == 0;
    if (is_endless)
        data->ops->draw_labels(data->options, set, stream, first_row, n, labels);
    for (size_t i = 0; i < n; i++) {
        const size_t index =
            is_endless ? 0 : index_of(data, stream, rows_per_step, first_row + i);
        if (!is_endless)
            labels[i] = own ? own[index] : data->ops->read_label(data->options, set, index);
        FM_ASSERT(labels[i] < set->n_labels);
    }
}
