/* Images from an idx file, plain or gzipped: MNIST and its relatives.
 *
 * The format: bytes 0, 0, the type of an entry (8 = unsigned byte), the number of
 * dimensions (3 for images), then each dimension as a big-endian 32-bit number (images,
 * height, width), then the entries, row-major.  Source: LeCun et al., the MNIST database
 * page, "file formats". A byte b becomes b / 127.5 - 1, in [-1, 1]; an image is one row of
 * height * width numbers.  Labels are such a file of one dimension, a byte an image. */
#include <fmrun/plugin.h>
#include <string.h>
#include <zlib.h>

enum { HEADER_BYTES = 16, MAX_SIDE = 4096 };

struct idx_options {
    const char *file, *labels;
    int64_t limit;
};

/* clang-format off */
static const struct fm_option options_table[] = {
    {"file", FM_FILE, offsetof(struct idx_options, file), NULL,
     .help = "images in idx format, plain or gzipped"},
    {"limit", FM_INT, offsetof(struct idx_options, limit), "0",
     .minimum = 0, .maximum = 1e9, .unit = "images", .help = "use only the first ones; 0: all"},
    {"labels", FM_FILE, offsetof(struct idx_options, labels), "",
     .flags = FM_OPTION_LATER, .help = "labels of the images in idx format; none: no labels"},
    {0}};
/* clang-format on */

struct images {
    size_t n, height, width;
};

struct state {
    unsigned char *pixels, *labels;
};

static size_t big_endian(const unsigned char *b)
{
    return (size_t)b[0] << 24 | (size_t)b[1] << 16 | (size_t)b[2] << 8 | b[3];
}

/* The error with zlib's message. */
static enum fm_status fail_read(gzFile file, const char *path, struct fm_error *err)
{
    int code;
    const char *message = gzerror(file, &code);
    if (code == Z_OK || code == Z_STREAM_END || code == Z_BUF_ERROR)
        message = "the file is truncated";
    return fm_fail(err, FM_ERROR_NO_INPUT, "dataset idx: can't read %s: %s", path, message);
}

/* Reads the header of a file of n_dims dimensions into sizes, [n_dims]; what: "images have". */
static enum fm_status read_header(gzFile file, const char *path, unsigned n_dims,
                                  const char *what, size_t *sizes, struct fm_error *err)
{
    unsigned char header[HEADER_BYTES] = {0};
    const int wanted = 4 + 4 * (int)n_dims, n = gzread(file, header, (unsigned)wanted);
    if (n < 4)
        return fail_read(file, path, err);
    if (header[0] != 0 || header[1] != 0)
        return fm_fail(
            err, FM_ERROR_NO_INPUT,
            "dataset idx: %s is not an idx file: it starts with bytes %02x %02x, not "
            "00 00",
            path, header[0], header[1]);
    if (header[2] != 8)
        return fm_fail(
            err, FM_ERROR_NO_INPUT,
            "dataset idx: %s has entries of type 0x%02x; fmrun reads unsigned bytes "
            "(0x08) only",
            path, header[2]);
    if (header[3] != n_dims)
        return fm_fail(err, FM_ERROR_NO_INPUT,
                       "dataset idx: %s has %u dimension%s, %s %u%s", path, header[3],
                       header[3] == 1 ? "" : "s", what, n_dims,
                       header[3] == 1   ? " (is it the file of labels?)"
                       : header[3] == 3 ? " (is it the file of images?)"
                                        : "");
    if (n < wanted)
        return fail_read(file, path, err);
    for (unsigned i = 0; i < n_dims; i++)
        sizes[i] = big_endian(header + 4 + 4 * i);
    return FM_OK;
}

static enum fm_status read_shape(gzFile file, const char *path, struct images *images,
                                 struct fm_error *err)
{
    size_t sizes[3] = {0};
    FM_TRY(read_header(file, path, 3, "images have", sizes, err));
    *images = (struct images){sizes[0], sizes[1], sizes[2]};
    if (images->n == 0 || images->height == 0 || images->width == 0
        || images->height > MAX_SIDE || images->width > MAX_SIDE)
        return fm_fail(
            err, FM_ERROR_NO_INPUT,
            "dataset idx: %s declares %zu images of %zu x %zu; sides must be 1 to %d "
            "pixels, and there must be at least one image",
            path, images->n, images->height, images->width, MAX_SIDE);
    return FM_OK;
}

/* Reads the file to its end, to find a wrong header before memory is allocated for it. */
static enum fm_status check_size(gzFile file, const char *path, const struct images *images,
                                 struct fm_error *err)
{
    unsigned char buffer[65536];
    uint64_t expected = (uint64_t)images->n * images->height * images->width, found = 0;
    int n;
    while (found <= expected && (n = gzread(file, buffer, sizeof buffer)) != 0) {
        if (n < 0)
            return fail_read(file, path, err);
        found += (uint64_t)n;
    }
    int code;
    (void)gzerror(file, &code);
    if (code != Z_OK && code != Z_STREAM_END)
        return fail_read(file, path, err);
    if (found != expected)
        return fm_fail(
            err, FM_ERROR_NO_INPUT,
            "dataset idx: %s must have %llu bytes of pixels (%zu images of %zu x "
            "%zu), but has %s%llu",
            path, (unsigned long long)expected, images->n, images->height, images->width,
            found > expected ? "at least " : "only ", (unsigned long long)found);
    return FM_OK;
}

static enum fm_status read_bytes(gzFile file, const char *path, size_t n_bytes,
                                 unsigned char *bytes, struct fm_error *err)
{
    for (size_t done = 0; done < n_bytes;) {
        size_t left = n_bytes - done;
        int n = gzread(file, bytes + done, left < 1 << 20 ? (unsigned)left : 1 << 20);
        if (n <= 0)
            return fail_read(file, path, err);
        done += (size_t)n;
    }
    return FM_OK;
}

