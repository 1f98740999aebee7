/* Spread of association or attention weights: k(q), support, entropy, participation. */
#include "measure/spread.h"

#include "kernels/entropy.h"
#include "kernels/select.h"

static const double SUM_TOLERANCE = 1e-12;

size_t basin_spread_k(const double *weights, size_t n, double quantile, double *scratch)
{
    return basin_select_k(
        basin_isa_best(), weights, n, quantile - SUM_TOLERANCE, scratch);
}

size_t basin_spread_k_single(
    const float *weights, size_t n, double quantile, double *scratch)
{
    return basin_select_k_single(
        basin_isa_best(), weights, n, quantile - SUM_TOLERANCE, scratch);
}

struct basin_spread basin_spread_of(
    const double *weights, size_t n, double quantile, double cut, double *scratch)
{
    struct basin_entropy sums;
    basin_entropy_of(basin_isa_best(), weights, n, cut, &sums);
    return (struct basin_spread){
        .k = basin_spread_k(weights, n, quantile, scratch),
        .support = sums.above,
        .entropy = sums.entropy,
        .participation = 1 / sums.squares,
    };
}

int basin_spread_class(double k, size_t n)
{
    double size = (double)n;
    if (k > size / 2) {
        return 1;
    }
    if (k > size / 8) {
        return 2;
    }
    return k > size / 32 ? 3 : 4;
}

const double basin_spread_edges[BASIN_SPREAD_BINS + 1] = {0, 1. / 32, 2. / 32, 3. / 32,
    4. / 32, 5. / 32, 6. / 32, 7. / 32, 8. / 32, 9. / 32, 10. / 32, 11. / 32, 12. / 32,
    13. / 32, 14. / 32, 15. / 32, 16. / 32, 17. / 32, 18. / 32, 19. / 32, 20. / 32,
    21. / 32, 22. / 32, 23. / 32, 24. / 32, 25. / 32, 26. / 32, 27. / 32, 28. / 32,
    29. / 32, 30. / 32, 31. / 32, 1};

size_t basin_spread_bin(size_t k, size_t n)
{
    return (k * BASIN_SPREAD_BINS - 1) / n;
}
