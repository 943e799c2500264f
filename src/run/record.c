#include <config.h>

#include "run/record.h"

#include "base/error.h"
#include "base/process.h"

#include <string.h>

size_t fm_record_size(enum fm_record_type type)
{
#define WITH(member)                                                                       \
    (offsetof(struct fm_record, u) + sizeof(((struct fm_record *)0)->u.member))
    static const size_t sizes[FM_N_RECORDS] = {
        [FM_RECORD_LOSSES] = WITH(losses),     [FM_RECORD_LOSSES_BY_TIME] = WITH(by_time),
        [FM_RECORD_SCALES] = WITH(scales),     [FM_RECORD_PHASE] = WITH(phase),
        [FM_RECORD_PUBLISH] = WITH(publish),   [FM_RECORD_ARTIFACT] = WITH(artifact),
        [FM_RECORD_TRAINED] = WITH(end),       [FM_RECORD_SAMPLING] = WITH(sampling),
        [FM_RECORD_MEASURED] = WITH(measured), [FM_RECORD_METRIC] = WITH(metric),
        [FM_RECORD_EVENT] = WITH(event),       [FM_RECORD_END] = WITH(end),
    };
#undef WITH
    return type < FM_N_RECORDS ? sizes[type] : 0;
}

void fm_copy_text(char *field, size_t n_bytes, const char *text)
{
    size_t n = strlen(text);
    if (n >= n_bytes)
        n = n_bytes - 1;
    memcpy(field, text, n);
    field[n] = '\0';
}

enum fm_status fm_record_send(void *fd, const struct fm_record *record,
                              struct fm_error *err)
{
    struct fm_record copy = *record;
    copy.n_bytes = (uint32_t)fm_record_size(record->type);
    return fm_process_send(*(int *)fd, &copy, copy.n_bytes)
               ? FM_OK
               : fm_fail_errno(err, "can't report to", "the scheduler");
}

void fm_record_receive(struct fm_record_buffer *buffer, int *fd)
{
    buffer->n +=
        fm_process_read(fd, buffer->bytes + buffer->n, sizeof buffer->bytes - buffer->n);
}

enum fm_status fm_record_next(struct fm_record_buffer *buffer, struct fm_record *record,
                              bool *has_record, struct fm_error *err)
{
    const size_t head = offsetof(struct fm_record, u);
    *has_record = false;
    if (buffer->n < head)
        return FM_OK;
    memcpy(record, buffer->bytes, head);
    if ((unsigned)record->type >= FM_N_RECORDS
        || record->n_bytes != fm_record_size(record->type))
        return fm_fail(err, FM_ERROR_INTERNAL, "a worker sent a malformed record");
    if (buffer->n < record->n_bytes)
        return FM_OK;
    memcpy(record, buffer->bytes, record->n_bytes);
    buffer->n -= record->n_bytes;
    memmove(buffer->bytes, buffer->bytes + record->n_bytes, buffer->n);
    *has_record = true;
    return FM_OK;
}
