/* What a check finds, row by row: how its pieces tell it, and what the parent gets. */
#ifndef FM_CHECK_REPORT_H
#define FM_CHECK_REPORT_H

#include <fmrun/status.h>

enum fm_check_result { FM_CHECK_PASS, FM_CHECK_FAIL, FM_CHECK_SKIP, FM_CHECK_INFO };

/* One property, measured.  Numbers are NaN where there are none. */
struct fm_check_row {
    char property[32]; /* "order", "evaluations" */
    char problem[32];  /* what it was measured on; "" for none in particular */
    double declared, measured;
    enum fm_check_result result;
    char note[448];
};

/* Where a check in progress reports to. */
struct fm_check_report {
    void *context;
    /* What is being measured from now on, "the order", in case it never returns. */
    void (*begin)(void *context, const char *what);
    void (*row)(void *context, const struct fm_check_row *row);
};

void fm_check_begin(const struct fm_check_report *report, const char *what);
void fm_check_tell(const struct fm_check_report *report, const char *property,
                   const char *problem, enum fm_check_result result, double declared,
                   double measured, const char *format, ...) FM_FORMAT(7, 8);

/* "pass", "fail", "skip", "info" */
const char *fm_check_result_name(enum fm_check_result result);

#endif
