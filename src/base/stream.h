/* What random numbers are drawn for: struct fm_stream.stream.  Every result depends on
 * these numbers: never change one, only add. */
#ifndef FM_BASE_STREAM_H
#define FM_BASE_STREAM_H

enum fm_stream_id {
    FM_STREAM_INITIAL = 1,  /* parameters; step: tensor, row: input */
    FM_STREAM_TRAIN_SOURCE, /* x0; step: train step, row: row of the batch */
    FM_STREAM_TRAIN_DATA,   /* x1; the same */
    FM_STREAM_TRAIN_TIME,   /* t; the same */
    FM_STREAM_TRAIN_PATH,   /* noise of a path that is not affine; the same */
    FM_STREAM_TRAIN_COUPLING,
    FM_STREAM_SAMPLE_SOURCE, /* x0 of samplings; row: sample */
    FM_STREAM_SAMPLE_NOISE,  /* of stochastic solvers; step: solver step, row: sample */
    /* data that samples are compared with, then as many rows for the metrics' noise floors;
     * row: row */
    FM_STREAM_REFERENCE,
    FM_STREAM_METRIC,  /* random choices of metrics */
    FM_STREAM_SHUFFLE, /* order of a finite data set; step: epoch */
    /* directions for estimates of the divergence; step: number of the direction, row:
     * point */
    FM_STREAM_PROBE,
    /* of a finite data set: which rows are for training, validation and test; of a
     * generated one: these rows; row: row */
    FM_STREAM_SPLIT,
    FM_STREAM_PAIRS, /* x0 of pairs that a finished run makes; row: pair */
    /* whether a row loses its label; step: train step, row: row of the batch */
    FM_STREAM_TRAIN_LABEL,
    FM_STREAM_SAMPLE_LABEL,      /* labels of samplings, drawn as the data's; row: sample */
    FM_STREAM_VALIDATION_SOURCE, /* x0 of validation; row: row */
    FM_STREAM_VALIDATION_DATA,   /* x1; the same */
    /* dropped entries; followed by the number of the node; step: train step, row: row of the
     * batch */
    FM_STREAM_TRAIN_DROPOUT
};

#endif
