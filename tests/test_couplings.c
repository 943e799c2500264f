/* Couplings: their pairs compared with known plans, and their use in training. */
#include <config.h>

#include "host/coupling.h"
#include "plugin_support.h"
#include "support.h"
#include "test_train.h"
#include "train/pairing.h"

#include <math.h>
#include <string.h>

/* ---- pairs of one batch ---- */

enum { MAX = 257 };

struct pairs {
    struct test_plugin plugin;
    struct fm_coupling coupling;
    size_t n, dim;
    double *x0, *x1;
    uint32_t i0[MAX], i1[MAX];
    struct fm_coupling_report report;
};

/* x0_ik = sin((3 + 2 k) i + k), x1_ik = 2 cos((7 + 4 k) i) + k / 4, both multiplied by
 * scale. */
static void open_pairs(struct pairs *p, const char *name, const char *yaml, size_t n,
                       size_t dim, double scale)
{
    *p = (struct pairs){.n = n, .dim = dim};
    test_plugin_open(&p->plugin, FM_COUPLING, name, yaml);
    p->coupling = fm_coupling_make(p->plugin.plugin->coupling, p->plugin.options);
    p->x0 = FM_NEW(&p->plugin.arena, n * dim, double);
    p->x1 = FM_NEW(&p->plugin.arena, n * dim, double);
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < dim; k++) {
            double row = (double)i, column = (double)k;
            p->x0[i * dim + k] = scale * sin((3 + 2 * column) * row + column);
            p->x1[i * dim + k] = scale * (2 * cos((7 + 4 * column) * row) + column / 4);
        }
}

static void make_pairs(struct pairs *p, uint32_t step)
{
    struct fm_error err = {0};
    const struct fm_coupling_batch batch = {p->n,         p->dim, p->x0, p->x1,
                                            {1, 6, step}, p->i0,  p->i1};
    ck_ok(fm_coupling_pair(&p->coupling, &p->plugin.arena, &batch, &p->report, &err));
}

static void close_pairs(struct pairs *p)
{
    test_plugin_close(&p->plugin);
}

/* POT 0.8.2 ot.emd2 and scipy 1.10.1 linear_sum_assignment on the same points, which agree to
 * 1e-14. */
START_TEST(exact_transport_costs_the_same_as_in_pot)
{
    static const struct {
        size_t n, dim;
        double cost;
    } known[] = {{64, 2, 1.1872064968698792},
                 {257, 2, 1.113485072329284},
                 {200, 3, 2.010997181886029},
                 {128, 10, 24.783832883051513}};
    static struct pairs p;
    open_pairs(&p, "ot", NULL, known[_i].n, known[_i].dim, 1);
    make_pairs(&p, 0);
    ck_near(p.report.cost, known[_i].cost, 1e-12 * known[_i].cost);
    ck_near(p.report.plan_cost, known[_i].cost, 1e-12 * known[_i].cost);
    ck_assert_double_gt(p.report.independent_cost, p.report.cost);
    ck_assert_double_eq(p.report.marginal_error, 0);
    close_pairs(&p);
}
END_TEST

START_TEST(independent_pairs_cost_the_mean_over_all)
{
    static struct pairs p;
    double sum = 0;
    open_pairs(&p, "ot", NULL, 50, 3, 1);
    make_pairs(&p, 0);
    for (size_t i = 0; i < p.n; i++)
        for (size_t j = 0; j < p.n; j++)
            for (size_t k = 0; k < 3; k++)
                sum += pow(p.x0[i * 3 + k] - p.x1[j * 3 + k], 2);
    ck_near(p.report.independent_cost, sum / 2500, 1e-12);
    close_pairs(&p);
}
END_TEST