/* Sets *n_labels to one more than the largest of the first n labels. */
static enum fm_status read_labels(gzFile file, const char *path, size_t n_images, size_t n,
                                  const struct fm_services *services,
                                  unsigned char **labels, size_t *n_labels,
                                  struct fm_error *err)
{
    size_t n_there = 0;
    unsigned char unused;
    FM_TRY(read_header(file, path, 1, "labels have", &n_there, err));
    if (n_there != n_images)
        return fm_fail(err, FM_ERROR_NO_INPUT,
                       "dataset idx: %s has %zu labels for %zu images", path, n_there,
                       n_images);
    *labels = services->allocate(services, n_there, 1);
    if (!*labels)
        return fm_fail(err, FM_ERROR_MEMORY, "out of memory for %zu labels of %s", n_there,
                       path);
    FM_TRY(read_bytes(file, path, n_there, *labels, err));
    const int n_more = gzread(file, &unused, 1);
    int code;
    (void)gzerror(file, &code);
    if (n_more < 0 || (code != Z_OK && code != Z_STREAM_END))
        return fail_read(file, path, err);
    if (n_more > 0)
        return fm_fail(err, FM_ERROR_NO_INPUT,
                       "dataset idx: %s has more bytes than its %zu labels", path, n_there);
    *n_labels = 0;
    for (size_t i = 0; i < n; i++)
        if ((*labels)[i] >= *n_labels)
            *n_labels = (size_t)(*labels)[i] + 1;
    return FM_OK;
}

static enum fm_status load_labels(const struct idx_options *o, size_t n_images, size_t n,
                                  const struct fm_services *services, struct state *state,
                                  size_t *n_labels, struct fm_error *err)
{
    *n_labels = 0;
    if (o->labels[0] == '\0')
        return FM_OK;
    gzFile file = gzopen(o->labels, "rbe");
    if (!file)
        return fm_fail(err, FM_ERROR_NO_INPUT, "dataset idx: can't open %s", o->labels);
    enum fm_status status =
        read_labels(file, o->labels, n_images, n, services, &state->labels, n_labels, err);
    (void)gzclose(file);
    return status;
}

static enum fm_status load(gzFile file, const struct idx_options *o,
                           const struct fm_services *services, struct fm_dataset *d,
                           struct fm_error *err)
{
    struct images images = {0};
    size_t n_labels = 0;
    FM_TRY(read_shape(file, o->file, &images, err));
    if (!d->shape_only)
        FM_TRY(check_size(file, o->file, &images, err));
    const size_t dim = images.height * images.width;
    const size_t n = o->limit == 0 ? images.n : (size_t)o->limit;
    if (n > images.n)
        return fm_fail(err, FM_ERROR_CONFIG,
                       "dataset idx: limit is %zu, but %s has %zu images", n, o->file,
                       images.n);
    if (d->dim != 0 && d->dim != dim)
        return fm_fail(
            err, FM_ERROR_CONFIG,
            "dataset idx: images of %s have %zu x %zu = %zu coordinates, but %zu are "
            "needed",
            o->file, images.height, images.width, dim, d->dim);
    struct state *state = services->allocate(services, 1, sizeof *state);
    if (!state)
        return fm_fail(err, FM_ERROR_MEMORY, "out of memory");
    FM_TRY(load_labels(o, images.n, n, services, state, &n_labels, err));
    if (!d->shape_only) {
        state->pixels = services->allocate(services, n, dim);
        if (!state->pixels)
            return fm_fail(err, FM_ERROR_MEMORY, "out of memory for %zu images of %s", n,
                           o->file);
        if (gzseek(file, HEADER_BYTES, SEEK_SET) != HEADER_BYTES)
            return fail_read(file, o->file, err);
        FM_TRY(read_bytes(file, o->file, n * dim, state->pixels, err));
    }
    *d = (struct fm_dataset){.dim = dim,
                             .n_rows = n,
                             .height = images.height,
                             .width = images.width,
                             .channels = 1,
                             .state = state,
                             .n_labels = n_labels};
    return FM_OK;
}

static enum fm_status open_idx(const void *options, const struct fm_services *services,
                               struct fm_dataset *d, struct fm_error *err)
{
    const struct idx_options *o = options;
    gzFile file = gzopen(o->file, "rbe");
    if (!file)
        return fm_fail(err, FM_ERROR_NO_INPUT, "dataset idx: can't open %s", o->file);
    (void)gzbuffer(file, 1 << 17);
    enum fm_status status = load(file, o, services, d, err);
    (void)gzclose(file);
    return status;
}

static void read_row(const void *options, const struct fm_dataset *d, size_t index,
                     double *x)
{
    (void)options;
    const struct state *state = d->state;
    for (size_t j = 0; j < d->dim; j++)
        x[j] = state->pixels[index * d->dim + j] / 127.5 - 1;
}

static uint32_t read_label(const void *options, const struct fm_dataset *d, size_t index)
{
    (void)options;
    return ((const struct state *)d->state)->labels[index];
}

static const struct fm_dataset_ops ops = {
    .size = sizeof ops, .open = open_idx, .read = read_row, .read_label = read_label};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_DATASET,
    .name = "idx",
    .version = 1,
    .summary = "grey images from an idx file (MNIST, Fashion-MNIST)",
    .source = "LeCun, Cortes, Burges, the MNIST database of handwritten digits",
    .options = options_table,
    .options_size = sizeof(struct idx_options),
    .dataset = &ops,
};
