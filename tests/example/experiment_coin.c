/* An experiment outside basin's tree: how often does a coin of this bias show its face?
 */
#include "base/rng.h"
#include "experiments/experiment.h"

#include <gsl/gsl_randist.h>

struct coin {
    double bias;
    long tosses;
};

static const struct basin_field fields[] = {
    BASIN_FIELD_REAL(struct coin, bias, "0.5", 0, 1, "1", "probability of the face"),
    BASIN_FIELD_INT(struct coin, tosses, "100", 1, 1e6, "1", "tosses of a replicate"),
    BASIN_FIELD_END,
};

static const struct basin_metric metrics[] = {
    {.name = "faces", .unit = "1", .summary = "fraction of tosses that show the face"},
    {.name = NULL},
};

static double cost(const void *shared, const struct basin_params *params)
{
    (void)shared;
    return (double)((const struct coin *)params->own[0])->tosses;
}

static int run(const void *shared, const struct basin_task *task,
    struct basin_record *record, struct basin_diag *diag)
{
    (void)shared;
    const struct coin *coin = task->params->own[0];
    gsl_rng *r = gsl_rng_alloc(basin_rng_philox);
    if (r == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    uint64_t key =
        basin_rng_key(task->seed, basin_id_number(&task->cell), BASIN_FOR_NOISE);
    basin_rng_start(r, key, basin_rng_sequence(task->replicate, 0));
    long faces = 0;
    for (long i = 0; i < coin->tosses; i++) {
        faces += gsl_ran_bernoulli(r, coin->bias);
    }
    record->values[0] = (double)faces / (double)coin->tosses;
    gsl_rng_free(r);
    return 0;
}

extern const struct basin_experiment experiment_coin;

static const struct basin_kind *const own_kinds[] = {&experiment_coin.kind, NULL};
static const struct basin_section sections[] = {
    {.name = "", .kinds = own_kinds}, {.name = NULL}};

const struct basin_experiment experiment_coin = {
    .kind = {.name = "coin",
        .summary = "tosses of a biased coin",
        .version = 1,
        .fields = fields,
        .size = sizeof(struct coin)},
    .example = "replicates: 20\n"
               "sweep: [{grid: {bias: [0.1, 0.5, 0.9]}}]\n"
               "figures: [{name: faces, x: bias, y: faces}]\n",
    .sections = sections,
    .metrics = metrics,
    .cost = cost,
    .run = run,
};
