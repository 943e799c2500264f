#include <config.h>

#include "config/option_emit.h"

#include "config/document_emit.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static void emit_real(struct fm_text *text, double value)
{
    if (isfinite(value))
        fm_text_add_real(text, value);
    else
        fm_text_add(text, "%s", isnan(value) ? ".nan" : value > 0 ? ".inf" : "-.inf");
}

static void emit_reals(struct fm_text *text, const double *values, size_t n)
{
    fm_text_add(text, "[");
    for (size_t i = 0; i < n; i++) {
        fm_text_add(text, "%s", i > 0 ? ", " : "");
        emit_real(text, values[i]);
    }
    fm_text_add(text, "]");
}

static void emit_ints(struct fm_text *text, const struct fm_ints *ints)
{
    fm_text_add(text, "[");
    for (size_t i = 0; i < ints->n; i++)
        fm_text_add(text, "%s%" PRId64, i > 0 ? ", " : "", ints->values[i]);
    fm_text_add(text, "]");
}

static void emit_matrix(struct fm_text *text, const struct fm_matrix *matrix)
{
    fm_text_add(text, "[");
    for (size_t i = 0; i < matrix->n_rows; i++) {
        fm_text_add(text, "%s", i > 0 ? ", " : "");
        emit_reals(text, matrix->values + i * matrix->n_columns, matrix->n_columns);
    }
    fm_text_add(text, "]");
}

const char *fm_option_text(const struct fm_option *option, const void *block)
{
    const char *text;
    memcpy(&text, (const char *)block + option->offset, sizeof text);
    return text ? text : "";
}

void fm_option_emit(struct fm_text *text, const struct fm_option *option, const void *block)
{
    const void *value = (const char *)block + option->offset;
    const struct fm_reals *reals = value;
    switch (option->type) {
    case FM_BOOL:
        fm_text_add(text, "%s", *(const bool *)value ? "true" : "false");
        return;
    case FM_INT:
        fm_text_add(text, "%" PRId64, *(const int64_t *)value);
        return;
    case FM_REAL:
        emit_real(text, *(const double *)value);
        return;
    case FM_TEXT:
    case FM_FILE:
        fm_yaml_emit_string(text, fm_option_text(option, block));
        return;
    case FM_CHOICE:
        fm_yaml_emit_string(text, option->choices[*(const int *)value]);
        return;
    case FM_INTS:
        emit_ints(text, value);
        return;
    case FM_REALS:
        if (reals->n == 1 && (option->flags & FM_OPTION_WAS_NUMBER))
            emit_real(text, reals->values[0]);
        else
            emit_reals(text, reals->values, reals->n);
        return;
    case FM_MATRIX:
        emit_matrix(text, value);
        return;
    }
}
