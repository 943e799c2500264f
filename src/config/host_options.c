#include <config.h>

#include "config/host_options.h"

static const char *const optimizers[] = {"adamw", "adam", "lion", "sgd", NULL};
static const char *const schedules[] = {"constant", "cosine", "linear", NULL};
/* in the order of enum fm_prediction_kind */
static const char *const predictions[] = {"velocity", "x1", "noise", NULL};
static const char *const weightings[] = {"velocity", "none", NULL};
static const char *const losses[] = {"squared", "pseudo_huber", NULL};
static const char *const times[] = {"uniform",    "stratified", "logit_normal",
                                    "edm_skewed", "u_shaped",   NULL};
static const char *const weights[] = {"last", "best", NULL};
static const char *const controls[] = {"row", "batch", NULL}; /* enum fm_step_control */
const char *const fm_grid_names[] = {"uniform", "cosine", "karras", "shift", NULL};
const char *const fm_controller_names[] = {"i", "pi", "pid", NULL};
const char *const fm_keep_names[] = {"x0", "x1", "trajectory", NULL};

#define AT(member) offsetof(struct fm_train_options, member)
/* clang-format off */
const struct fm_option fm_train_table[] = {
    {"steps",        FM_INT,    AT(steps),        "4000", .minimum = 1, .maximum = 4294967295.0,
     .help = "optimiser steps"},
    {"batch",        FM_INT,    AT(batch),        "256", .minimum = 1, .maximum = 16777216,
     .unit = "rows", .help = "pairs (x0, x1) per step"},
    {"prediction",   FM_CHOICE, AT(prediction),   "velocity", .choices = predictions,
     .flags = FM_OPTION_LATER,
     .help = "what the network predicts: the velocity, or x1 or x0, which sampling converts to it"},
    {"weighting",    FM_CHOICE, AT(weighting),    "velocity", .choices = weightings,
     .flags = FM_OPTION_LATER,
     .help = "weights of squared errors of x1 or x0: as errors of the velocity, or equal"},
    {"singular_limit", FM_REAL, AT(singular_limit), "0.05", .minimum = 1e-6, .maximum = 0.5,
     .flags = FM_OPTION_LATER,
     .help = "where x1 or x0 becomes a velocity: least sigma (for x1) or alpha (for x0), as a "
             "share of the largest"},
    {"loss",         FM_CHOICE, AT(loss),         "squared", .choices = losses,
     .flags = FM_OPTION_LATER, .help = "loss of a row's error e: |e|^2 / dim, or sqrt(|e|^2 + c^2) - c"},
    {"loss_c",       FM_REAL,   AT(loss_c),       "0", .minimum = 0, .maximum = 1e6,
     .flags = FM_OPTION_LATER, .help = "c of loss: pseudo_huber; 0: 0.00054 sqrt(dim)"},
    {"time",         FM_CHOICE, AT(time),         "uniform", .choices = times,
     .flags = FM_OPTION_LATER,
     .help = "distribution of t: uniform; stratified, one row in each n-th of [0, 1]; or a density that is "
             "high in the middle, near the data, or at both ends"},
    {"time_mean",    FM_REAL,   AT(time_mean),    "0", .minimum = -20, .maximum = 20,
     .flags = FM_OPTION_LATER, .help = "mean for time: logit_normal, t = 1 / (1 + exp(-mean - sd z))"},
    {"time_sd",      FM_REAL,   AT(time_sd),      "1", .minimum = 0, .maximum = 20,
     .flags = FM_OPTION_ABOVE_MINIMUM | FM_OPTION_LATER, .help = "sd for time: logit_normal"},
    {"time_a",       FM_REAL,   AT(time_a),       "4", .minimum = 0, .maximum = 100,
     .flags = FM_OPTION_ABOVE_MINIMUM | FM_OPTION_LATER,
     .help = "a for time: u_shaped, density proportional to exp(a t) + exp(a (1 - t))"},
    {"label_dropout", FM_REAL,  AT(label_dropout), "0", .minimum = 0, .maximum = 1,
     .flags = FM_OPTION_BELOW_MAXIMUM | FM_OPTION_LATER,
     .help = "share of rows whose label the network does not see in training; for networks with "
             "labels"},
    {"optimizer",    FM_CHOICE, AT(optimizer),    "adamw", .choices = optimizers,
     .help = "adamw; adam, without weight decay; lion, the sign of a momentum; "
             "or sgd, with momentum"},
    {"lr",           FM_REAL,   AT(lr),           "1e-3", .minimum = 0, .maximum = 1e3,
     .flags = FM_OPTION_ABOVE_MINIMUM, .help = "learning rate, after warm-up"},
    {"beta1",        FM_REAL,   AT(beta1),        "0.9", .minimum = 0, .maximum = 1,
     .flags = FM_OPTION_BELOW_MAXIMUM, .help = "decay of the gradient's mean; for lion, its share in the step"},
    {"beta2",        FM_REAL,   AT(beta2),        "0.999", .minimum = 0, .maximum = 1,
     .flags = FM_OPTION_BELOW_MAXIMUM, .help = "decay of the gradient's square; for lion, of its mean"},
    {"epsilon",      FM_REAL,   AT(epsilon),      "1e-8", .minimum = 1e-37, .maximum = 1,
     .flags = FM_OPTION_ABOVE_MINIMUM, .help = "added to the root of the mean square, for adamw and adam"},
    {"momentum",     FM_REAL,   AT(momentum),     "0.9", .minimum = 0, .maximum = 1,
     .flags = FM_OPTION_BELOW_MAXIMUM | FM_OPTION_LATER,
     .help = "for sgd: decay of the sum of gradients"},
    {"nesterov",     FM_BOOL,   AT(nesterov),     "false", .flags = FM_OPTION_LATER,
     .help = "for sgd: Nesterov's momentum"},
    {"weight_decay", FM_REAL,   AT(weight_decay), "0", .minimum = 0, .maximum = 10,
     .help = "for adamw and lion, scaled by lr; for sgd, added to the gradient"},
    {"schedule",     FM_CHOICE, AT(schedule),     "constant", .choices = schedules,
     .help = "schedule of lr after warm-up; cosine and linear reach final_lr at the last step"},
    {"warmup",       FM_INT,    AT(warmup),       "0", .minimum = 0, .maximum = 4294967295.0,
     .unit = "steps", .help = "first steps, over which lr rises linearly to its value"},
    {"final_lr",     FM_REAL,   AT(final_lr),     "0", .minimum = 0, .maximum = 1e3,
     .help = "lr at the end of a cosine or linear schedule"},
    {"clip",         FM_REAL,   AT(clip),         "0", .minimum = 0, .maximum = 1e30,
     .help = "largest norm of the gradient; longer gradients are scaled down; 0: no limit"},
    {"ema",          FM_REALS,  AT(ema),          "0", .minimum = 0, .maximum = 1,
     .flags = FM_OPTION_BELOW_MAXIMUM | FM_OPTION_WAS_NUMBER,
     .help = "decays of moving averages of the weights; the first is validated, and sampled "
             "unless sample.ema chooses another; at step n at most "
             "(1 + n) / (10 + n); 0: the weights themselves"},
    {"patience",     FM_INT,    AT(patience),     "0", .minimum = 0, .maximum = 4294967295.0,
     .unit = "validations", .flags = FM_OPTION_LATER,
     .help = "training ends after so many in a row without a new least loss; 0: never"},
    {"shards",       FM_INT,    AT(shards),       "0", .minimum = 0, .maximum = 256,
     .help = "pieces of the batch, which threads share; 0: one per 32 rows up to 4, "
             "one per 256 rows up to 64"},
    {"log_every",    FM_INT,    AT(log_every),    "1", .minimum = 1, .maximum = 4294967295.0,
     .unit = "steps", .flags = FM_OPTION_NOT_IN_KEY, .help = "steps between logged losses"},
    {"validate_every", FM_INT, AT(validate_every), "0", .minimum = 0, .maximum = 4294967295.0,
     .unit = "steps", .flags = FM_OPTION_NOT_IN_KEY,
     .help = "steps between validation losses, on rows fixed by the seed, with the moving average if "
             "there is one; the weights with the least are kept, too; 0: no validation"},
    {"validate_rows", FM_INT, AT(validate_rows), "1024", .minimum = 1, .maximum = 1048576,
     .unit = "rows", .flags = FM_OPTION_NOT_IN_KEY, .help = "rows of the validation loss"},
    {"checkpoint_seconds", FM_REAL, AT(checkpoint_seconds), "10", .minimum = 0,
     .maximum = 1e9, .unit = "s", .flags = FM_OPTION_NOT_IN_KEY,
     .help = "time between checkpoints; a killed run resumes from the last one"},
    {0}};
