/* Rows of numbers from a text file of separated values (fmrun/fields.h).  Every field in a column
 * that is used must be a finite number; another is refused with file, line and column.
 *
 * The file is read twice, first to count and check, then to load.  With standardise: columns
 * each coordinate gets mean 0 and variance 1 (divisor n) over the rows that are used. */
#include <errno.h>
#include <fmrun/column.h>
#include <fmrun/fields.h>
#include <fmrun/plugin.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MAX_COLUMNS = 65536, MAX_NUMBERS = 1 << 29 };
enum header { AUTO, YES, NO };
static const char *const header_names[] = {"auto", "yes", "no", NULL};
enum standardise { NONE, COLUMNS };
static const char *const standardise_names[] = {"none", "columns", NULL};
enum delimiter { COMMA, SEMICOLON, TAB, SPACE };
static const char *const delimiter_names[] = {"comma", "semicolon", "tab", "space", NULL};
static const char delimiters[] = {',', ';', '\t', ' '};

struct csv_options {
    const char *file, *columns;
    int header, delimiter, standardise;
    int64_t limit;
};

/* clang-format off */
static const struct fm_option options_table[] = {
    {"file", FM_FILE, offsetof(struct csv_options, file), NULL,
     .help = "text file of numbers, one row a line"},
    {"columns", FM_TEXT, offsetof(struct csv_options, columns), "",
     .help = "names or numbers (from 1) of the columns to use, separated by commas; none: all"},
    {"header", FM_CHOICE, offsetof(struct csv_options, header), "auto",
     .choices = header_names, .help = "whether the first line has names; auto: if none of its "
                                      "fields is a number"},
    {"delimiter", FM_CHOICE, offsetof(struct csv_options, delimiter), "comma",
     .choices = delimiter_names, .help = "character between fields"},
    {"standardise", FM_CHOICE, offsetof(struct csv_options, standardise), "none",
     .choices = standardise_names, .help = "columns: each gets mean 0 and variance 1"},
    {"limit", FM_INT, offsetof(struct csv_options, limit), "0",
     .minimum = 0, .maximum = 1e9, .unit = "rows", .help = "use only the first ones; 0: all"},
    {0}};
/* clang-format on */

/* ---- numbers ---- */

/* Empty, or one of the usual words for a missing value. */
static bool is_missing(const struct fm_fields *r)
{
    static const char *const words[] = {"na", "n/a", "nan", "null", "none"};
    if (strspn(r->text, " ") == strlen(r->text))
        return true;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcasecmp(r->text, words[i]) == 0)
            return true;
    return false;
}

static enum fm_status read_number(const struct csv_options *o, const struct fm_fields *r,
                                  double *value, struct fm_error *err)
{
    if (r->length == 0 || strspn(r->text, " ") == r->length)
        return fm_fields_fail(r, "a value is missing", err);
    if (!fm_fields_is_number(r, value)) {
        char shown[41];
        size_t n = 0;
        for (; n < sizeof shown - 1 && r->text[n]; n++)
            shown[n] = r->text[n] >= ' ' && r->text[n] != 127 ? r->text[n] : '?';
        shown[n] = '\0';
        return fm_fail(err, FM_ERROR_NO_INPUT,
                       "dataset csv: %s:%zu:%zu: \"%s%s\" is not a finite number", r->path,
                       r->field_line, r->field_column, shown, r->length > n ? "..." : "");
    }
    if (!isfinite(*value))
        return fm_fields_fail(r, "the number is too large for a double", err);
    if (o->standardise == NONE && fabs(*value) > fm_column_max)
        return fm_fields_fail(r,
                              "the number is too large: networks compute in float; say "
                              "standardise: columns",
                              err);
    return FM_OK;
}

/* ---- which columns ---- */

/* Coordinate of each column of the file, from 1; 0: not used. */
struct columns {
    size_t n, dim;
    uint32_t *coordinate;
    bool has_header;
};

/* The next name or number of option columns, from *rest on, without blanks around it. */
static bool next_name(const char **rest, const char **name, size_t *length)
{
    const char *s = *rest;
    if (!s)
        return false;
    s += strspn(s, " ");
    *name = s;
    *length = strcspn(s, ",");
    *rest = s[*length] == ',' ? s + *length + 1 : NULL;
    while (*length > 0 && s[*length - 1] == ' ')
        --*length;
    return true;
}

static bool matches(const struct fm_fields *r, bool has_header, size_t column,
                    const char *name, size_t length)
{
    char number[24];
    int n = snprintf(number, sizeof number, "%zu", column + 1);
    if (has_header && r->length == length && length <= FM_MAX_FIELD
        && memcmp(r->text, name, length) == 0)
        return true;
    return (size_t)n == length && memcmp(number, name, length) == 0;
}

