/* All checks of a data set; that of opening it, and how its rows are asked for, are here. */
#include <config.h>

#include "check/dataset.h"

#include "base/error.h"
#include "check/dataset_parts.h"
#include "check/vary.h"

#include <string.h>

void fm_dataset_tell(const struct fm_dataset_subject *s, const char *property,
                     enum fm_check_result result, const char *note)
{
    fm_check_add_note(s->sink, property, "", result, "%s", note);
}

size_t fm_dataset_n(const struct fm_dataset_subject *s, size_t most)
{
    const size_t n = s->data.set.n_rows;
    return s->data.ops->read && n < most ? n : most;
}

void fm_dataset_rows(const struct fm_dataset_subject *s, const struct fm_data *data,
                     struct fm_stream stream, uint64_t first, size_t n, double *x,
                     uint32_t *labels)
{
    const struct fm_dataset_ops *ops = data->ops;
    const struct fm_dataset *set = &data->set;
    if (ops->draw) {
        ops->draw(data->options, set, stream, first, n, x);
        if (labels)
            ops->draw_labels(data->options, set, stream, first, n, labels);
        return;
    }
    for (size_t i = 0; i < n; i++) {
        const size_t index = (size_t)(first + i) % set->n_rows;
        ops->read(data->options, set, index, x + i * s->dim);
        if (labels)
            labels[i] = ops->read_label(data->options, set, index);
    }
}

void fm_dataset_log_density(const struct fm_dataset_subject *s, size_t n, const double *x,
                            double *log_p)
{
    s->data.ops->log_density(s->data.options, &s->data.set, n, x, log_p);
}

/* ---- opening ---- */

static bool same_shape(const struct fm_dataset *a, const struct fm_dataset *b)
{
    return a->dim == b->dim && a->n_rows == b->n_rows && a->height == b->height
           && a->width == b->width && a->channels == b->channels
           && a->n_labels == b->n_labels;
}

/* NULL, or what is wrong. */
static const char *opening_fault(const struct fm_dataset_subject *s, struct fm_error *err)
{
    const struct fm_dataset *set = &s->data.set;
    struct fm_data shape, other;
    if (fm_data_open(s->arena, s->plugin, s->options, s->wanted_dim, true, &shape, err)
        != FM_OK)
        return "it does not open when only its shape is asked for";
    if (!same_shape(set, &shape.set))
        return "it has another shape when only that is asked for";
    *err = (struct fm_error){0};
    if (fm_data_open(s->arena, s->plugin, s->options, set->dim + 1, false, &other, err)
            != FM_OK
        && !err->message[0])
        return "another dimension is refused without a word";
    *err = (struct fm_error){0};
    if ((set->shift == NULL) != (set->scale == NULL))
        return "of shift and scale one is missing";
    return NULL;
}

static bool check_opening(const struct fm_dataset_subject *s)
{
    struct fm_error err = {0};
    const struct fm_dataset *set = &s->data.set;
    fm_check_begin(s->sink, "how it opens");
    const char *fault = opening_fault(s, &err);
    if (fault)
        fm_check_add_note(s->sink, "opening", "", FM_CHECK_FAIL, "%s%s%s", fault,
                          err.message[0] ? ": " : "", err.message);
    else if (set->n_rows > 0)
        fm_check_add_note(s->sink, "opening", "", FM_CHECK_PASS,
                          "%zu rows of %zu coordinates", set->n_rows, set->dim);
    else
        fm_check_add_note(s->sink, "opening", "", FM_CHECK_PASS,
                          "rows without end, of %zu coordinates", set->dim);
    return !fault;
}

/* ---- options ---- */

