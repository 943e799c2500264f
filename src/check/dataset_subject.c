#include <config.h>

#include "check/dataset_subject.h"

void fm_dataset_note(const struct fm_dataset_subject *s, const char *property,
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