/* Sets the coordinate of the column of the field read last. */
static enum fm_status choose(const struct csv_options *o, const struct fm_fields *r,
                             struct columns *c, struct fm_error *err)
{
    const char *rest = o->columns, *name;
    size_t length;
    uint32_t coordinate = 0;
    if (o->columns[0] == '\0') {
        c->coordinate[c->n] = (uint32_t)++c->dim;
        return FM_OK;
    }
    while (next_name(&rest, &name, &length)) {
        coordinate++;
        if (!matches(r, c->has_header, c->n, name, length))
            continue;
        if (c->coordinate[c->n] != 0)
            return fm_fail(err, FM_ERROR_CONFIG,
                           "dataset csv: option columns names column %zu of %s twice",
                           c->n + 1, r->path);
        c->coordinate[c->n] = coordinate;
        c->dim++;
    }
    return FM_OK;
}

static enum fm_status check_all_found(const struct csv_options *o, const char *path,
                                      const struct columns *c, struct fm_error *err)
{
    const char *rest = o->columns, *name;
    size_t length, coordinate = 0;
    while (o->columns[0] != '\0' && next_name(&rest, &name, &length)) {
        size_t n = 0;
        coordinate++;
        for (size_t i = 0; i < c->n; i++)
            n += c->coordinate[i] == coordinate;
        if (n == 0)
            return fm_fail(err, FM_ERROR_CONFIG,
                           "dataset csv: %s has no column \"%.*s\"; it has %zu%s", path,
                           (int)length, name, c->n,
                           c->has_header ? "" : ", and no line of names");
        if (n > 1)
            return fm_fail(
                err, FM_ERROR_CONFIG,
                "dataset csv: %s has %zu columns called \"%.*s\"; use their numbers", path,
                n, (int)length, name);
    }
    return FM_OK;
}

/* With header: auto, the first line has names when no field of it is a number. */
static enum fm_status find_header(const struct csv_options *o, struct fm_fields *r,
                                  bool *has_header, struct fm_error *err)
{
    size_t n = 0, n_numbers = 0, n_missing = 0;
    double ignored;
    FM_TRY(fm_fields_rewind(r, err));
    FM_TRY(fm_fields_next_line(r, err));
    if (r->is_end)
        return fm_fail(err, FM_ERROR_NO_INPUT, "dataset csv: %s is empty", r->path);
    for (;; n++) {
        n_numbers += fm_fields_is_number(r, &ignored);
        n_missing += is_missing(r);
        if (r->is_last)
            break;
        FM_TRY(fm_fields_next(r, err));
    }
    n++;
    if (o->header == AUTO && n_numbers > 0 && n_numbers < n)
        return fm_fail(
            err, FM_ERROR_CONFIG,
            "dataset csv: %s:%zu: %zu of %zu fields are numbers; say header: yes "
            "or header: no",
            r->path, r->field_line, n_numbers, n);
    if (o->header == AUTO && n_missing > 0)
        return fm_fail(err, FM_ERROR_CONFIG,
                       "dataset csv: %s:%zu: of %zu fields %zu are empty or missing "
                       "values; if these are names, say header: yes",
                       r->path, r->field_line, n, n_missing);
    *has_header = o->header == YES || (o->header == AUTO && n_numbers == 0);
    return FM_OK;
}

static enum fm_status find_columns(const struct csv_options *o, struct fm_fields *r,
                                   const struct fm_services *services, struct columns *c,
                                   struct fm_error *err)
{
    FM_TRY(find_header(o, r, &c->has_header, err));
    c->coordinate = services->allocate(services, MAX_COLUMNS, sizeof *c->coordinate);
    if (!c->coordinate)
        return fm_fail(err, FM_ERROR_MEMORY, "out of memory");
    FM_TRY(fm_fields_rewind(r, err));
    FM_TRY(fm_fields_next_line(r, err));
    for (;;) {
        if (c->n == MAX_COLUMNS)
            return fm_fail(err, FM_ERROR_NO_INPUT,
                           "dataset csv: %s has more than %d columns", r->path,
                           MAX_COLUMNS);
        FM_TRY(choose(o, r, c, err));
        c->n++;
        if (r->is_last)
            break;
        FM_TRY(fm_fields_next(r, err));
    }
    return check_all_found(o, r->path, c, err);
}

/* ---- rows ---- */

struct table {
    size_t dim;
    double *values, *shift, *scale;
};

static double value_at(const void *table, size_t row, size_t column)
{
    const struct table *t = table;
    return t->values[row * t->dim + column];
}

/* Reads all rows that are used, into values unless values is NULL. */
static enum fm_status read_rows(const struct csv_options *o, struct fm_fields *r,
                                const struct columns *c, double *values, size_t *n_rows,
                                struct fm_error *err)
{
    size_t n = 0;
    FM_TRY(fm_fields_rewind(r, err));
    FM_TRY(fm_fields_next_line(r, err));
    if (c->has_header) {
        while (!r->is_last)
            FM_TRY(fm_fields_next(r, err));
        FM_TRY(fm_fields_next_line(r, err));
    }
    for (; !r->is_end && (o->limit == 0 || n < (size_t)o->limit); n++) {
        if (values ? n == *n_rows : n == MAX_NUMBERS / c->dim)
            return fm_fail(err, FM_ERROR_MEMORY,
                           "dataset csv: %s has more than %zu rows of %zu numbers; set "
                           "limit",
                           r->path, n, c->dim);
        for (size_t k = 0;; k++) {
            double value = 0;
            if (k == c->n || (r->is_last && k + 1 < c->n))
                return fm_fail(err, FM_ERROR_NO_INPUT,
                               "dataset csv: %s:%zu: has %s fields than the first line's "
                               "%zu",
                               r->path, r->field_line, k == c->n ? "more" : "fewer", c->n);
            if (c->coordinate[k] != 0) {
                FM_TRY(read_number(o, r, &value, err));
                if (values)
                    values[n * c->dim + c->coordinate[k] - 1] = value;
            }
            if (r->is_last)
                break;
            FM_TRY(fm_fields_next(r, err));
        }
        FM_TRY(fm_fields_next_line(r, err));
    }
    *n_rows = n;
    return FM_OK;
}

