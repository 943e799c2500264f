/* Pooling in float compared with plain loops in double: y = a + the mean of a over the
 * tokens. */
#include <config.h>

#include "test_tokens.h"

struct shape {
    size_t n_tokens, width;
};

static void build(const void *options, struct fm_graph *g)
{
    const struct shape *o = options;
    struct fm_node h = fm_reshape(g, fm_input_x(g), 1, o->n_tokens, o->width);
    h = fm_position(g, h);
    fm_output(g, fm_add(g, h, fm_mean_pool(g, h)));
}

/* to = from + mean of from, for one row.  The mean's sum has 64 terms per block, then the
 * blocks; the factor, the product and the last sum round once each. */
static void add_mean(const struct shape *o, const float *from, double *to, double *bound)
{
    const double n = (double)o->n_tokens, roundings = 64 + n / 64 + 4;
    for (size_t j = 0; j < o->width; j++) {
        double mean = 0, size = 0;
        for (size_t i = 0; i < o->n_tokens; i++) {
            mean += (double)from[i * o->width + j] / n;
            size += fabs((double)from[i * o->width + j]) / n;
        }
        for (size_t i = 0; i < o->n_tokens; i++) {
            size_t at = i * o->width + j;
            to[at] = (double)from[at] + mean;
            bound[at] = roundings * size + fabs(to[at]);
        }
    }
}

static const struct shape shapes[] = {{1, 5},   {2, 16}, {7, 17},   {49, 64},
                                      {64, 33}, {65, 3}, {300, 24}, {784, 16}};
enum { N_SHAPES = sizeof shapes / sizeof *shapes };

/* The gradient of the table is that of a, summed over rows. */
static void compare(struct tokens *s, const struct shape *o)
{
    char title[64];
    double *to = FM_NEW(&s->arena, s->dim, double);
    double *bound = FM_NEW(&s->arena, s->dim, double);
    double *sum = FM_NEW(&s->arena, s->dim, double);
    double *sum_bound = FM_NEW(&s->arena, s->dim, double);
    (void)snprintf(title, sizeof title, "%zu x %zu", o->n_tokens, o->width);
    for (size_t i = 0; i < s->n; i++) {
        add_mean(o, s->a + i * s->dim, to, bound);
        tokens_compare(title, s->dim, s->y + i * s->dim, to, bound);
        add_mean(o, s->dx + i * s->dim, to, bound);
        tokens_compare(title, s->dim, s->dy + i * s->dim, to, bound);
        add_mean(o, s->g + i * s->dim, to, bound);
        for (size_t j = 0; j < s->dim; j++) {
            sum[j] += to[j];
            sum_bound[j] += bound[j] + (double)s->n * fabs(to[j]);
        }
    }
    tokens_compare(title, s->dim, s->d_parameter[0], sum, sum_bound);
}

START_TEST(pooling_is_the_plain_mean_in_all_modes)
{
    const struct shape *o = &shapes[_i];
    struct tokens s;
    tokens_open(&s, o->n_tokens * o->width, 3, build, o, 0.5, 1);
    for (size_t k = 0; k < TOKENS_N_ISAS; k++)
        if (fm_isa_force(tokens_isas[k])) {
            tokens_run(&s);
            compare(&s, o);
        }
    tokens_close(&s);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("pool");
    TCase *pool = tcase_create("pool");
    tcase_add_loop_test(pool, pooling_is_the_plain_mean_in_all_modes, 0, N_SHAPES);
    suite_add_tcase(suite, pool);
    return test_main(suite);
}
