#include <config.h>

#include "run/record.h"

#include "base/error.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

size_t fm_record_size(enum fm_record_type type)
{
    static const struct fm_record r;
    const size_t head = offsetof(struct fm_record, u);
    switch (type) {
    case FM_RECORD_LOSSES:
        return head + sizeof r.u.losses;
    case FM_RECORD_LOSSES_BY_TIME:
        return head + sizeof r.u.by_time;
    case FM_RECORD_SCALES:
        return head + sizeof r.u.scales;
    case FM_RECORD_PHASE:
        return head + sizeof r.u.phase;
    case FM_RECORD_PUBLISH:
        return head + sizeof r.u.publish;
    case FM_RECORD_ARTIFACT:
        return head + sizeof r.u.artifact;
    case FM_RECORD_SAMPLING:
        return head + sizeof r.u.sampling;
    case FM_RECORD_METRIC:
        return head + sizeof r.u.metric;
    case FM_RECORD_EVENT:
        return head + sizeof r.u.event;
    case FM_RECORD_MEASURED:
        return head + sizeof r.u.measured;
    case FM_RECORD_TRAINED:
    case FM_RECORD_END:
        return head + sizeof r.u.end;
    case FM_N_RECORDS:
        break;
    }
    return 0;
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
    const char *bytes = (const char *)&copy;
    size_t n = copy.n_bytes;
    while (n > 0) {
        ssize_t put = write(*(int *)fd, bytes, n);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return fm_fail_errno(err, "can't report to", "the scheduler");
        bytes += put;
        n -= (size_t)put;
    }
    return FM_OK;
}

bool fm_record_receive(struct fm_record_buffer *buffer, int fd)
{
    for (;;) {
        ssize_t got = read(fd, buffer->bytes + buffer->n, sizeof buffer->bytes - buffer->n);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return errno == EAGAIN;
        buffer->n += (size_t)got;
        return got > 0;
    }
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
        return fm_fail(err, FM_ERROR_INTERNAL,
                       "a worker sent a record that makes no sense");
    if (buffer->n < record->n_bytes)
        return FM_OK;
    memcpy(record, buffer->bytes, record->n_bytes);
    buffer->n -= record->n_bytes;
    memmove(buffer->bytes, buffer->bytes + record->n_bytes, buffer->n);
    *has_record = true;
    return FM_OK;
}
