/* Option tables: one row for each option drives parsing, defaults, range errors,
 * suggestions, `fmrun plugins show`, and the resolved config.  Plugins describe their
 * options with them, and so does the host with its own config sections.
 *
 *     struct mlp_options { struct fm_ints hidden; int activation; };
 *     static const struct fm_option options[] = {
 *         {"hidden",     FM_INTS,   offsetof(struct mlp_options, hidden), "[64, 64, 64]",
 *          .minimum = 1, .maximum = 65536, .help = "width of each hidden layer"},
 *         {"activation", FM_CHOICE, offsetof(struct mlp_options, activation), "silu",
 *          .choices = names, .help = "..."},
 *         {0}};
 */
#ifndef FM_FMRUN_OPTION_H
#define FM_FMRUN_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The C type at `offset` in the options struct follows each option type. */
enum fm_option_type {
    FM_BOOL,   /* bool */
    FM_INT,    /* int64_t */
    FM_REAL,   /* double, always finite */
    FM_TEXT,   /* const char *, NUL-terminated UTF-8 */
    FM_CHOICE, /* int, an index into `choices` */
    FM_INTS,   /* struct fm_ints; a single number is a list of one */
    FM_REALS,  /* struct fm_reals; a single number is a list of one */
    FM_MATRIX, /* struct fm_matrix; a list of equally long lists of numbers */
    /* const char *: a path, absolute or relative to the config file's folder; the sha256 of
     * the file's contents enters the key of the run */
    FM_FILE
};

/* Lists live as long as the options struct; an absent list has n = 0. */
struct fm_ints {
    size_t n;
    const int64_t *values;
};

struct fm_reals {
    size_t n;
    const double *values;
};

struct fm_matrix { /* values: [n_rows][n_columns], row-major */
    size_t n_rows, n_columns;
    const double *values;
};

enum {
    /* The minimum itself is not allowed. */
    FM_OPTION_ABOVE_MINIMUM = 1,
    /* The maximum itself is not allowed. */
    FM_OPTION_BELOW_MAXIMUM = 2,
    /* It does not enter the key of the run: it changes no result, or the host adds to the
     * key what does. */
    FM_OPTION_NOT_IN_KEY = 4,
    /* Added to a published plugin, with a default that does what it did before.  It enters
     * the key only with another value, so that old keys stay valid. */
    FM_OPTION_LATER = 8,
    /* A list that was a number before.  A list of one enters the key as the number, so that
     * old keys stay valid. */
    FM_OPTION_WAS_NUMBER = 16
};

/* default_text is the default as written in a YAML file ("[64, 64]", "1e-3", "silu"); "" is
 * the empty text, list, or matrix; NULL makes the option required.  minimum and maximum
 * bound FM_INT, FM_REAL and each element of lists; both 0 means no bounds.  A table ends
 * with a row whose name is NULL. */
struct fm_option {
    const char *name;
    enum fm_option_type type;
    size_t offset;
    const char *default_text;
    double minimum, maximum;
    const char *const *choices; /* FM_CHOICE: names, ended by NULL */
    const char *unit;           /* "rows", "1/s", ...; NULL: none */
    const char *help;           /* one line, no full stop */
    unsigned flags;
};

#endif
