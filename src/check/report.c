#include <config.h>

#include "check/report.h"

#include "base/text.h"

#include <stdio.h>

void fm_check_begin(const struct fm_check_report *report, const char *what)
{
    report->begin(report->context, what);
}

void fm_check_tell(const struct fm_check_report *report, const char *property,
                   const char *problem, enum fm_check_result result, double declared,
                   double measured, const char *format, ...)
{
    struct fm_check_row row = {
        .declared = declared, .measured = measured, .result = result};
    va_list arguments;
    (void)snprintf(row.property, sizeof row.property, "%s", property);
    (void)snprintf(row.problem, sizeof row.problem, "%s", problem);
    va_start(arguments, format);
    (void)vsnprintf(row.note, sizeof row.note, format, arguments);
    va_end(arguments);
    report->row(report->context, &row);
}

const char *fm_check_result_name(enum fm_check_result result)
{
    static const char *const names[] = {"pass", "fail", "skip", "info"};
    return names[result];
}
