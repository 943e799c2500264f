/* Writes named tensors into a file (store/tensor.h). */
#ifndef FM_STORE_TENSOR_WRITE_H
#define FM_STORE_TENSOR_WRITE_H

#include "store/tensor.h"
#include <fmrun/status.h>

/* Writes and fsyncs path itself; to replace a file, write PATH.tmp and fm_file_publish it.  Tensors
 * of eight bytes an element come first in the file, then the others, each in the order given.
 * FM_ERROR_IO, FM_ERROR_MEMORY. */
FM_MUST_USE enum fm_status
fm_tensor_write(const char *path, const struct fm_tensor_file *file, struct fm_error *err);

#endif
