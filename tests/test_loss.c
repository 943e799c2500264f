/* Losses and their gradients, with reals in double. */
#include <config.h>

#include "plugin_support.h"
#include "support.h"
#include "test_train.h"
#include "train/loss.h"

#include <math.h>

enum { N = 6, DIM = 3 };

static double y[N * DIM], weight[N], t[N];
static fm_real out[N * FM_PANEL], gradient[N * FM_PANEL];

static void fill(void)
{
    for (size_t i = 0; i < N; i++) {
        weight[i] = 0.5 + (double)i;
        t[i] = (double)i / (N - 1);
        for (size_t j = 0; j < DIM; j++) {
            y[i * DIM + j] = sin(7 * (double)i + 2 * (double)j);
            out[i * FM_PANEL + j] = cos((double)i - 3 * (double)j);
        }
    }
}

static struct fm_loss loss_of(int kind, double c)
{
    struct fm_train_options o = test_train_options(1, N);
    o.loss = kind;
    o.loss_c = c;
    return fm_loss_of(&o, DIM, N);
}

static double value(const struct fm_loss *l, const double *w)
{
    return fm_loss_block(l, N, out, y, w, t, NULL, NULL) / l->divisor;
}

/* By the definition. */
static double plain(int kind, double c, const double *w)
{
    double sum = 0;
    for (size_t i = 0; i < N; i++) {
        double squares = 0;
        for (size_t j = 0; j < DIM; j++)
            squares += pow(out[i * FM_PANEL + j] - y[i * DIM + j], 2) * (w ? w[i] : 1);
        sum += kind == FM_LOSS_SQUARED ? squares / DIM : sqrt(squares + c * c) - c;
    }
    return sum / N;
}

static const struct {
    int kind;
    double c;
    bool is_weighted;
} cases[] = {{FM_LOSS_SQUARED, 0, false},      {FM_LOSS_SQUARED, 0, true},
             {FM_LOSS_PSEUDO_HUBER, 0, false}, {FM_LOSS_PSEUDO_HUBER, 0, true},
             {FM_LOSS_PSEUDO_HUBER, 1, true},  {FM_LOSS_PSEUDO_HUBER, 1000, true}};
enum { N_CASES = sizeof cases / sizeof *cases };

START_TEST(losses_have_their_definition)
{
    const double c = cases[_i].c > 0 ? cases[_i].c : 0.00054 * sqrt(DIM);
    const double *w = cases[_i].is_weighted ? weight : NULL;
    fill();
    const struct fm_loss l = loss_of(cases[_i].kind, cases[_i].c);
    ck_near(value(&l, w), plain(cases[_i].kind, c, w), 1e-13 * (1 + c));
}
END_TEST

/* Central differences of step h have an error of about h^2 / 6 times the third derivative,
 * and 1e-16 / h. */
START_TEST(gradients_are_those_of_the_loss)
{
    const double h = 1e-5, *w = cases[_i].is_weighted ? weight : NULL;
    fill();
    const struct fm_loss l = loss_of(cases[_i].kind, cases[_i].c);
    for (size_t i = 0; i < N * FM_PANEL; i++)
        gradient[i] = 77;
    (void)fm_loss_block(&l, N, out, y, w, t, gradient, NULL);
    for (size_t i = 0; i < N * FM_PANEL; i++) {
        const fm_real before = out[i];
        out[i] = before + h;
        const double above = value(&l, w);
        out[i] = before - h;
        const double below = value(&l, w);
        out[i] = before;
        ck_near(gradient[i], (above - below) / (2 * h), 1e-8);
    }
}
END_TEST

/* Row i has t = i / 5: bins 0, 2, 4, 6, 8, and the last one for t = 1. */
START_TEST(bins_hold_the_losses_of_their_rows)
{
    static const size_t bins_of[N] = {0, 2, 4, 6, 8, 9};
    struct fm_loss_bins bins = {0};
    double sum = 0;
    fill();
    const struct fm_loss l = loss_of(cases[_i].kind, cases[_i].c);
    double total = fm_loss_block(&l, N, out, y, weight, t, NULL, &bins);
    for (size_t i = 0; i < N; i++) {
        ck_assert_uint_eq(bins.n_rows[bins_of[i]], 1);
        sum += bins.sum[bins_of[i]];
    }
    ck_near(sum / N, total / l.divisor, 1e-13 * (1 + sum));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("loss in double");
    TCase *loss = tcase_create("loss");
    tcase_add_loop_test(loss, losses_have_their_definition, 0, N_CASES);
    tcase_add_loop_test(loss, gradients_are_those_of_the_loss, 0, N_CASES);
    tcase_add_loop_test(loss, bins_hold_the_losses_of_their_rows, 0, N_CASES);
    suite_add_tcase(suite, loss);
    return test_main(suite);
}
