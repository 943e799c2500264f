/* Label dropout: one network learns the conditional and the unconditional velocity. */
#ifndef FM_TRAIN_LABELS_H
#define FM_TRAIN_LABELS_H

#include "train/spec.h"
#include <fmrun/rng.h>

/* Replaces labels of rows first .. first + n - 1 of a batch by "no label" with probability
 * options.label_dropout.  Each depends on the stream and its row alone.  label: [n].
 * Source: Ho and Salimans 2022, arXiv:2207.12598, alg. 1. */
void fm_train_drop_labels(const struct fm_train_spec *spec, struct fm_stream stream,
                          size_t first, size_t n, uint32_t *label);

#endif