START_TEST(draws_from_the_exact_plan_are_its_pairs)
{
    static struct pairs p, drawn;
    bool is_twice = false;
    open_pairs(&p, "ot", NULL, 64, 2, 1);
    open_pairs(&drawn, "ot", "{draws: plan}", 64, 2, 1);
    make_pairs(&p, 0);
    make_pairs(&drawn, 0);
    ck_assert(p.coupling.scheme.is_permutation && !p.coupling.scheme.uses_noise);
    ck_assert(!drawn.coupling.scheme.is_permutation && drawn.coupling.scheme.uses_noise);
    for (size_t k = 0; k < 64; k++) {
        ck_assert_uint_eq(p.i0[k], k);
        ck_assert_uint_eq(drawn.i1[k], p.i1[drawn.i0[k]]);
        for (size_t l = 0; l < k; l++)
            is_twice = is_twice || drawn.i0[k] == drawn.i0[l];
    }
    ck_assert(is_twice);
    close_pairs(&p);
    close_pairs(&drawn);
}
END_TEST

/* POT 0.8.2 ot.sinkhorn(method='sinkhorn_log', stopThr=1e-13): sum of plan times cost.
 * Plans of the form exp(f_i + g_j - c_ij / eps) with given marginals are unique; on other
 * points all entries agreed to 3e-15. */
START_TEST(entropic_transport_costs_the_same_as_in_pot)
{
    static const struct {
        const char *options;
        double cost;
    } known[] = {
        {"{eps: 1, unit: one, tolerance: 1e-12, max_iterations: 100000}",
         1.8186919320200496},
        {"{eps: 0.1, unit: one, tolerance: 1e-12, max_iterations: 100000}",
         1.2296588208311765},
    };
    static struct pairs p;
    open_pairs(&p, "sinkhorn", known[_i].options, 64, 2, 1);
    make_pairs(&p, 0);
    ck_near(p.report.plan_cost, known[_i].cost, 1e-11);
    ck_assert_double_le(p.report.marginal_error, 1e-12);
    close_pairs(&p);
}
END_TEST

/* The mean over 64 * 200 draws, whose costs have a standard deviation of about 1.5. */
START_TEST(entropic_pairs_are_drawn_from_the_plan)
{
    static struct pairs p;
    double sum = 0;
    open_pairs(&p, "sinkhorn", "{eps: 1, unit: one}", 64, 2, 1);
    for (uint32_t step = 0; step < 200; step++) {
        make_pairs(&p, step);
        sum += p.report.cost / 200;
    }
    ck_near(sum, 1.8186919320200496, 5 * 1.5 / sqrt(64 * 200));
    close_pairs(&p);
}
END_TEST

START_TEST(a_small_eps_is_near_exact_transport)
{
    static struct pairs p;
    open_pairs(&p, "sinkhorn", _i == 0 ? "{eps: 1e-4}" : "{eps: 1e-12, unit: one}", 64, 2,
               1);
    make_pairs(&p, 0);
    ck_near(p.report.plan_cost, 1.1872064968698792, 0.06);
    ck_assert_double_lt(p.report.marginal_error, 0.1);
    close_pairs(&p);
}
END_TEST

/* Scaling by a power of two does not change rounding. */
START_TEST(eps_in_units_of_the_mean_cost_does_not_depend_on_scale)
{
    static struct pairs p, scaled;
    open_pairs(&p, "sinkhorn", NULL, 64, 2, 1);
    open_pairs(&scaled, "sinkhorn", NULL, 64, 2, 0x1p100);
    make_pairs(&p, 0);
    make_pairs(&scaled, 0);
    ck_assert_mem_eq(p.i0, scaled.i0, sizeof p.i0);
    ck_assert_mem_eq(p.i1, scaled.i1, sizeof p.i1);
    ck_assert_double_eq(scaled.report.plan_cost, 0x1p200 * p.report.plan_cost);
    close_pairs(&p);
    close_pairs(&scaled);
}
END_TEST

/* ---- pairs for training ---- */

