/* Reads a file of named tensors (store/tensor.h). */
#ifndef FM_STORE_TENSOR_READ_H
#define FM_STORE_TENSOR_READ_H

#include "base/arena.h"
#include "store/tensor.h"
#include <fmrun/status.h>

/* Reads path whole into arena.  Checks everything: header length, JSON, names, types, shapes, and
 * offsets (in range, of the right length, no overlap, no gap).  Tensors come in the order of their
 * places in the file and are aligned for their type.  FM_ERROR_NO_INPUT: the file is missing;
 * FM_ERROR_IO: it is damaged or not a safetensors file, and the message says what is wrong. */
FM_MUST_USE enum fm_status fm_tensor_read(struct fm_arena *arena, const char *path,
                                          struct fm_tensor_file *file,
                                          struct fm_error *err);

#endif
