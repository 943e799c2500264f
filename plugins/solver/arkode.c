/* The explicit Runge-Kutta methods of SUNDIALS ARKODE, integrated by its ERKStep module: a
 * second opinion on the host's loop, and another step size control. */
#include <arkode/arkode_erkstep.h>
#include <float.h>
#include <fmrun/plugin.h>
#include <math.h>
#include <nvector/nvector_serial.h>
#include <stdlib.h>
#include <string.h>
#include <sundials/sundials_context.h>

struct arkode_options {
    int table; /* ARKODE_ERKTableID */
};

/* clang-format off */
static const char *const tables[ARKODE_MAX_ERK_NUM + 2] = {
    [ARKODE_HEUN_EULER_2_1_2] = "heun_euler_2_1_2",
    [ARKODE_BOGACKI_SHAMPINE_4_2_3] = "bogacki_shampine_4_2_3",
    [ARKODE_ARK324L2SA_ERK_4_2_3] = "ark324l2sa_erk_4_2_3",
    [ARKODE_ZONNEVELD_5_3_4] = "zonneveld_5_3_4",
    [ARKODE_ARK436L2SA_ERK_6_3_4] = "ark436l2sa_erk_6_3_4",
    [ARKODE_SAYFY_ABURUB_6_3_4] = "sayfy_aburub_6_3_4",
    [ARKODE_CASH_KARP_6_4_5] = "cash_karp_6_4_5",
    [ARKODE_FEHLBERG_6_4_5] = "fehlberg_6_4_5",
    [ARKODE_DORMAND_PRINCE_7_4_5] = "dormand_prince_7_4_5",
    [ARKODE_ARK548L2SA_ERK_8_4_5] = "ark548l2sa_erk_8_4_5",
    [ARKODE_VERNER_8_5_6] = "verner_8_5_6",
    [ARKODE_FEHLBERG_13_7_8] = "fehlberg_13_7_8",
    [ARKODE_KNOTH_WOLKE_3_3] = "knoth_wolke_3_3",
    [ARKODE_ARK437L2SA_ERK_7_3_4] = "ark437l2sa_erk_7_3_4",
    [ARKODE_ARK548L2SAb_ERK_8_4_5] = "ark548l2sab_erk_8_4_5"};

static const struct fm_option options_table[] = {
    {"table", FM_CHOICE, offsetof(struct arkode_options, table), "dormand_prince_7_4_5",
     .choices = tables,
     .help = "ARKODE's name of the method, with its stages, lower and higher order"},
    {0}};
/* clang-format on */

/* Whether the last stage is the first of the next step. */
static bool is_fsal(ARKodeButcherTable table)
{
    const int last = table->stages - 1;
    bool is_equal = table->c[last] == 1;
    for (int j = 0; j <= last; j++)
        is_equal = is_equal && table->A[last][j] == table->b[j];
    return is_equal;
}

static enum fm_status prepare(const void *options, const struct fm_services *services,
                              struct fm_scheme *scheme, struct fm_error *err)
{
    const struct arkode_options *o = options;
    ARKodeButcherTable table = ARKodeButcherTable_LoadERK((ARKODE_ERKTableID)o->table);
    (void)services;
    if (!table)
        return fm_fail(err, FM_ERROR_PLUGIN, "ARKODE has no table %s", tables[o->table]);
    scheme->order = (unsigned)table->q;
    scheme->is_adaptive = table->d != NULL;
    scheme->n_state = is_fsal(table);
    ARKodeButcherTable_Free(table);
    return FM_OK;
}

/* ---- a call of ARKODE ---- */

/* ARKODE's memory for one call of step or solve, and what came of it: callbacks return to
 * ARKODE a number only, and ARKODE reports its own errors as a message only. */
struct call {
    /* Exactly one of the two is set. */
    const struct fm_step *step;
    const struct fm_ivp *ivp;
    /* What the last velocity returned. */
    enum fm_status status;
    /* How many velocities the step may still evaluate. */
    int n_left;
    /* step->state keeps the last velocity, which starts the next step. */
    bool is_fsal;
    /* That velocity is there: it is v(x, t). */
    bool has_first;
    char message[512];
    struct fm_error *err;
    SUNContext context;
    N_Vector x;
    void *memory;
};

