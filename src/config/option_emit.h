/* One option's value -> text. */
#ifndef FM_CONFIG_OPTION_EMIT_H
#define FM_CONFIG_OPTION_EMIT_H

#include "base/text.h"
#include <fmrun/option.h>

/* Appends the option's value in block as YAML that reads back as the same value. */
void fm_option_emit(struct fm_text *text, const struct fm_option *option,
                    const void *block);

/* The string of a FM_TEXT or FM_FILE in block; "" for none. */
const char *fm_option_text(const struct fm_option *option, const void *block);

#endif
