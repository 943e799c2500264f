/* Rows of numbers from a .npy file of NumPy: float32, float64 or integers of 1 to 8 bytes, in
 * little-endian and C order; two-dimensional, or one-dimensional as one column.
 *
 * The format: "\x93NUMPY", version (two bytes), length of the header (2 bytes in version 1,
 * 4 in 2 and 3), the header as a Python dictionary with descr, fortran_order and shape, then
 * the numbers.  Source: NumPy's numpy.lib.format. */
#include <errno.h>
#include <float.h>
#include <fmrun/column.h>
#include <fmrun/plugin.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_HEADER = 1 << 16, MAX_DIM = 1 << 24 };
static const size_t max_bytes = (size_t)1 << 33;
enum standardise { NONE, COLUMNS };
static const char *const standardise_names[] = {"none", "columns", NULL};

struct npy_options {
    const char *file;
    int standardise;
    int64_t limit;
};

/* clang-format off */
static const struct fm_option options_table[] = {
    {"file", FM_FILE, offsetof(struct npy_options, file), NULL,
     .help = "an array [rows][coordinates], or [rows], as numpy.save writes it"},
    {"standardise", FM_CHOICE, offsetof(struct npy_options, standardise), "none",
     .choices = standardise_names, .help = "columns: each gets mean 0 and variance 1"},
    {"limit", FM_INT, offsetof(struct npy_options, limit), "0",
     .minimum = 0, .maximum = 1e9, .unit = "rows", .help = "use only the first ones; 0: all"},
    {0}};
/* clang-format on */

struct array {
    char type; /* f, i, u */
    size_t item_bytes, n, dim;
    unsigned char *bytes;
    double *shift, *scale; /* NULL: as the numbers are */
};

static enum fm_status refuse(const char *path, const char *what, struct fm_error *err)
{
    return fm_fail(err, FM_ERROR_NO_INPUT, "dataset npy: %s: %s", path, what);
}

/* ---- the header ---- */

/* What follows 'key': in the header; NULL when it has no such key. */
static const char *value_of(const char *header, const char *key)
{
    char quoted[24];
    for (const char *quote = "'\""; *quote; quote++) {
        (void)snprintf(quoted, sizeof quoted, "%c%s%c", *quote, key, *quote);
        const char *s = strstr(header, quoted);
        if (!s)
            continue;
        s += strlen(quoted);
        s += strspn(s, " ");
        return *s == ':' ? s + 1 + strspn(s + 1, " ") : NULL;
    }
    return NULL;
}

static enum fm_status read_type(const char *s, const char *path, struct array *a,
                                struct fm_error *err)
{
    static const char *const known[] = {"<f4", "<f8", "|i1", "|u1", "<i2", "<u2",
                                        "<i4", "<u4", "<i8", "<u8", NULL};
    if (*s != '\'' && *s != '"')
        return refuse(path, "has records with named fields; fmrun reads plain numbers only",
                      err);
    if (s[1] == '>')
        return refuse(path,
                      "has big-endian numbers; save them as little-endian, "
                      "a.astype(a.dtype.newbyteorder('<'))",
                      err);
    for (size_t k = 0; known[k]; k++)
        if (strncmp(s + 1, known[k], 3) == 0 && s[4] == *s) {
            a->type = known[k][1];
            a->item_bytes = (size_t)(known[k][2] - '0');
            return FM_OK;
        }
    return fm_fail(
        err, FM_ERROR_NO_INPUT,
        "dataset npy: %s has numbers of type %.*s; fmrun reads float32, float64 and "
        "integers",
        path, (int)strcspn(s + 1, "'\""), s + 1);
}

static enum fm_status read_shape(const char *s, const char *path, struct array *a,
                                 struct fm_error *err)
{
    unsigned long long sizes[2] = {0, 1};
    size_t n = 0;
    if (*s++ != '(')
        return refuse(path, "its header has no shape", err);
    for (s += strspn(s, " "); *s >= '0' && *s <= '9'; s += strspn(s, " ")) {
        char *end;
        if (n == 2)
            return refuse(path, "the array must have one or two dimensions, it has more",
                          err);
        errno = 0;
        sizes[n++] = strtoull(s, &end, 10);
        if (errno != 0)
            return refuse(path, "its shape is too large", err);
        s = end + (*end == 'L');
        s += strspn(s, " ");
        if (*s != ',')
            break;
        s++;
    }
    if (n == 0 || *s != ')')
        return refuse(path, "the array must have one or two dimensions", err);
    if (sizes[0] == 0 || sizes[1] == 0)
        return refuse(path, "the array is empty", err);
    if (sizes[1] > MAX_DIM || sizes[0] > (1ULL << 40))
        return refuse(path, "its shape is too large", err);
    a->n = (size_t)sizes[0];
    a->dim = (size_t)sizes[1];
    return FM_OK;
}