#undef AT

#define AT(member) offsetof(struct fm_split_options, member)
const struct fm_option fm_split_table[] = {
    {"train",      FM_INT, AT(train),      "0", .minimum = 0, .maximum = 1e9, .unit = "rows",
     .flags = FM_OPTION_LATER,
     .help = "for training; 0: all others, endless for a generated set"},
    {"validation", FM_INT, AT(validation), "0", .minimum = 0, .maximum = 1e9, .unit = "rows",
     .flags = FM_OPTION_LATER, .help = "for train.validate_every; 0: the training rows"},
    {"test",       FM_INT, AT(test),       "0", .minimum = 0, .maximum = 1e9, .unit = "rows",
     .flags = FM_OPTION_LATER, .help = "that metrics compare samples with; 0: the training rows"},
    {0}};
#undef AT

#define AT(member) offsetof(struct fm_sample_options, member)
const struct fm_option fm_sample_table[] = {
    {"count",           FM_INT, AT(count),           "10000", .minimum = 1, .maximum = 1e8,
     .unit = "rows", .help = "samples per sampling, from the same x0 for every solver of a run"},
    {"trajectory_rows", FM_INT, AT(trajectory_rows), "1000", .minimum = 1, .maximum = 1e8,
     .unit = "rows", .help = "samples that a kept trajectory follows"},
    {"images",          FM_INT, AT(images),          "64", .minimum = 0, .maximum = 10000,
     .help = "samples in the PNG grid of image data; for data in the plane any number but 0 draws their "
             "density; 0: no picture"},
    {"weights",         FM_CHOICE, AT(weights),      "last", .choices = weights,
     .flags = FM_OPTION_LATER,
     .help = "weights to sample: those of the last step, or those with the least validation loss"},
    {"ema",             FM_REALS, AT(ema),           "", .minimum = 0, .maximum = 1,
     .flags = FM_OPTION_BELOW_MAXIMUM | FM_OPTION_LATER | FM_OPTION_WAS_NUMBER,
     .help = "the decay in train.ema to sample with; empty: the first"},
    {"labels",          FM_INTS, AT(labels),         "", .minimum = 0, .maximum = 1048574,
     .flags = FM_OPTION_LATER,
     .help = "labels of the samples, repeated in this order, for networks with labels; empty: in the "
             "data's proportions"},
    {0}};
