/* Reads a file of named tensors (store/tensor.h). */
#ifndef FM_STORE_TENSOR_READ_H
#define FM_STORE_TENSOR_READ_H

#include "base/arena.h"
#include "store/tensor.h"
#include <fmrun/status.h>

/* Reads path whole into arena.  Everything is checked: header length, JSON, names, types,
 * shapes, offsets (in range, of the right length, no overlap, no gap).  FM_ERROR_NO_INPUT:
 * missing; FM_ERROR_IO: not such a file or damaged, and says what is wrong.  Tensors come
 * by their place in the file and are aligned for their type. */
FM_MUST_USE enum fm_status fm_tensor_read(struct fm_arena *arena, const char *path,
                                          struct fm_tensor_file *file,
                                          struct fm_error *err);

#endif