static enum fm_status standardise(size_t n, struct table *t, const char *path,
                                  struct fm_error *err)
{
    for (size_t j = 0; j < t->dim; j++) {
        if (!fm_column_scale(t, value_at, n, j, &t->shift[j], &t->scale[j]))
            return fm_fail(err, FM_ERROR_CONFIG,
                           "dataset csv: can't standardise coordinate %zu of %s: its %zu "
                           "values are all equal, or too far apart",
                           j + 1, path, n);
        for (size_t i = 0; i < n; i++)
            t->values[i * t->dim + j] =
                (t->values[i * t->dim + j] - t->shift[j]) / t->scale[j];
    }
    return FM_OK;
}

static enum fm_status load(const struct csv_options *o, struct fm_fields *r,
                           const struct fm_services *services, struct fm_dataset *d,
                           struct fm_error *err)
{
    struct columns c = {0};
    size_t n = 0;
    FM_TRY(find_columns(o, r, services, &c, err));
    if (d->dim != 0 && d->dim != c.dim)
        return fm_fail(err, FM_ERROR_CONFIG,
                       "dataset csv: %zu columns of %s are used, but %zu are needed", c.dim,
                       r->path, d->dim);
    FM_TRY(read_rows(o, r, &c, NULL, &n, err));
    if (n == 0)
        return fm_fail(err, FM_ERROR_NO_INPUT, "dataset csv: %s has no rows", r->path);
    if ((size_t)o->limit > n)
        return fm_fail(err, FM_ERROR_CONFIG,
                       "dataset csv: limit is %zu, but %s has %zu rows", (size_t)o->limit,
                       r->path, n);
    const bool is_standard = o->standardise == COLUMNS;
    struct fm_dataset set = {.dim = c.dim, .n_rows = n};
    if (!d->shape_only) {
        struct table *t = services->allocate(services, 1, sizeof *t);
        double *values = services->allocate(services, n * c.dim, sizeof *values);
        double *numbers = services->allocate(services, 2 * c.dim, sizeof *numbers);
        if (!t || !values || !numbers)
            return fm_fail(err, FM_ERROR_MEMORY,
                           "out of memory for %zu rows of %zu numbers of %s; set limit", n,
                           c.dim, r->path);
        *t = (struct table){c.dim, values, numbers, numbers + c.dim};
        FM_TRY(read_rows(o, r, &c, t->values, &n, err));
        if (n != set.n_rows)
            return fm_fail(err, FM_ERROR_IO, "dataset csv: %s changed while it was read",
                           r->path);
        if (is_standard)
            FM_TRY(standardise(n, t, r->path, err));
        set.state = t;
        set.shift = is_standard ? t->shift : NULL;
        set.scale = is_standard ? t->scale : NULL;
    }
    *d = set;
    return FM_OK;
}

static enum fm_status open_csv(const void *options, const struct fm_services *services,
                               struct fm_dataset *d, struct fm_error *err)
{
    const struct csv_options *o = options;
    if (o->file[0] == '\0')
        return fm_fail(err, FM_ERROR_CONFIG, "dataset csv: option file is empty");
    struct fm_fields *r = services->allocate(services, 1, sizeof *r);
    if (!r)
        return fm_fail(err, FM_ERROR_MEMORY, "out of memory");
    r->name = "dataset csv";
    r->path = o->file;
    r->delimiter = delimiters[o->delimiter];
    r->file = fopen(o->file, "rb");
    if (!r->file)
        return fm_fail(err, FM_ERROR_NO_INPUT, "dataset csv: can't open %s: %s", o->file,
                       strerror(errno));
    enum fm_status status = load(o, r, services, d, err);
    (void)fclose(r->file);
    return status;
}

static void read_row(const void *options, const struct fm_dataset *d, size_t index,
                     double *x)
{
    (void)options;
    const struct table *t = d->state;
    memcpy(x, t->values + index * d->dim, d->dim * sizeof *x);
}

static const struct fm_dataset_ops ops = {
    .size = sizeof ops, .open = open_csv, .read = read_row};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_DATASET,
    .name = "csv",
    .version = 2,
    .summary = "rows of numbers from a text file of separated values",
    .source = "RFC 4180",
    .options = options_table,
    .options_size = sizeof(struct csv_options),
    .dataset = &ops,
};