#undef AT

#define AT(member) offsetof(struct fm_method_options, member)
#define T_END                                                                              \
    {"t_end", FM_REAL, AT(t_end), "1", .minimum = 0, .maximum = 1,                         \
     .flags = FM_OPTION_ABOVE_MINIMUM, .help = "time at which the solve ends; the samples are x there"}
#define GUIDANCE                                                                           \
    {"guidance", FM_REAL, AT(guidance), "1", .minimum = 0, .maximum = 1000,                \
     .flags = FM_OPTION_LATER,                                                             \
     .help = "weight w of v(none) + w (v(label) - v(none)); two evaluations unless it is 0 or 1"}

const struct fm_option fm_fixed_table[] = {
    {"steps", FM_INT, AT(steps), "0", .minimum = 0, .maximum = 1e7,
     .help = "number of steps from t = 0 to t_end; required without times"},
    {"grid", FM_CHOICE, AT(grid), "uniform", .choices = fm_grid_names,
     .help = "spacing of the steps: equal; dense at 0; as EDM's noise levels; or shifted"},
    {"times", FM_REALS, AT(times), "", .minimum = 0, .maximum = 1,
     .help = "instead of steps: the times where steps begin and end, rising from 0"},
    T_END,
    {"grid_shift", FM_REAL, AT(grid_shift), "3", .minimum = 0, .maximum = 1e6,
     .flags = FM_OPTION_ABOVE_MINIMUM, .help = "s for grid: shift, t = u / (u + s (1 - u))"},
    {"grid_rho", FM_REAL, AT(grid_rho), "7", .minimum = 0, .maximum = 1e3,
     .flags = FM_OPTION_ABOVE_MINIMUM, .help = "rho for grid: karras"},
    {"grid_sigma_min", FM_REAL, AT(grid_sigma_min), "0.002", .minimum = 0, .maximum = 1e6,
     .flags = FM_OPTION_ABOVE_MINIMUM, .help = "for grid: karras, the last noise level before 0"},
    {"grid_sigma_max", FM_REAL, AT(grid_sigma_max), "80", .minimum = 0, .maximum = 1e6,
     .flags = FM_OPTION_ABOVE_MINIMUM, .help = "for grid: karras, the first noise level"},
    GUIDANCE,
    {0}};

