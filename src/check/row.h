/* A check's result: rows, one per property and problem, sent to the parent as they come. */
#ifndef FM_CHECK_ROW_H
#define FM_CHECK_ROW_H

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

/* Takes the rows of a check in progress. */
struct fm_check_sink {
    void *context;
    /* What is measured from now on ("the order"), in case it never returns. */
    void (*begin)(void *context, const char *what);
    void (*row)(void *context, const struct fm_check_row *row);
};

void fm_check_begin(const struct fm_check_sink *sink, const char *what);
void fm_check_add_row(const struct fm_check_sink *sink, const char *property,
                      const char *problem, enum fm_check_result result, double declared,
                      double measured, const char *format, ...) FM_FORMAT(7, 8);
/* A row without numbers. */
void fm_check_add_note(const struct fm_check_sink *sink, const char *property,
                       const char *problem, enum fm_check_result result, const char *format,
                       ...) FM_FORMAT(5, 6);

/* "pass", "fail", "skip", "info" */
const char *fm_check_result_name(enum fm_check_result result);

#endif
