/* The bounds of the modern network for given numbers, by name: what theory/bounds.h says
 * of a set of patterns, of which only N, M and the separation count here. */
#include "theory/bounds.h"
#include "theory/families.h"

struct lemma {
    long patterns_count;
    double beta, radius, separation, distance, about_mean;
    double spectral_norm, weight_spread, lead;
    long neighbours;
};

static struct basin_geometry geometry_of(const struct lemma *self)
{
    return (struct basin_geometry){.n = (double)self->patterns_count,
        .largest = self->radius,
        .about_mean = self->about_mean,
        .norm = self->spectral_norm};
}

#define BOUND(name, value_of)                                                            \
    static int name(const void *params, double *value, struct basin_diag *diag)          \
    {                                                                                    \
        (void)diag;                                                                      \
        const struct lemma *self = params;                                               \
        struct basin_geometry g = geometry_of(self);                                     \
        *value = value_of;                                                               \
        return 0;                                                                        \
    }

BOUND(energy_value, basin_energy_bound(&g, self->beta))
BOUND(weights_value, basin_jacobian_bound(&g, self->beta, self->weight_spread))
BOUND(jacobian_value, basin_jacobian_bound_mean(&g, self->beta))
BOUND(update_value, basin_update_bound(&g, self->beta, self->lead))
BOUND(separation_value, basin_separation_needed(&g, self->beta))
BOUND(contraction_value,
    basin_contraction_bound(&g, self->beta, self->separation, self->distance))
BOUND(error_value, basin_error_bound(&g, self->beta, self->separation, self->distance))
BOUND(retrieval_value, basin_retrieval_bound(&g, self->beta, self->separation))
BOUND(cluster_value, basin_cluster_separation_needed(
                         &g, self->beta, (size_t)self->neighbours, self->about_mean))

#undef BOUND

#define COUNT                                                                            \
    BASIN_FIELD_INT(                                                                     \
        struct lemma, patterns_count, NULL, 2, 1e9, "1", "number N of stored patterns")
#define BETA                                                                             \
    BASIN_FIELD_REAL(struct lemma, beta, "1", BASIN_POSITIVE, BASIN_ANY_HIGH, "1",       \
        "inverse temperature")
#define RADIUS                                                                           \
    BASIN_FIELD_REAL(struct lemma, radius, "1", BASIN_POSITIVE, BASIN_ANY_HIGH, "1",     \
        "largest norm M of a pattern")
#define SEPARATION                                                                       \
    BASIN_FIELD_REAL(struct lemma, separation, NULL, BASIN_ANY_LOW, BASIN_ANY_HIGH, "1", \
        "separation Delta of the pattern")
#define DISTANCE                                                                         \
    BASIN_FIELD_REAL(struct lemma, distance, "0", 0, BASIN_ANY_HIGH, "1",                \
        "distance of the state or the fixed point from the pattern, the greater one")
#define ABOUT_MEAN                                                                       \
    BASIN_FIELD_REAL(struct lemma, about_mean, NULL, BASIN_POSITIVE, BASIN_ANY_HIGH,     \
        "1", "largest distance m_max of a pattern from the mean")

static const struct basin_field scale_fields[] = {COUNT, BETA, RADIUS, BASIN_FIELD_END};
static const struct basin_field weights_fields[] = {BETA,
    BASIN_FIELD_REAL(struct lemma, spectral_norm, NULL, BASIN_POSITIVE, BASIN_ANY_HIGH,
        "1", "largest singular value |X| of the patterns"),
    BASIN_FIELD_REAL(struct lemma, weight_spread, "0.25", 0, 0.25, "1",
        "max p_i (1 - p_i) of the weights"),
    BASIN_FIELD_END};
static const struct basin_field lead_fields[] = {COUNT, BETA, RADIUS,
    BASIN_FIELD_REAL(struct lemma, lead, NULL, 0, BASIN_ANY_HIGH, "1",
        "greatest inner product with the state minus the second greatest"),
    BASIN_FIELD_END};
static const struct basin_field mean_fields[] = {BETA, ABOUT_MEAN, BASIN_FIELD_END};
static const struct basin_field near_fields[] = {
    COUNT, BETA, RADIUS, SEPARATION, DISTANCE, BASIN_FIELD_END};
static const struct basin_field pattern_fields[] = {
    COUNT, BETA, RADIUS, SEPARATION, BASIN_FIELD_END};
static const struct basin_field cluster_fields[] = {COUNT, BETA, RADIUS, ABOUT_MEAN,
    BASIN_FIELD_INT(struct lemma, neighbours, NULL, 1, 1e9, "patterns",
        "number l of patterns in the cluster"),
    BASIN_FIELD_END};

#define PAPER "Ramsauer et al. 2021, "

#define LEMMA(symbol, summary, place, fields, function)                                  \
    const struct basin_theory basin_theory_##symbol = {                                  \
        .kind = {#symbol, (summary), (place), 1, (fields), sizeof(struct lemma)},        \
        .unit = "1",                                                                     \
        .value = (function),                                                             \
    }

LEMMA(modern_energy_bound, "largest energy in the hull of the patterns", PAPER "lemma A1",
    scale_fields, energy_value);
LEMMA(modern_jacobian_bound_weights, "largest |J| for given weights", PAPER "lemma A2",
    weights_fields, weights_value);
LEMMA(modern_jacobian_bound, "largest |J|; below 1 there is one fixed point only",
    PAPER "lemma A3", mean_fields, jacobian_value);
LEMMA(modern_update_bound, "largest distance of an update from the leading pattern",
    PAPER "lemma A4", lead_fields, update_value);
LEMMA(modern_separation_needed, "separation from which a pattern has its fixed point",
    PAPER "lemma A7", scale_fields, separation_value);
LEMMA(modern_contraction_bound, "part of the distance that an update leaves at most",
    PAPER "theorem 4 (A8)", near_fields, contraction_value);
LEMMA(modern_error_bound, "largest distance from the pattern after one update",
    PAPER "theorem 5 (A9)", near_fields, error_value);
LEMMA(modern_retrieval_bound, "largest distance of the fixed point from the pattern",
    PAPER "theorem 5 (A9)", pattern_fields, retrieval_value);
LEMMA(modern_cluster_separation_needed,
    "separation from which a cluster has its fixed point", PAPER "lemma A12",
    cluster_fields, cluster_value);
