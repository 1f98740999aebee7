/* Sums over weights that say how widely they are spread. */
#include "kernels/entropy.h"

#include <math.h>
#include <string.h>

/* x = ln x for x > 0, from x = 2^k m with m in [sqrt(1/2), sqrt(2)) and
 * ln m = 2 artanh s = 2 (s + s^3 / 3 + ...), s = (m - 1) / (m + 1), |s| < 0.172. */
BASIN_INLINE void logarithm(basin_f64x4 *x)
{
    const uint64_t root = 0x3fe6a09e667f3bcd; /* of 1/2 */
    const uint64_t bias = 1024;               /* keeps k from being negative */
    basin_u64x4 bits = (basin_u64x4)*x;
    basin_u64x4 power = (bits - root + (bias << 52)) >> 52;
    basin_f64x4 k = (basin_f64x4)(power | (uint64_t)0x4330000000000000) - (0x1p52 + 1024);
    basin_f64x4 m = (basin_f64x4)(bits - ((power - bias) << 52));
    basin_f64x4 s = (m - 1) / (m + 1);
    basin_f64x4 s2 = s * s;
    basin_f64x4 rest = s2 * (1.0 / 21) + 1.0 / 19;
    rest = rest * s2 + 1.0 / 17;
    rest = rest * s2 + 1.0 / 15;
    rest = rest * s2 + 1.0 / 13;
    rest = rest * s2 + 1.0 / 11;
    rest = rest * s2 + 1.0 / 9;
    rest = rest * s2 + 1.0 / 7;
    rest = rest * s2 + 1.0 / 5;
    rest = rest * s2 + 1.0 / 3;
    *x = k * 0x1.62e42fefa39efp-1 + 2 * (s + s * s2 * rest);
}

BASIN_INLINE void sum_up(const double *p, size_t n, double cut, struct basin_entropy *out)
{
    basin_f64x4 entropy = {0};
    basin_f64x4 squares = {0};
    basin_i64x4 above = {0};
    for (size_t i = 0; i < n; i += 4) {
        basin_f64x4 x = {-1, -1, -1, -1}; /* beyond the end: counts for nothing */
        if (n - i >= 4) {
            memcpy(&x, p + i, sizeof(x));
        } else {
            memcpy(&x, p + i, (n - i) * sizeof(*p));
        }
        basin_i64x4 there = (basin_i64x4){0, 1, 2, 3} < (int64_t)(n - i);
        basin_f64x4 product = x;
        logarithm(&product);
        product *= x;
        entropy -= (basin_f64x4)((basin_i64x4)product & (x > 0));
        squares += (basin_f64x4)((basin_i64x4)(x * x) & there);
        above -= (x > cut) & there;
    }
    out->entropy = (entropy[0] + entropy[1]) + (entropy[2] + entropy[3]);
    out->squares = (squares[0] + squares[1]) + (squares[2] + squares[3]);
    out->above = (size_t)((above[0] + above[1]) + (above[2] + above[3]));
}

static void sum_up_portable(
    const double *p, size_t n, double cut, struct basin_entropy *out)
{
    sum_up(p, n, cut, out);
}

BASIN_TARGET_AVX2 static void sum_up_avx2(
    const double *p, size_t n, double cut, struct basin_entropy *out)
{
    sum_up(p, n, cut, out);
}

void basin_entropy_of(
    enum basin_isa isa, const double *p, size_t n, double cut, struct basin_entropy *out)
{
    (isa != BASIN_ISA_PORTABLE ? sum_up_avx2 : sum_up_portable)(p, n, cut, out);
}

void basin_entropy_plain(const double *p, size_t n, double cut, struct basin_entropy *out)
{
    *out = (struct basin_entropy){0};
    for (size_t i = 0; i < n; i++) {
        out->entropy -= p[i] > 0 ? p[i] * log(p[i]) : 0;
        out->squares += p[i] * p[i];
        out->above += p[i] > cut;
    }
}
