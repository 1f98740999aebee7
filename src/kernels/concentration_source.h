/* The loop of concentration.c: included once for each instruction set, with ISA(name) the
 * name of a function and TARGET its attribute. */
#include "kernels/log_source.h"

struct ISA(sums) {
    basin_f64x4 entropy, squares;
    basin_i64x4 above; /* minus their number */
};

TARGET BASIN_INLINE void ISA(count)(
    const basin_f64x4 *p, const basin_f64x4 *cut, struct ISA(sums) * sums)
{
    const basin_f64x4 least = (basin_f64x4){0} + 0x1p-1022;
    basin_i64x4 normal = *p >= least;
    basin_f64x4 kept = (basin_f64x4)((basin_i64x4)*p & normal);
    basin_f64x4 logarithm =
        (basin_f64x4)(((basin_i64x4)*p & normal) | ((basin_i64x4)least & ~normal));
    ISA(logarithm)(&logarithm);
    sums->entropy -= kept * logarithm;
    sums->squares += *p * *p;
    sums->above += *p > *cut;
}

TARGET static struct basin_concentration ISA(concentration)(
    const double *weights, size_t n, double cut_at)
{
    basin_f64x4 cut = (basin_f64x4){0} + cut_at;
    struct ISA(sums) even = {{0}, {0}, {0}};
    struct ISA(sums) odd = {{0}, {0}, {0}};
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        basin_f64x4 p[2];
        memcpy(&p[0], weights + i, sizeof(p[0]));
        memcpy(&p[1], weights + i + 4, sizeof(p[1]));
        ISA(count)(&p[0], &cut, &even);
        ISA(count)(&p[1], &cut, &odd);
    }
    for (; i < n; i += 4) { /* lanes beyond the end are neither above nor of any weight */
        basin_f64x4 p = {0};
        basin_f64x4 rest = (basin_f64x4){0} + INFINITY;
        size_t bytes = (n - i < 4 ? n - i : 4) * sizeof(*weights);
        memcpy(&p, weights + i, bytes);
        memcpy(&rest, &cut, bytes);
        ISA(count)(&p, &rest, &even);
    }
    basin_f64x4 entropy = even.entropy + odd.entropy;
    basin_f64x4 squares = even.squares + odd.squares;
    basin_i64x4 above = even.above + odd.above;
    return (struct basin_concentration){
        .above = (size_t) - (above[0] + above[1] + above[2] + above[3]),
        .entropy = (entropy[0] + entropy[1]) + (entropy[2] + entropy[3]),
        .squares = (squares[0] + squares[1]) + (squares[2] + squares[3])};
}
