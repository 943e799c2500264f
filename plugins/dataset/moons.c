/* Two interleaving half circles.
 *
 * With theta uniform in (0, pi), each moon equally likely,
 *   outer (cos theta, sin theta),  inner (1 - cos theta, 1/2 - sin theta),
 * then noise is added and the plane is scaled and shifted: x = scale * (moon + noise) +
 * shift. This is scikit-learn's make_moons with theta drawn instead of laid on a grid, so
 * that rows are independent.  The profiles are what different papers' code calls "moons":
 *   plain     noise N(0, noise^2) on each coordinate, nothing else
 *   tong2023  noise .05, times 2, then first coordinate - 1 (Tong et al. 2023,
 *             arXiv:2302.00482, their 2-D runner)
 *   dsb       noise .1, standardised by the mean and sd over both coordinates taken
 *             together, times 7 (De Bortoli et al. 2021, arXiv:2106.01357)
 *   torchcfm  one number uniform in [0, .2) added to both coordinates, times 3, then - 1
 *             (TorchCFM's sample_moons over torchdyn's generate_moons) */
#include <fmrun/plugin.h>
#include <math.h>

enum profile { PLAIN, TONG2023, DSB, TORCHCFM };
static const char *const profile_names[] = {"plain", "tong2023", "dsb", "torchcfm", NULL};
static const double pi = 3.14159265358979323846;

struct moons_options {
    int profile;
    struct fm_reals noise;
};

/* clang-format off */
static const struct fm_option options_table[] = {
    {"profile", FM_CHOICE, offsetof(struct moons_options, profile), "plain",
     .choices = profile_names, .help = "whose constants: scale, shift and noise"},
    {"noise", FM_REALS, offsetof(struct moons_options, noise), "",
     .minimum = 0, .maximum = 1e6,
     .help = "standard deviation of the noise of profile plain; none: 0.1"},
    {0}};
/* clang-format on */

/* x = scale (moon + noise) + shift */
struct moons {
    double noise, scale, shift[2];
    bool is_noise_shared; /* uniform in [0, noise), the same for both coordinates */
};

/* Both coordinates of make_moons taken together: mean 3/8 (E x = 1/2, E y = 1/4), and
 * second moment (1 + (9/4 - 2/pi)) / 4: |outer|^2 = 1, E |inner|^2 = 9/4 - 2/pi. */
static struct moons dsb(void)
{
    double noise = 0.1, mean = 3.0 / 8;
    double variance = (1 + (9.0 / 4 - 2 / pi)) / 4 - mean * mean + noise * noise;
    double scale = 7 / sqrt(variance);
    return (struct moons){noise, scale, {-mean * scale, -mean * scale}, false};
}

static enum fm_status open_moons(const void *options, const struct fm_services *services,
                                 struct fm_dataset *d, struct fm_error *err)
{
    const struct moons_options *o = options;
    if (o->profile != PLAIN && o->noise.n != 0)
        return fm_fail(
            err, FM_ERROR_CONFIG,
            "dataset moons: profile %s fixes the noise; noise belongs to profile "
            "plain",
            profile_names[o->profile]);
    if (o->noise.n > 1)
        return fm_fail(err, FM_ERROR_CONFIG, "dataset moons: noise must be one number");
    if (d->dim != 0 && d->dim != 2)
        return fm_fail(err, FM_ERROR_CONFIG,
                       "dataset moons: has 2 coordinates, %zu are wanted", d->dim);
    struct moons *m = services->allocate(services, 1, sizeof *m);
    if (!m)
        return fm_fail(err, FM_ERROR_MEMORY, "out of memory");
    switch ((enum profile)o->profile) {
    case PLAIN:
        *m = (struct moons){o->noise.n ? o->noise.values[0] : 0.1, 1, {0, 0}, false};
        break;
    case TONG2023:
        *m = (struct moons){0.05, 2, {-1, 0}, false};
        break;
    case DSB:
        *m = dsb();
        break;
    case TORCHCFM:
        *m = (struct moons){0.2, 3, {-1, -1}, true};
        break;
    }
    *d = (struct fm_dataset){.dim = 2, .state = m};
    return FM_OK;
}

/* The first block of a row's sequence gives moon and angle, the second the noise. */
static void draw(const void *options, const struct fm_dataset *d, struct fm_stream stream,
                 uint64_t first_row, size_t n, double *x)
{
    enum { ROWS = 64 };
    (void)options;
    const struct moons *m = d->state;
    double u[2 * ROWS], turns[ROWS], cosine[ROWS], sine[ROWS], noise[2 * ROWS];
    for (size_t first = 0; first < n; first += ROWS) {
        size_t n_rows = n - first < ROWS ? n - first : ROWS;
        double *rows = x + 2 * first;
        d->services->uniforms(stream, 0, first_row + first, n_rows, 2, u);
        for (size_t i = 0; i < n_rows; i++)
            turns[i] = 0.5 * u[2 * i + 1];
        d->services->circle(n_rows, turns, cosine, sine);
        if (m->is_noise_shared)
            d->services->uniforms(stream, 1, first_row + first, n_rows, 1, noise);
        else
            d->services->normals(stream, 1, first_row + first, n_rows, 2, noise);
        for (size_t i = 0; i < n_rows; i++) {
            bool is_inner = u[2 * i] >= 0.5;
            const double moon[2] = {is_inner ? 1 - cosine[i] : cosine[i],
                                    is_inner ? 0.5 - sine[i] : sine[i]};
            for (size_t j = 0; j < 2; j++)
                rows[2 * i + j] =
                    m->scale
                        * (moon[j] + m->noise * noise[m->is_noise_shared ? i : 2 * i + j])
                    + m->shift[j];
        }
    }
}

static const struct fm_dataset_ops ops = {
    .size = sizeof ops, .open = open_moons, .draw = draw};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_DATASET,
    .name = "moons",
    .version = 2,
    .summary = "two interleaving half circles in the plane",
    .source = "scikit-learn's make_moons; profiles: Tong et al. 2023, arXiv:2302.00482; "
              "De Bortoli et al. 2021, arXiv:2106.01357; TorchCFM",
    .options = options_table,
    .options_size = sizeof(struct moons_options),
    .dataset = &ops,
};
