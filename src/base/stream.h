/* What random numbers are drawn for: the third argument of struct fm_stream.  The numbers
 * are part of every result: never change one, only add. */
#ifndef FM_BASE_STREAM_H
#define FM_BASE_STREAM_H

enum fm_stream_id {
    FM_STREAM_INITIAL = 1,  /* parameters; step: tensor, row: input */
    FM_STREAM_TRAIN_SOURCE, /* x0; step: train step, row: row of the batch */
    FM_STREAM_TRAIN_DATA,   /* x1, likewise */
    FM_STREAM_TRAIN_TIME,   /* t, likewise */
    FM_STREAM_TRAIN_PATH,   /* noise of a path that is not affine, likewise */
    FM_STREAM_TRAIN_COUPLING,
    FM_STREAM_SAMPLE_SOURCE, /* x0 of samplings; row: sample */
    FM_STREAM_SAMPLE_NOISE,  /* of stochastic solvers; step: solver step, row: sample */
    FM_STREAM_REFERENCE,     /* data that samples are compared with, and behind them as many
                              * rows for the metrics' noise floors; row: row */
    FM_STREAM_METRIC,        /* random choices of metrics */
    FM_STREAM_SHUFFLE,       /* order of a finite data set; step: epoch */
    FM_STREAM_PROBE,       /* directions that a divergence is estimated from; step: which of
                              * the point's, row: point */
    FM_STREAM_SPLIT,       /* which rows are for training, validation, test; or these rows
                           * themselves; row: row */
    FM_STREAM_PAIRS,       /* x0 of pairs that a finished run makes; row: pair */
    FM_STREAM_TRAIN_LABEL, /* whether a row loses its label; step: train step, row: row of
                            * the batch */
    FM_STREAM_SAMPLE_LABEL,      /* labels of samplings, those of data rows; row: sample */
    FM_STREAM_VALIDATION_SOURCE, /* x0 of validation; row: row */
    FM_STREAM_VALIDATION_DATA    /* x1, likewise */
};

#endif