/* A number for the first rows with these options, or for the refusal of these. */
static uint64_t fingerprint(void *context, const void *options, uint64_t hash)
{
    enum { N_LEAST = 32, N_NUMBERS = 8192 };
    const struct fm_dataset_subject *s = context;
    struct fm_arena arena = {0};
    struct fm_error err = {0};
    struct fm_data data;
    double *x = NULL;
    uint32_t *labels = NULL;
    size_t n = 0;
    if (fm_data_open(&arena, s->plugin, options, s->wanted_dim, false, &data, &err) == FM_OK
        || fm_data_open(&arena, s->plugin, options, 0, false, &data, &err) == FM_OK) {
        const struct fm_dataset *set = &data.set;
        const size_t shape[] = {set->dim,   set->n_rows,   set->height,
                                set->width, set->channels, set->n_labels};
        n = N_NUMBERS / set->dim > N_LEAST ? N_NUMBERS / set->dim : N_LEAST;
        n = data.ops->read && set->n_rows < n ? set->n_rows : n;
        x = FM_NEW(&arena, n * set->dim, double);
        labels = set->n_labels > 0 ? FM_NEW(&arena, n, uint32_t) : NULL;
        hash = fm_check_hash(hash, shape, sizeof shape);
    }
    if (x) {
        struct fm_dataset_subject other = *s;
        other.dim = data.set.dim;
        fm_dataset_rows(&other, &data, (struct fm_stream){14, 1, 0}, 0, n, x, labels);
        hash = fm_check_hash(hash, x, n * data.set.dim * sizeof *x);
        if (labels)
            hash = fm_check_hash(hash, labels, n * sizeof *labels);
    }
    hash = fm_check_hash(hash, &n, sizeof n);
    fm_arena_fini(&arena);
    return hash;
}

/* ---- all ---- */

/* With its own dimension, or in the plane where it has none. */
static enum fm_status open_subject(struct fm_dataset_subject *s, struct fm_error *err)
{
    fm_check_begin(s->sink, "how it opens");
    enum fm_status status =
        fm_data_open(s->arena, s->plugin, s->options, 0, false, &s->data, err);
    if (status == FM_ERROR_CONFIG) {
        struct fm_error in_plane = {0};
        s->wanted_dim = 2;
        if (fm_data_open(s->arena, s->plugin, s->options, 2, false, &s->data, &in_plane)
            == FM_OK)
            status = FM_OK;
    }
    s->dim = status == FM_OK ? s->data.set.dim : 0;
    return status;
}

static enum fm_status check_density(struct fm_dataset_subject *s, struct fm_error *err)
{
    bool is_density;
    FM_TRY(fm_check_dataset_density(s, &is_density, err));
    if (!is_density)
        return FM_OK;
    FM_TRY(fm_check_dataset_score(s, err));
    FM_TRY(fm_check_dataset_entropy(s, err));
    return s->dim <= FM_INTEGRAL_MAX_DIM ? fm_check_dataset_integral(s, err)
                                         : fm_check_dataset_mass(s, err);
}

enum fm_status fm_check_dataset(const struct fm_check_sink *sink, struct fm_arena *arena,
                                const struct fm_plugin *p, const void *options,
                                bool *is_refused, struct fm_error *err)
{
    struct fm_dataset_subject s = {
        .sink = sink, .arena = arena, .plugin = p, .options = options};
    bool is_fine;
    enum fm_status status = open_subject(&s, err);
    *is_refused = status == FM_ERROR_CONFIG;
    if (status != FM_OK)
        return status;
    if (!check_opening(&s))
        return FM_OK;
    FM_TRY(fm_check_dataset_bounds(&s, &is_fine, err));
    if (!is_fine)
        return FM_OK;
    FM_TRY(fm_check_dataset_bits(&s, &is_fine, err));
    if (!is_fine)
        return FM_OK;
    if (p->dataset->log_density) {
        double log_p, *x = FM_NEW(arena, s.dim, double);
        if (!x)
            return fm_out_of_memory(err);
        fm_dataset_rows(&s, &s.data, (struct fm_stream){14, 2, 0}, 0, 1, x, NULL);
        fm_dataset_log_density(&s, 1, x, &log_p);
        s.has_density = !isnan(log_p);
    }
    FM_TRY(fm_check_dataset_values(&s, &is_fine, err));
    if (!is_fine)
        return FM_OK;
    FM_TRY(fm_check_dataset_labels(&s, err));
    FM_TRY(fm_check_dataset_moments(&s, err));
    if (p->dataset->log_density)
        FM_TRY(check_density(&s, err));
    return fm_check_options(sink, arena, p, options, fingerprint, &s, FM_CHECK_FAIL, err);
}
