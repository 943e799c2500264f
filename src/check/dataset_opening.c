#include <config.h>

#include "check/dataset_opening.h"

#include "check/vary.h"

enum fm_status fm_dataset_open(struct fm_dataset_subject *s, struct fm_error *err)
{
    fm_check_begin(s->sink, "opening");
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

static bool same_shape(const struct fm_dataset *a, const struct fm_dataset *b)
{
    return a->dim == b->dim && a->n_rows == b->n_rows && a->height == b->height
           && a->width == b->width && a->channels == b->channels
           && a->n_labels == b->n_labels;
}

/* What is wrong; NULL: nothing. */
static const char *opening_fault(const struct fm_dataset_subject *s, struct fm_error *err)
{
    const struct fm_dataset *set = &s->data.set;
    struct fm_data shape, other;
    if (fm_data_open(s->arena, s->plugin, s->options, s->wanted_dim, true, &shape, err)
        != FM_OK)
        return "it fails to open for its shape alone";
    if (!same_shape(set, &shape.set))
        return "its shape differs when it opens for that alone";
    *err = (struct fm_error){0};
    if (fm_data_open(s->arena, s->plugin, s->options, set->dim + 1, false, &other, err)
            != FM_OK
        && !err->message[0])
        return "it refuses another dimension without a message";
    *err = (struct fm_error){0};
    if ((set->shift == NULL) != (set->scale == NULL))
        return "it has only one of shift and scale";
    return NULL;
}

bool fm_check_dataset_opening(const struct fm_dataset_subject *s)
{
    struct fm_error err = {0};
    const struct fm_dataset *set = &s->data.set;
    fm_check_begin(s->sink, "opening");
    const char *fault = opening_fault(s, &err);
    if (fault)
        fm_check_add_note(s->sink, "opening", "", FM_CHECK_FAIL, "%s%s%s", fault,
                          err.message[0] ? ": " : "", err.message);
    else if (set->n_rows > 0)
        fm_check_add_note(s->sink, "opening", "", FM_CHECK_PASS,
                          "%zu rows of %zu coordinates", set->n_rows, set->dim);
    else
        fm_check_add_note(s->sink, "opening", "", FM_CHECK_PASS,
                          "generated rows of %zu coordinates", set->dim);
    return !fault;
}

/* ---- options ---- */

/* Hashes the first rows with these options, or their refusal. */
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

enum fm_status fm_check_dataset_options(const struct fm_dataset_subject *s,
                                        struct fm_error *err)
{
    struct fm_dataset_subject varied = *s;
    return fm_check_options(s->sink, s->arena, s->plugin, s->options, fingerprint, &varied,
                            FM_CHECK_FAIL, err);
}