static int velocity(realtype t, N_Vector x, N_Vector v, void *data)
{
    struct call *call = data;
    const double *from = N_VGetArrayPointer(x);
    double *to = N_VGetArrayPointer(v);
    if (call->ivp) {
        call->status = call->ivp->velocity(call->ivp, t, from, to, call->err);
        return call->status == FM_OK ? 0 : -1;
    }
    const struct fm_step *step = call->step;
    const size_t n_bytes = step->n * step->dim * sizeof *to;
    if (call->n_left-- <= 0) { /* ARKODE prepares a next step that nobody takes */
        memset(to, 0, n_bytes);
        return 0;
    }
    if (call->has_first) {
        memcpy(to, step->state, n_bytes);
        call->has_first = false;
        return 0;
    }
    /* t + (t' - t) can miss t' by a rounding */
    const double end = step->times[step->index + 1];
    const bool is_end = fabs(t - end) <= 2 * DBL_EPSILON * fmax(fabs(t), fabs(end));
    call->status = step->velocity(step, is_end ? end : t, from, to, call->err);
    if (call->status != FM_OK)
        return -1;
    if (call->is_fsal)
        memcpy(step->state, to, n_bytes);
    return 0;
}

/* Keeps errors and drops warnings; without a handler ARKODE prints both. */
static void keep_message(int code, const char *module, const char *function, char *message,
                         void *data)
{
    struct call *call = data;
    (void)module, (void)function;
    if (code < 0)
        (void)snprintf(call->message, sizeof call->message, "%s", message);
}

/* False: out of memory.  Call close_call in either case. */
static bool open_call(struct call *call, const struct arkode_options *o, size_t n,
                      double *x, double t)
{
    if (SUNContext_Create(NULL, &call->context) != 0)
        return false;
    call->x = N_VMake_Serial((sunindextype)n, x, call->context);
    if (!call->x)
        return false;
    call->memory = ERKStepCreate(velocity, t, call->x, call->context);
    return call->memory && ERKStepSetErrHandlerFn(call->memory, keep_message, call) == 0
           && ERKStepSetUserData(call->memory, call) == 0
           && ERKStepSetTableNum(call->memory, (ARKODE_ERKTableID)o->table) == 0;
}

static void close_call(struct call *call)
{
    if (call->memory)
        ERKStepFree(&call->memory);
    if (call->x)
        N_VDestroy(call->x);
    if (call->context)
        (void)SUNContext_Free(&call->context);
}

/* What ARKODE's flag means for the host. */
static enum fm_status outcome(const struct call *call, int flag)
{
    if (call->status != FM_OK || flag >= 0)
        return call->status;
    if (flag == ARK_MEM_FAIL)
        return fm_fail(call->err, FM_ERROR_MEMORY, "out of memory");
    char *name = ERKStepGetReturnFlagName(flag); /* for failures without a message */
    (void)fm_fail(call->err, FM_ERROR_DIVERGED, "ARKODE: %s",
                  call->message[0] ? call->message
                  : name           ? name
                                   : "failed");
    free(name);
    return FM_ERROR_DIVERGED;
}

static enum fm_status no_memory(struct call *call)
{
    close_call(call);
    return fm_fail(call->err, FM_ERROR_MEMORY, "out of memory");
}

/* ---- step and solve ---- */

static enum fm_status step(const void *options, const struct fm_step *s,
                           struct fm_error *err)
{
    struct call call = {.step = s, .status = FM_OK, .err = err};
    ARKodeButcherTable table = NULL;
    double t = s->t;
    if (!open_call(&call, options, s->n * s->dim, s->x, s->t))
        return no_memory(&call);
    int flag = ERKStepGetCurrentButcherTable(call.memory, &table);
    if (flag == ARK_SUCCESS) {
        call.is_fsal = is_fsal(table);
        /* after the last step nothing uses the first stage of the next one */
        call.n_left = table->stages - (call.is_fsal && s->index + 1 == s->n_steps);
        call.has_first = call.is_fsal && s->index > 0;
        flag = ERKStepSetFixedStep(call.memory, s->h);
    }
    if (flag == ARK_SUCCESS)
        flag = ERKStepEvolve(call.memory, s->t + s->h, call.x, &t, ARK_ONE_STEP);
    enum fm_status status = outcome(&call, flag);
    close_call(&call);
    return status;
}

/* ERKStep before SUNDIALS 6.7 treats every method with c_s = 1 as first same as last, and loses
 * the order of those that are not (llnl/sundials, issue 311).  complete_table makes such a table
 * first same as last: it adds the next step's first stage. */