const struct fm_option fm_adaptive_table[] = {
    {"rtol",       FM_REAL, AT(rtol),       "1e-5", .minimum = 0, .maximum = 1,
     .help = "relative tolerance of a step, for each sample separately"},
    {"atol",       FM_REAL, AT(atol),       "1e-5", .minimum = 0, .maximum = 1e6,
     .flags = FM_OPTION_ABOVE_MINIMUM, .help = "absolute tolerance of a step"},
    {"first_step", FM_REAL, AT(first_step), "0", .minimum = 0, .maximum = 1,
     .help = "length of the first step; 0: chosen from the field"},
    {"min_step", FM_REAL, AT(min_step), "0", .minimum = 0, .maximum = 1,
     .help = "shortest step; a sample that needs a shorter one fails; 0: rounding decides"},
    {"max_step", FM_REAL, AT(max_step), "1", .minimum = 0, .maximum = 1,
     .flags = FM_OPTION_ABOVE_MINIMUM, .help = "longest step"},
    {"max_evaluations", FM_INT, AT(max_evaluations), "100000", .minimum = 1, .maximum = 1e12,
     .help = "evaluations for one sample; it fails when it needs more"},
    {"controller", FM_CHOICE, AT(controller), "i", .choices = fm_controller_names,
     .help = "how the next step follows from the errors of the last one, two or three steps"},
    {"control", FM_CHOICE, AT(control), "row", .choices = controls,
     .help = "row: each sample has its own steps; batch: all have the same, as in torchdiffeq"},
    T_END,
    GUIDANCE,
    {0}};
#undef GUIDANCE
#undef T_END
#undef AT

#define AT(member) offsetof(struct fm_reference_options, member)
const struct fm_option fm_reference_table[] = {
    {"rtol",            FM_REAL, AT(rtol),            "0", .minimum = 0, .maximum = 1,
     .help = "0: 1e-6 for a trained network, 1e-12 for a closed form"},
    {"atol",            FM_REAL, AT(atol),            "0", .minimum = 0, .maximum = 1,
     .help = "0: equal to rtol"},
    {"max_evaluations", FM_INT,  AT(max_evaluations), "1000000", .minimum = 1, .maximum = 1e12,
     .help = "evaluations for one sample"},
    {0}};
#undef AT
/* clang-format on */
