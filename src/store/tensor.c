#include <config.h>

#include "store/tensor.h"

#include <string.h>

static const struct {
    const char *name;
    size_t n_bytes;
} types[] = {
    [FM_TENSOR_F32] = {"F32", 4},
    [FM_TENSOR_F64] = {"F64", 8},
    [FM_TENSOR_I64] = {"I64", 8},
};

const char *fm_tensor_type_name(enum fm_tensor_type type)
{
    return types[type].name;
}

size_t fm_tensor_element_bytes(enum fm_tensor_type type)
{
    return types[type].n_bytes;
}

size_t fm_tensor_n_elements(const struct fm_tensor *tensor)
{
    size_t n = 1;
    for (size_t i = 0; i < tensor->n_dims; i++)
        n *= tensor->shape[i];
    return n;
}

const struct fm_tensor *fm_tensor_find(const struct fm_tensor_file *file, const char *name)
{
    for (size_t i = 0; i < file->n_tensors; i++)
        if (strcmp(file->tensors[i].name, name) == 0)
            return &file->tensors[i];
    return NULL;
}

const char *fm_tensor_note_value(const struct fm_tensor_file *file, const char *key)
{
    for (size_t i = 0; i < file->n_notes; i++)
        if (strcmp(file->notes[i].key, key) == 0)
            return file->notes[i].value;
    return NULL;
}
