/* The host's own options: the sections `split`, `train` and `sample` of a config, and those of every
 * entry of `solvers`.  Plugins have their own tables. */
#ifndef FM_CONFIG_HOST_OPTIONS_H
#define FM_CONFIG_HOST_OPTIONS_H

#include <fmrun/option.h>

enum fm_optimizer {
    FM_OPTIMIZER_ADAMW,
    FM_OPTIMIZER_ADAM,
    FM_OPTIMIZER_LION,
    FM_OPTIMIZER_SGD
};
enum fm_schedule { FM_SCHEDULE_CONSTANT, FM_SCHEDULE_COSINE, FM_SCHEDULE_LINEAR };

enum fm_train_time {
    FM_TIME_UNIFORM,
    FM_TIME_STRATIFIED,
    FM_TIME_LOGIT_NORMAL,
    FM_TIME_EDM_SKEWED,
    FM_TIME_U_SHAPED
};

enum fm_weighting { FM_WEIGHTING_VELOCITY, FM_WEIGHTING_NONE };
enum fm_train_loss { FM_LOSS_SQUARED, FM_LOSS_PSEUDO_HUBER };
enum { FM_MAX_EMA = 8 };

struct fm_train_options {
    int64_t steps, batch;
    int prediction; /* enum fm_prediction_kind (host/prediction.h) */
    int weighting;
    double singular_limit;
    int loss;
    double loss_c;
    int time;
    double time_mean, time_sd, time_a;
    double label_dropout;
    int optimizer;
    double lr, beta1, beta2, epsilon, momentum;
    bool nesterov;
    double weight_decay;
    int schedule;
    int64_t warmup;
    double final_lr;
    double clip;
    /* decays, at most FM_MAX_EMA, all different; 0: the weights themselves */
    struct fm_reals ema;
    int64_t patience;
    int64_t shards;
    int64_t log_every, validate_every, validate_rows;
    double checkpoint_seconds;
};
extern const struct fm_option fm_train_table[];

/* How many rows of the data each part gets; 0: none, for train all rows that are left. */
struct fm_split_options {
    int64_t train, validation, test;
};
extern const struct fm_option fm_split_table[];

/* Which weights are sampled: those of the last step, or those with the least validation loss. */
enum fm_sample_weights { FM_WEIGHTS_LAST, FM_WEIGHTS_BEST, FM_N_WEIGHTS };

struct fm_sample_options {
    int64_t count;
    bool keep_x0, keep_x1, keep_trajectory; /* from the list `keep` */
    int64_t trajectory_rows;
    int64_t images;
    int weights;           /* enum fm_sample_weights */
    struct fm_reals ema;   /* one of train.ema; n = 0: the first of them */
    struct fm_ints labels; /* of the samples, repeated; n = 0: in the data's proportions */
};
extern const struct fm_option fm_sample_table[];
/* The names for the list sample.keep, in the order of the flags above. */
extern const char *const fm_keep_names[];

/* How steps divide the time from 0 to t_end (plan/grid.h). */
enum fm_grid { FM_GRID_UNIFORM, FM_GRID_COSINE, FM_GRID_KARRAS, FM_GRID_SHIFT };
extern const char *const fm_grid_names[];
/* Whether each row has steps of its own, or all rows share one: `control: row` or `batch`. */
enum fm_step_control { FM_STEP_OF_ROW, FM_STEP_SHARED };
extern const char *const fm_controller_names[]; /* in the order of enum fm_controller */

/* An entry of `solvers`: a grid of steps, or step control. */
struct fm_method_options {
    double t_end, guidance;
    /* fixed */
    int64_t steps; /* 0: adaptive */
    /* the grid itself, n = steps + 1; n = 0: the members below give it */
    struct fm_reals times;
    int grid;
    double grid_shift, grid_rho, grid_sigma_min, grid_sigma_max;
    /* adaptive */
    double rtol, atol, first_step, min_step, max_step;
    int64_t max_evaluations;
    int controller; /* enum fm_controller */
    int control;    /* enum fm_step_control */
};
/* The options for fixed steps, and those for step control. */
extern const struct fm_option fm_fixed_table[], fm_adaptive_table[];

/* The reference solve, from which discretization errors are measured. */
struct fm_reference_options {
    double rtol, atol;
    int64_t max_evaluations;
};
extern const struct fm_option fm_reference_table[];

#endif