static enum fm_status read_header(FILE *file, const char *path, char *header,
                                  struct array *a, struct fm_error *err)
{
    unsigned char start[12] = {0};
    if (fread(start, 1, 8, file) != 8 || memcmp(start, "\x93NUMPY", 6) != 0)
        return refuse(path, "is not a .npy file", err);
    if (start[6] < 1 || start[6] > 3)
        return refuse(path, "has an unknown version of the format", err);
    const size_t n_bytes = start[6] == 1 ? 2 : 4;
    if (fread(start + 8, 1, n_bytes, file) != n_bytes)
        return refuse(path, "ends within its header", err);
    const size_t length = (size_t)start[8] | (size_t)start[9] << 8 | (size_t)start[10] << 16
                          | (size_t)start[11] << 24;
    if (length >= MAX_HEADER)
        return refuse(path, "has a header of more than 65535 bytes", err);
    if (fread(header, 1, length, file) != length)
        return refuse(path, "ends within its header", err);
    header[length] = '\0';
    const char *type = value_of(header, "descr"), *shape = value_of(header, "shape"),
               *order = value_of(header, "fortran_order");
    if (strlen(header) != length || !type || !shape || !order)
        return refuse(path, "has no header with descr, fortran_order and shape", err);
    FM_TRY(read_type(type, path, a, err));
    FM_TRY(read_shape(shape, path, a, err));
    if (strncmp(order, "False", 5) != 0 && a->dim > 1)
        return refuse(path,
                      "is in Fortran order; save it in C order, "
                      "np.ascontiguousarray(a)",
                      err);
    return FM_OK;
}

/* ---- the numbers ---- */

