/* What a worker reports to the scheduler: records over a pipe.  Only the scheduler writes
 * the database.  A worker writes checkpoints and weights under temporary names, and the
 * scheduler renames them once it has committed all that the worker reported before:
 * database and files agree after any kill. */
#ifndef FM_RUN_RECORD_H
#define FM_RUN_RECORD_H

#include "store/record_sampling.h"
#include "store/record_sweep.h"
#include "train/train.h"
#include <fmrun/status.h>
#include <stddef.h>
#include <stdint.h>

enum fm_record_type {
    FM_RECORD_LOSSES,
    FM_RECORD_LOSSES_BY_TIME,
    FM_RECORD_SCALES,
    FM_RECORD_PHASE,   /* what begins now; it fails when the worker dies */
    FM_RECORD_PUBLISH, /* rename `from` to `to` after commit */
    FM_RECORD_ARTIFACT,
    FM_RECORD_TRAINED,  /* what training cost, in u.end; before any sampling */
    FM_RECORD_SAMPLING, /* a sampling is over */
    FM_RECORD_MEASURED, /* all metrics of an entry were sent */
    FM_RECORD_METRIC,
    FM_RECORD_EVENT,
    FM_RECORD_END, /* the last one of a worker */
    FM_N_RECORDS
};

enum {
    FM_RECORD_LOSS_ROWS = 512,
    FM_RECORD_TEXT = 2048,
    FM_RECORD_PATH = 2048,
    FM_RECORD_SCALE_ROWS = 256
};

enum fm_phase {
    FM_PHASE_SETUP,
    FM_PHASE_TRAIN,
    FM_PHASE_REFERENCE,
    FM_PHASE_SAMPLE,  /* sampling an entry; a death here fails the sampling */
    FM_PHASE_MEASURE, /* measuring an entry; a death here costs only its metrics */
    FM_PHASE_FINISH
};

/* Indices of a struct fm_task_sampling in its task. */
struct fm_entry {
    size_t point, sampling;
};

struct fm_record {
    enum fm_record_type type;
    uint32_t n_bytes; /* of the record as sent */
    union {
        struct {
            size_t n;
            struct fm_loss_row rows[FM_RECORD_LOSS_ROWS];
        } losses;
        struct {
            size_t n;
            struct fm_loss_time_row rows[FM_LOSS_BINS];
        } by_time;
        struct {
            size_t n;
            struct fm_scale_row rows[FM_RECORD_SCALE_ROWS];
        } scales;
        struct {
            enum fm_phase phase;
            struct fm_entry entry; /* of FM_PHASE_SAMPLE and FM_PHASE_MEASURE */
            size_t step;           /* FM_PHASE_TRAIN: the first step */
            char text[FM_RECORD_TEXT];
        } phase;
        struct {
            char from[FM_RECORD_PATH], to[FM_RECORD_PATH];
            char obsolete[FM_RECORD_PATH]; /* a file to remove afterwards, or "" */
        } publish;
        struct {
            int64_t sampling_id; /* 0: of the run */
            bool is_weights;
            uint64_t n_file_bytes;
            char kind[32], sha256[65], path[FM_RECORD_PATH];
        } artifact;
        struct {
            struct fm_entry entry;
            struct fm_sampling_result result; /* reason is not set: see text */
            char text[FM_RECORD_TEXT];
        } sampling;
        struct {
            struct fm_entry entry;
        } measured;
        struct {
            struct fm_metric_record metric; /* note is not set: see text */
            char text[FM_RECORD_TEXT];
        } metric;
        struct {
            enum fm_event_level level;
            char text[FM_RECORD_TEXT];
        } event;
        struct {
            enum fm_status status;
            size_t step, best_step, n_parameters, n_threads;
            double flops_per_row, train_seconds, samples_per_second;
            char isa[16];
            char text[FM_RECORD_TEXT];
        } end;
    } u;
};

/* Copies text into a field of n_bytes, cut to fit, NUL-terminated. */
void fm_copy_text(char *field, size_t n_bytes, const char *text);

/* Where a worker's records go. */
struct fm_sink {
    enum fm_status (*put)(void *context, const struct fm_record *record,
                          struct fm_error *err);
    void *context;
};

/* How many bytes of a record of this type are sent. */
size_t fm_record_size(enum fm_record_type type);

/* Sends over the pipe fd (an int behind context): for struct fm_sink.put. */
enum fm_status fm_record_send(void *fd, const struct fm_record *record,
                              struct fm_error *err);

/* Bytes that have arrived and are not yet read as records. */
struct fm_record_buffer {
    size_t n;
    char bytes[4 * sizeof(struct fm_record)];
};

/* Reads what has arrived, with one call of read(); at the end of the pipe sets *fd to
 * -1. */
void fm_record_receive(struct fm_record_buffer *buffer, int *fd);
/* Takes the next whole record, if there is one.  FM_ERROR_INTERNAL: it is malformed. */
FM_MUST_USE enum fm_status fm_record_next(struct fm_record_buffer *buffer,
                                          struct fm_record *record, bool *has_record,
                                          struct fm_error *err);

#endif