static const size_t width = 8;
static const struct test_normal source = {{0, 0}, {1, 1}}, target = {{2, -1}, {0.5, 1.5}};

struct training {
    struct test_plugin plugin;
    struct fm_train_options options;
    struct fm_data source, data;
    struct fm_net *net;
    struct fm_train_spec spec;
    struct fm_pairing *pairing;
};

enum { BATCH = 40, N_STEPS = 30 };

static void open_training(struct training *t, const struct fm_coupling_ops *ops,
                          const char *yaml, size_t n_threads)
{
    struct fm_error err = {0};
    *t = (struct training){.options = test_train_options(N_STEPS, BATCH)};
    test_plugin_open(&t->plugin, FM_COUPLING, "ot", yaml);
    ck_ok(fm_net_compile(&t->plugin.arena, &(struct fm_sample_shape){.dim = 2},
                         test_small_net, &width, &t->net, &err));
    t->source = (struct fm_data){&test_normal_ops, &source, {.dim = 2}};
    t->data = (struct fm_data){&test_normal_ops, &target, {.dim = 2}};
    t->spec = (struct fm_train_spec){
        .options = &t->options,
        .seed = 42,
        .net = t->net,
        .source = &t->source,
        .data = &t->data,
        .path = &test_straight_ops,
        .coupling = ops ? ops : t->plugin.plugin->coupling,
        .coupling_options = t->plugin.options,
        .n_threads = n_threads,
    };
    ck_ok(fm_pairing_init(&t->plugin.arena, &t->spec, &t->pairing, &err));
}

static void close_training(struct training *t)
{
    fm_pairing_fini(t->pairing);
    test_plugin_close(&t->plugin);
}

static struct fm_pairs pairs_at(struct training *t, uint64_t n_steps)
{
    struct fm_error err = {0};
    struct fm_pairs pairs = {0};
    ck_ok(fm_pairing_at(t->pairing, n_steps, &pairs, &err));
    return pairs;
}

static void check_same(const struct fm_pairs *a, const struct fm_pairs *b)
{
    for (size_t k = 0; k < BATCH; k++)
        for (size_t j = 0; j < 2; j++) {
            ck_assert_double_eq(a->x0[2 * a->i0[k] + j], b->x0[2 * b->i0[k] + j]);
            ck_assert_double_eq(a->x1[2 * a->i1[k] + j], b->x1[2 * b->i1[k] + j]);
        }
    ck_assert_double_eq(a->quality.cost, b->quality.cost);
}

START_TEST(pairs_are_a_function_of_the_step)
{
    static const char *const options[] = {"{}", "{batches: 3}",
                                          "{batches: 3, draws: plan}"};
    struct training one, other;
    for (size_t n_threads = 1; n_threads <= 3; n_threads++) {
        open_training(&one, NULL, options[_i], 1);
        open_training(&other, NULL, options[_i], n_threads);
        for (uint64_t step = 0; step < N_STEPS + 10; step++) { /* also beyond the end */
            uint64_t at = n_threads == 3 ? step * 11 % (N_STEPS + 10) : step;
            struct fm_pairs a = pairs_at(&one, at), b = pairs_at(&other, at);
            check_same(&a, &b);
        }
        close_training(&one);
        close_training(&other);
    }
}
END_TEST

START_TEST(batches_paired_together_use_each_row_once)
{
    struct training t, alone;
    bool is_there0[3 * BATCH] = {false}, is_there1[3 * BATCH] = {false};
    double cost = 0, cost_alone = 0;
    open_training(&t, NULL, "{batches: 3}", 2);
    open_training(&alone, NULL, NULL, 2);
    for (uint64_t step = 3; step < 6; step++) {
        struct fm_pairs p = pairs_at(&t, step);
        for (size_t k = 0; k < BATCH; k++) {
            ck_assert(!is_there0[p.i0[k]] && !is_there1[p.i1[k]]);
            is_there0[p.i0[k]] = is_there1[p.i1[k]] = true;
        }
        cost = p.quality.cost;
        cost_alone += pairs_at(&alone, step).quality.cost / 3;
        ck_assert_double_eq(p.x0[2 * BATCH * (step - 3)], pairs_at(&alone, step).x0[0]);
    }
    ck_assert_double_lt(cost, cost_alone); /* more to choose from */
    close_training(&t);
    close_training(&alone);
}
END_TEST