static int complete_table(void *memory)
{
    realtype a[FM_MAX_STAGES * FM_MAX_STAGES] = {0}, b[FM_MAX_STAGES] = {0};
    realtype c[FM_MAX_STAGES] = {0}, d[FM_MAX_STAGES] = {0};
    ARKodeButcherTable table = NULL;
    int flag = ERKStepGetCurrentButcherTable(memory, &table);
    if (flag != ARK_SUCCESS)
        return flag;
    const int s = table->stages, n = s + 1;
    if (n > FM_MAX_STAGES || is_fsal(table) || fabs(table->c[s - 1] - 1) > 1e-6)
        return ARK_SUCCESS;
    for (int j = 0; j < s; j++) {
        for (int i = 0; i < s; i++)
            a[i * n + j] = table->A[i][j];
        a[s * n + j] = b[j] = table->b[j];
        c[j] = table->c[j];
        d[j] = table->d ? table->d[j] : 0;
    }
    c[s] = 1;
    ARKodeButcherTable longer =
        ARKodeButcherTable_Create(n, table->q, table->p, c, a, b, table->d ? d : NULL);
    if (!longer)
        return ARK_MEM_FAIL;
    flag = ERKStepSetTable(memory, longer);
    ARKodeButcherTable_Free(longer);
    return flag;
}

/* Keeps ARKODE's defaults for step size control, except for two: more than seven error test
 * failures in a row are allowed, and steps down to the length of rounding errors, so that it
 * can pass a jump of the velocity. */
static int set_control(void *memory, const struct fm_ivp *ivp)
{
    const double direction = ivp->t_to < ivp->t_from ? -1 : 1;
    const double shortest = 16 * DBL_EPSILON * fmax(fabs(ivp->t_from), fabs(ivp->t_to));
    int flag = ERKStepSStolerances(memory, ivp->rtol, ivp->atol);
    if (flag == ARK_SUCCESS)
        flag = ERKStepSetStopTime(memory, ivp->t_to);
    if (flag == ARK_SUCCESS)
        flag = ERKStepSetInitStep(memory, direction * ivp->first_step);
    if (flag == ARK_SUCCESS)
        flag = ERKStepSetMaxStep(memory, ivp->max_step);
    if (flag == ARK_SUCCESS)
        flag = ERKStepSetMinStep(memory, fmax(ivp->min_step, shortest));
    if (flag == ARK_SUCCESS)
        flag = ERKStepSetMaxErrTestFails(memory, 1000);
    if (flag == ARK_SUCCESS)
        flag = ERKStepSetMaxNumSteps(memory, -1); /* the host counts evaluations */
    return flag;
}

/* Evolves step by step into a vector of its own: a step that fails may leave a stage there. */
static int evolve(struct call *call, const struct fm_ivp *ivp)
{
    const size_t n_bytes = ivp->n * ivp->dim * sizeof *ivp->x;
    double t = ivp->t_from;
    int flag = ARK_SUCCESS;
    N_Vector next = N_VClone(call->x);
    if (!next)
        return ARK_MEM_FAIL;
    while (flag == ARK_SUCCESS && t != ivp->t_to) {
        flag = ERKStepEvolve(call->memory, ivp->t_to, next, &t, ARK_ONE_STEP);
        if (flag >= 0)
            memcpy(ivp->x, N_VGetArrayPointer(next), n_bytes);
    }
    N_VDestroy(next);
    return flag;
}

static enum fm_status solve(const void *options, const struct fm_ivp *ivp,
                            struct fm_error *err)
{
    struct call call = {.ivp = ivp, .status = FM_OK, .err = err};
    if (!open_call(&call, options, ivp->n * ivp->dim, ivp->x, ivp->t_from))
        return no_memory(&call);
    int flag = complete_table(call.memory);
    if (flag == ARK_SUCCESS)
        flag = set_control(call.memory, ivp);
    if (flag == ARK_SUCCESS)
        flag = evolve(&call, ivp);
    enum fm_status status = outcome(&call, flag);
    close_call(&call);
    return status;
}

static const struct fm_solver_ops ops = {.size = sizeof ops,
                                         .scheme.order = 5,
                                         .prepare = prepare,
                                         .step = step,
                                         .solve = solve};

const struct fm_plugin fmrun_plugin = {
    FM_PLUGIN_HEADER,
    .kind = FM_SOLVER,
    .name = "arkode",
    .version = 1,
    .summary = "explicit Runge-Kutta methods of SUNDIALS ARKODE, adaptive or fixed",
    .source = "Reynolds, Gardner, Woodward, Chinomona 2023, ARKODE: a flexible IVP solver "
              "infrastructure for one-step methods, ACM Trans. Math. Softw. 49:2",
    .options = options_table,
    .options_size = sizeof(struct arkode_options),
    .solver = &ops,
};
