/* The loops of select.c: included once for each type and instruction set, with real the
 * type of weights, ISA(name) the name of a function, TARGET its attribute, AVX2 whether
 * it has AVX2 and SINGLE whether weights are floats. Sums are doubles. */

/* Four weights as doubles. */
TARGET static inline void ISA(load)(const real *x, basin_f64x4 *v)
{
#if SINGLE
    basin_f32x4 four;
    memcpy(&four, x, sizeof(four));
    *v = __builtin_convertvector(four, basin_f64x4);
#else
    memcpy(v, x, sizeof(*v));
#endif
}

/* What is counted among candidates, in four lanes. */
struct ISA(sums) {
    basin_f64x4 above, all;
    basin_i64x4 less;  /* minus the number of those above */
    basin_i64x4 whole; /* none is negative */
};

/* Four candidates; `first`: all and whole are wanted, too. */
TARGET BASIN_INLINE void ISA(count)(
    const real *x, const basin_f64x4 *at, bool first, struct ISA(sums) * sums)
{
    basin_f64x4 v;
    ISA(load)(x, &v);
    basin_i64x4 above = v >= *at;
    sums->above += (basin_f64x4)((basin_i64x4)v & above);
    sums->less += above;
    if (first) {
        sums->all += v;
        sums->whole &= v >= 0;
    }
}

/* Mass and number of the candidates that are at least the pivot; the first time *total
 * becomes the mass of all, or a NaN if some are negative. */
TARGET BASIN_INLINE double ISA(mass_above)(
    const real *x, size_t n, real pivot, bool first, size_t *count, double *total)
{
    const basin_f64x4 zero = {0};
    basin_f64x4 at = zero + (double)pivot;
    struct ISA(sums) even = {zero, zero, (basin_i64x4)zero, ~(basin_i64x4)zero};
    struct ISA(sums) odd = even;
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        ISA(count)(x + i, &at, first, &even);
        ISA(count)(x + i + 4, &at, first, &odd);
    }
    basin_f64x4 sum = even.above + odd.above;
    basin_f64x4 all = even.all + odd.all;
    basin_i64x4 less = even.less + odd.less;
    basin_i64x4 whole = even.whole & odd.whole;
    double mass = (sum[0] + sum[1]) + (sum[2] + sum[3]);
    double rest = (all[0] + all[1]) + (all[2] + all[3]);
    bool good = (whole[0] & whole[1] & whole[2] & whole[3]) != 0;
    *count = (size_t) - (less[0] + less[1] + less[2] + less[3]);
    for (; i < n; i++) {
        mass += x[i] >= pivot ? (double)x[i] : 0;
        *count += x[i] >= pivot;
        rest += (double)x[i];
        good = good && x[i] >= 0;
    }
    if (first) {
        *total = good ? rest : NAN;
    }
    return mass;
}

/* Keeps the candidates that are at least the pivot (or that are less), in order, moving
 * them from one place to another or within one. What is written never overtakes what is
 * read, rubbish behind the kept ones included. */
TARGET static void ISA(keep)(const real *from, size_t n, real pivot, bool above, real *to)
{
    size_t i = 0;
#if AVX2
    const int flip = above ? 0 : 15;
#if SINGLE
    const __m128 at = _mm_set1_ps(pivot);
    for (; i + 4 <= n; i += 4) {
        __m128 v = _mm_loadu_ps(from + i);
        int mask = _mm_movemask_ps(_mm_cmp_ps(v, at, _CMP_GE_OQ)) ^ flip;
        __m128i order = _mm_load_si128((const __m128i *)(const void *)FRONT_SINGLE[mask]);
        _mm_storeu_ps(to, _mm_permutevar_ps(v, order));
        to += __builtin_popcount((unsigned)mask);
    }
#else
    const __m256d at = _mm256_set1_pd(pivot);
    for (; i + 4 <= n; i += 4) {
        __m256d v = _mm256_loadu_pd(from + i);
        int mask = _mm256_movemask_pd(_mm256_cmp_pd(v, at, _CMP_GE_OQ)) ^ flip;
        __m256i order = _mm256_load_si256((const __m256i *)(const void *)FRONT[mask]);
        v = _mm256_castps_pd(_mm256_permutevar8x32_ps(_mm256_castpd_ps(v), order));
        _mm256_storeu_pd(to, v);
        to += __builtin_popcount((unsigned)mask);
    }
#endif
#endif
    for (; i < n; i++) {
        *to = from[i];
        to += (from[i] >= pivot) == above;
    }
}

/* The answer for a few candidates: one belongs to the k largest if the mass of those
 * before it does not suffice. */
TARGET static size_t ISA(rank)(const real *x, size_t n, double mass)
{
    double few[FEW + 4];
    size_t k = 0;
    for (size_t j = 0; j < FEW + 4; j++) {
        few[j] = j < n ? (double)x[j] : 0;
    }
    for (size_t i = 0; i < n; i += 4) {
        basin_f64x4 v;
        basin_f64x4 before = {0};
        basin_i64x4 lanes = {0, 1, 2, 3};
        memcpy(&v, few + i, sizeof(v));
        lanes += (int64_t)i;
        for (size_t j = 0; j < n; j++) {
            basin_f64x4 y = (basin_f64x4){0} + few[j];
            basin_i64x4 counts = (y > v) | ((y == v) & (lanes > (int64_t)j));
            before += (basin_f64x4)((basin_i64x4)y & counts);
        }
        basin_i64x4 needed = (before < mass) & (lanes < (int64_t)n);
        k += (size_t) - (needed[0] + needed[1] + needed[2] + needed[3]);
    }
    return k;
}

/* By sorting. x may be what scratch begins with, so its last number moves first. */
TARGET static size_t ISA(sorted)(const real *x, size_t n, double mass, double *scratch)
{
    for (size_t i = n; i-- > 0;) {
        real last;
        memcpy(&last, x + i, sizeof(last));
        double wide = (double)last;
        memcpy(scratch + i, &wide, sizeof(wide));
    }
    return basin_select_k_plain(scratch, n, mass, scratch);
}

TARGET static size_t ISA(select_k)(
    const real *weights, size_t n, double mass, double *scratch)
{
    const real *x = weights;
    size_t k = 0;
    size_t count = 0;
    double total = 0;
    real pivot = (real)(1 / (double)n); /* the mean, if they sum to 1 */
    double above = ISA(mass_above)(x, n, pivot, true, &count, &total);
    if (!(total >= 0)) { /* some are negative: more of them need not be more mass */
        return ISA(sorted)(x, n, mass, scratch);
    }
    while (n > FEW) {
        if (count == 0 || count == n) { /* 1/n was no good pivot; or all are equal */
            pivot = (real)(total / (double)n);
            above = ISA(mass_above)(x, n, pivot, false, &count, &total);
        }
        if (count == 0 || count == n) { /* up to the mean's rounding */
            return k + ISA(sorted)(x, n, mass, scratch);
        }
        bool in_above = above >= mass;
        ISA(keep)(x, n, pivot, in_above, (real *)(void *)scratch);
        x = (const real *)(const void *)scratch;
        if (in_above) {
            n = count;
            total = above;
        } else {
            k += count;
            mass -= above;
            n -= count;
            total -= above;
        }
        count = 0;
    }
    return k + ISA(rank)(x, n, mass);
}
