/* What linear layers and convolutions share. */
#ifndef FM_NN_OP_LINEAR_H
#define FM_NN_OP_LINEAR_H

#include "nn/node.h"

/* Transposes panel number `panel` of a matrix [n_rows][n_columns] in panels.  from: that panel; to:
 * the transposed matrix in panels. */
void fm_transpose_panel(size_t n_rows, size_t n_columns, size_t panel, const fm_real *from,
                        fm_real *to);

/* The gradient of the bias: the sum of dy over lines. */
void fm_bias_reverse(const struct fm_op_call *c);

#endif
