#include <config.h>

#include "check/row.h"

#include "base/text.h"

#include <math.h>
#include <stdio.h>

void fm_check_begin(const struct fm_check_sink *sink, const char *what)
{
    sink->begin(sink->context, what);
}

static void send_row(const struct fm_check_sink *sink, struct fm_check_row *row,
                     const char *property, const char *problem, const char *format,
                     va_list arguments) __attribute__((format(printf, 5, 0)));

static void send_row(const struct fm_check_sink *sink, struct fm_check_row *row,
                     const char *property, const char *problem, const char *format,
                     va_list arguments)
{
    (void)snprintf(row->property, sizeof row->property, "%s", property);
    (void)snprintf(row->problem, sizeof row->problem, "%s", problem);
    (void)vsnprintf(row->note, sizeof row->note, format, arguments);
    sink->row(sink->context, row);
}

void fm_check_add_row(const struct fm_check_sink *sink, const char *property,
                      const char *problem, enum fm_check_result result, double declared,
                      double measured, const char *format, ...)
{
    struct fm_check_row row = {
        .declared = declared, .measured = measured, .result = result};
    va_list arguments;
    va_start(arguments, format);
    send_row(sink, &row, property, problem, format, arguments);
    va_end(arguments);
}

void fm_check_add_note(const struct fm_check_sink *sink, const char *property,
                       const char *problem, enum fm_check_result result, const char *format,
                       ...)
{
    struct fm_check_row row = {
        .declared = (double)NAN, .measured = (double)NAN, .result = result};
    va_list arguments;
    va_start(arguments, format);
    send_row(sink, &row, property, problem, format, arguments);
    va_end(arguments);
}

const char *fm_check_result_name(enum fm_check_result result)
{
    static const char *const names[] = {"pass", "fail", "skip", "info"};
    return names[result];
}
