/* Uniform on the eight dark squares of a 4 x 4 board: with U, U' uniform in (0, 1) and B 0
 * or 1,
 *   x1 = 4 U - 2,   x2 = U' - 2 B + (floor(x1) mod 2),   times a scale.
 * So x is in the support when |x1|, |x2| < 2 and floor(x1) + floor(x2) is even, and the
 * density there is 1/8 a unit square: the entropy is log 8 + 2 log scale.  The profiles are
 * what different papers' code calls "checkerboard":
 *   unit    scale 1
 *   fb      scale 1/.45  (facebookresearch/flow_matching, its 2-D example)
 *   ffjord  scale 2      (Grathwohl et al. 2019, arXiv:1810.01367, toy_data.py)
 *   dsb     scale 7.5    (De Bortoli et al. 2021, arXiv:2106.01357) */
#include <fmrun/plane.h>
#include <fmrun/plugin.h>
#include <math.h>

enum { N_SQUARES = 8 };
static const char *const profile_names[] = {"unit", "fb", "ffjord", "dsb", NULL};
static const double scales[] = {1, 1 / 0.45, 2, 7.5};

struct checkerboard_options {
    int profile;
};

/* clang-format off */
static const struct fm_option options_table[] = {
    {"profile", FM_CHOICE, offsetof(struct checkerboard_options, profile), "unit",
     .choices = profile_names, .help = "whose scale, the side of a square: 1, 1/0.45, 2 or 7.5"},
    {0}};
/* clang-format on */

static enum fm_status open_board(const void *options, const struct fm_services *services,
                                 struct fm_dataset *d, struct fm_error *err)
{
    (void)options, (void)services;
    FM_TRY(fm_plane_check_dim("checkerboard", d, err));
    *d = (struct fm_dataset){.dim = 2, .n_labels = N_SQUARES};
    return FM_OK;
}

static void draw(const void *options, const struct fm_dataset *d, struct fm_stream stream,
                 uint64_t first_row, size_t n, double *x)
{
    const struct checkerboard_options *o = options;
    const double scale = scales[o->profile];
    struct fm_plane_block b;
    for (fm_plane_begin(&b, d, stream, first_row, n); fm_plane_next(&b, 3);)
        for (size_t i = 0; i < b.n; i++) {
            const double *u = b.u + 3 * i;
            double x1 = 4 * u[0] - 2;
            double is_odd = floor(x1) - 2 * floor(floor(x1) / 2);
            double x2 = u[1] - (u[2] < 0.5 ? 0 : 2) + is_odd;
            x[2 * (b.first + i)] = scale * x1;
            x[2 * (b.first + i) + 1] = scale * x2;
        }
}

/* Squares are numbered column by column from the left, the lower one of each first. */
static void draw_labels(const void *options, const struct fm_dataset *d,
                        struct fm_stream stream, uint64_t first_row, size_t n,
                        uint32_t *labels)
{
    (void)options;
    struct fm_plane_block b;
    for (fm_plane_begin(&b, d, stream, first_row, n); fm_plane_next(&b, 3);)
        for (size_t i = 0; i < b.n; i++)
            labels[b.first + i] =
                2 * (uint32_t)floor(4 * b.u[3 * i]) + (b.u[3 * i + 2] < 0.5);
}

static void log_density(const void *options, const struct fm_dataset *d, size_t n,
                        const double *x, double *log_p)
{
    (void)d;
    const struct checkerboard_options *o = options;
    const double scale = scales[o->profile];
    for (size_t i = 0; i < n; i++) {
        double x1 = x[2 * i] / scale, x2 = x[2 * i + 1] / scale;
        double column = floor(x1), row = floor(x2), half = (column + row) / 2;
        bool is_inside =
            column >= -2 && column < 2 && row >= -2 && row < 2 && half == floor(half);
        log_p[i] = is_inside ? -log(8 * scale * scale) : -HUGE_VAL;
    }
}

/* Flat within a square. */
static void score(const void *options, const struct fm_dataset *d, size_t n,
                  const double *x, double *to)
{
    (void)options, (void)x;
    for (size_t i = 0; i < n * d->dim; i++)
        to[i] = 0;
}

static double entropy(const void *options, const struct fm_dataset *d)
{
    (void)d;
    const struct checkerboard_options *o = options;
    return log(N_SQUARES) + 2 * log(scales[o->profile]);
}

static const struct fm_dataset_ops ops = {.size = sizeof ops,
                                          .open = open_board,
                                          .draw = draw,
                                          .log_density = log_density,
                                          .score = score,
                                          .entropy = entropy,
                                          .draw_labels = draw_labels};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_DATASET,
    .name = "checkerboard",
    .version = 2,
    .summary = "uniform on the dark squares of a 4 x 4 board in the plane",
    .source = "Grathwohl et al. 2019, arXiv:1810.01367, toy_data.py",
    .options = options_table,
    .options_size = sizeof(struct checkerboard_options),
    .dataset = &ops,
};
