/* Named tensors in a file, in the safetensors format: checkpoints and exported weights.
 * Such a file loads in Python with `safetensors.torch.load_file` or `safetensors.numpy`.
 *
 * Layout: 8 bytes little-endian n, n bytes of JSON (padded with spaces so that the data
 * start at a multiple of 8), then the tensors' bytes, row-major, little-endian, without
 * gaps, in the order of data_offsets.  Source:
 * https://github.com/huggingface/safetensors#format */
#ifndef FM_STORE_TENSOR_H
#define FM_STORE_TENSOR_H

#include <stddef.h>
#include <stdint.h>

enum { FM_TENSOR_MAX_DIMS = 8 };

enum fm_tensor_type { FM_TENSOR_F32, FM_TENSOR_F64, FM_TENSOR_I64, FM_N_TENSOR_TYPES };

struct fm_tensor {
    const char *name; /* not empty, not "__metadata__", unique in the file */
    enum fm_tensor_type type;
    size_t n_dims; /* 0: a single number */
    size_t shape[FM_TENSOR_MAX_DIMS];
    const void *data; /* product of shape elements, row-major; borrowed */
};

struct fm_tensor_note {
    const char *key, *value;
};

/* The contents of a file. */
struct fm_tensor_file {
    size_t n_tensors;
    const struct fm_tensor *tensors;
    size_t n_notes;
    const struct fm_tensor_note *notes; /* the string map "__metadata__" */
};

/* "F32", and the bytes of an element. */
const char *fm_tensor_type_name(enum fm_tensor_type type);
size_t fm_tensor_element_bytes(enum fm_tensor_type type);

/* The tensor of that name, or NULL. */
const struct fm_tensor *fm_tensor_find(const struct fm_tensor_file *file, const char *name);
/* The value of that note, or NULL. */
const char *fm_tensor_note_value(const struct fm_tensor_file *file, const char *key);
/* Elements: product of shape. */
size_t fm_tensor_n_elements(const struct fm_tensor *tensor);

#endif