static enum fm_status refuse_late(const void *options, const struct fm_services *services,
                                  const struct fm_coupling_batch *b,
                                  struct fm_coupling_report *report, struct fm_error *err)
{
    (void)options, (void)services, (void)report;
    for (size_t k = 0; k < b->n; k++)
        b->i0[k] = b->i1[k] = (uint32_t)k;
    return b->noise.step >= 5
               ? fm_fail(err, FM_ERROR_RUN, "refused at step %u", (unsigned)b->noise.step)
               : FM_OK;
}

START_TEST(an_error_is_reported_at_its_own_step)
{
    static const struct fm_coupling_ops refusing = {.size = sizeof refusing,
                                                    .pair = refuse_late};
    struct fm_error err = {0};
    struct fm_pairs pairs;
    struct training t;
    open_training(&t, &refusing, NULL, 2);
    for (uint64_t step = 0; step < 5; step++)
        ck_assert_uint_eq(pairs_at(&t, step).i1[7], 7);
    ck_fails(fm_pairing_at(t.pairing, 5, &pairs, &err), FM_ERROR_RUN, "at step 5");
    ck_fails(fm_pairing_at(t.pairing, 5, &pairs, &err), FM_ERROR_RUN, "at step 5");
    ck_assert_uint_eq(pairs_at(&t, 4).i1[7], 7);
    close_training(&t);
}
END_TEST

START_TEST(a_step_reports_what_its_pairs_cost)
{
    struct fm_error err = {0};
    struct fm_train_step_result report;
    struct fm_trainer *trainer = NULL;
    struct training t;
    open_training(&t, NULL, NULL, 2);
    ck_ok(fm_trainer_init(&t.plugin.arena, &t.spec, &trainer, &err));
    for (uint64_t step = 0; step < 4; step++) {
        ck_ok(fm_trainer_step(trainer, &report, &err));
        ck_assert_double_eq(report.coupling.cost, pairs_at(&t, step).quality.cost);
        ck_assert_double_gt(report.coupling.cost, 0);
        ck_assert_double_lt(report.coupling.cost, report.coupling.independent_cost);
        ck_assert_double_gt(report.coupling_seconds, 0);
    }
    fm_trainer_fini(trainer);
    close_training(&t);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("couplings");
    TCase *plan = tcase_create("plan"), *training = tcase_create("training");
    tcase_add_loop_test(plan, exact_transport_costs_the_same_as_in_pot, 0, 4);
    tcase_add_test(plan, independent_pairs_cost_the_mean_over_all);
    tcase_add_test(plan, draws_from_the_exact_plan_are_its_pairs);
    tcase_add_loop_test(plan, entropic_transport_costs_the_same_as_in_pot, 0, 2);
    tcase_add_test(plan, entropic_pairs_are_drawn_from_the_plan);
    tcase_add_loop_test(plan, a_small_eps_is_near_exact_transport, 0, 2);
    tcase_add_test(plan, eps_in_units_of_the_mean_cost_does_not_depend_on_scale);
    tcase_add_loop_test(training, pairs_are_a_function_of_the_step, 0, 3);
    tcase_add_test(training, batches_paired_together_use_each_row_once);
    tcase_add_test(training, an_error_is_reported_at_its_own_step);
    tcase_add_test(training, a_step_reports_what_its_pairs_cost);
    suite_add_tcase(suite, plan);
    suite_add_tcase(suite, training);
    return test_main(suite);
}