static double number_at(const struct array *a, size_t index)
{
    const unsigned char *b = a->bytes + index * a->item_bytes;
    uint64_t bits = 0;
    for (size_t k = a->item_bytes; k-- > 0;)
        bits = bits << 8 | b[k];
    if (a->type == 'u')
        return (double)bits;
    if (a->type == 'i') {
        const uint64_t sign = (uint64_t)1 << (8 * a->item_bytes - 1);
        return bits & sign ? -(double)(~bits & (sign - 1)) - 1 : (double)bits;
    }
    if (a->item_bytes == 4) {
        uint32_t half = (uint32_t)bits;
        float value;
        memcpy(&value, &half, sizeof value);
        return (double)value;
    }
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static enum fm_status check_numbers(const struct array *a, const char *path, double most,
                                    struct fm_error *err)
{
    for (size_t i = 0; i < a->n * a->dim; i++)
        if (!(fabs(number_at(a, i)) <= most))
            return fm_fail(err, FM_ERROR_NO_INPUT,
                           "dataset npy: %s: row %zu, column %zu (from 0) is %g; numbers "
                           "must be finite%s",
                           path, i / a->dim, i % a->dim, number_at(a, i),
                           isfinite(number_at(a, i))
                               ? ", and at most 1.85e19 unless they are standardised, as "
                                 "networks compute in float"
                               : "");
    return FM_OK;
}

static double value_at(const void *array, size_t row, size_t column)
{
    const struct array *a = array;
    return number_at(a, row * a->dim + column);
}

static enum fm_status standardise(struct array *a, const char *path, struct fm_error *err)
{
    for (size_t j = 0; j < a->dim; j++)
        if (!fm_column_scale(a, value_at, a->n, j, &a->shift[j], &a->scale[j]))
            return fm_fail(
                err, FM_ERROR_CONFIG,
                "dataset npy: can't standardise column %zu (from 0) of %s: its %zu "
                "values are all equal, or too far apart",
                j, path, a->n);
    return FM_OK;
}

/* FM_ERROR_NO_INPUT unless the shape accounts for all bytes behind the header. */
static enum fm_status check_size(FILE *file, const char *path, const struct array *a,
                                 struct fm_error *err)
{
    const long start = ftell(file);
    if (a->n > SIZE_MAX / a->dim / a->item_bytes || start < 0
        || fseek(file, 0, SEEK_END) != 0)
        return refuse(path, "is not a seekable file, or its shape is too large", err);
    const size_t found = (size_t)(ftell(file) - start),
                 expected = a->n * a->dim * a->item_bytes;
    if (fseek(file, start, SEEK_SET) != 0)
        return refuse(path, "is not a seekable file", err);
    if (found != expected)
        return fm_fail(err, FM_ERROR_NO_INPUT,
                       "dataset npy: %s has %zu bytes of numbers, but its shape %zu x %zu "
                       "needs %zu",
                       path, found, a->n, a->dim, expected);
    return FM_OK;
}

static enum fm_status fill(FILE *file, const struct npy_options *o,
                           const struct fm_services *services, struct array *a,
                           struct fm_error *err)
{
    const size_t n_bytes = a->n * a->dim * a->item_bytes;
    a->bytes = services->allocate(services, n_bytes, 1);
    double *numbers = services->allocate(services, 2 * a->dim, sizeof *numbers);
    if (!a->bytes || !numbers)
        return fm_fail(err, FM_ERROR_MEMORY, "out of memory for %zu bytes of %s; set limit",
                       n_bytes, o->file);
    if (fread(a->bytes, 1, n_bytes, file) != n_bytes)
        return refuse(o->file, "could not be read to its end", err);
    FM_TRY(
        check_numbers(a, o->file, o->standardise == NONE ? fm_column_max : DBL_MAX, err));
    if (o->standardise == COLUMNS) {
        a->shift = numbers;
        a->scale = numbers + a->dim;
        FM_TRY(standardise(a, o->file, err));
    }
    return FM_OK;
}

static enum fm_status load(FILE *file, const struct npy_options *o,
                           const struct fm_services *services, struct fm_dataset *d,
                           struct fm_error *err)
{
    struct array *a = services->allocate(services, 1, sizeof *a);
    char *header = services->allocate(services, MAX_HEADER, 1);
    if (!a || !header)
        return fm_fail(err, FM_ERROR_MEMORY, "out of memory");
    FM_TRY(read_header(file, o->file, header, a, err));
    FM_TRY(check_size(file, o->file, a, err));
    if ((size_t)o->limit > a->n)
        return fm_fail(err, FM_ERROR_CONFIG,
                       "dataset npy: limit is %zu, but %s has %zu rows", (size_t)o->limit,
                       o->file, a->n);
    if (d->dim != 0 && d->dim != a->dim)
        return fm_fail(err, FM_ERROR_CONFIG,
                       "dataset npy: rows of %s have %zu numbers, but %zu are needed",
                       o->file, a->dim, d->dim);
    if (o->limit > 0)
        a->n = (size_t)o->limit;
    if (a->n * a->dim * a->item_bytes > max_bytes)
        return fm_fail(err, FM_ERROR_MEMORY,
                       "dataset npy: %s: %zu rows are more than 8 GiB; set limit", o->file,
                       a->n);
    if (!d->shape_only)
        FM_TRY(fill(file, o, services, a, err));
    *d = (struct fm_dataset){
        .dim = a->dim, .n_rows = a->n, .shift = a->shift, .scale = a->scale, .state = a};
    return FM_OK;
}

static enum fm_status open_npy(const void *options, const struct fm_services *services,
                               struct fm_dataset *d, struct fm_error *err)
{
    const struct npy_options *o = options;
    FILE *file = fopen(o->file, "rb");
    if (!file)
        return fm_fail(err, FM_ERROR_NO_INPUT, "dataset npy: can't open %s: %s", o->file,
                       strerror(errno));
    enum fm_status status = load(file, o, services, d, err);
    (void)fclose(file);
    return status;
}

static void read_row(const void *options, const struct fm_dataset *d, size_t index,
                     double *x)
{
    (void)options;
    const struct array *a = d->state;
    for (size_t j = 0; j < d->dim; j++) {
        x[j] = number_at(a, index * d->dim + j);
        if (a->scale)
            x[j] = (x[j] - a->shift[j]) / a->scale[j];
    }
}

static const struct fm_dataset_ops ops = {
    .size = sizeof ops, .open = open_npy, .read = read_row};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_DATASET,
    .name = "npy",
    .version = 2,
    .summary = "rows of numbers from a .npy file of NumPy",
    .source = "NumPy, numpy.lib.format",
    .options = options_table,
    .options_size = sizeof(struct npy_options),
    .dataset = &ops,
};
