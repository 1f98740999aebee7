/* The loops of select.c: included once for each instruction set, with ISA(name) the name
 * of a function, TARGET its attribute, AVX2 whether it has AVX2. */

/* Mass and number of the candidates that are at least the pivot. */
TARGET static double ISA(mass_above)(
    const double *x, size_t n, double pivot, size_t *count)
{
    basin_f64x4 at = {pivot, pivot, pivot, pivot};
    basin_f64x4 sum[2] = {{0}, {0}};
    basin_i64x4 less[2] = {{0}, {0}};
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
        for (size_t k = 0; k < 2; k++) {
            basin_f64x4 v;
            memcpy(&v, x + i + 4 * k, sizeof(v));
            basin_i64x4 above = v >= at;
            sum[k] += (basin_f64x4)((basin_i64x4)v & above);
            less[k] += above;
        }
    }
    sum[0] += sum[1];
    less[0] += less[1];
    double mass = (sum[0][0] + sum[0][1]) + (sum[0][2] + sum[0][3]);
    *count = (size_t) - (less[0][0] + less[0][1] + less[0][2] + less[0][3]);
    for (; i < n; i++) {
        mass += x[i] >= pivot ? x[i] : 0;
        *count += x[i] >= pivot;
    }
    return mass;
}

/* Keeps the candidates that are at least the pivot (or that are less), in order, moving
 * them from one place to another or within one. What is written never overtakes what is
 * read, rubbish behind the kept ones included. */
TARGET static void ISA(keep)(
    const double *from, size_t n, double pivot, bool above, double *to)
{
    size_t i = 0;
#if AVX2
    const __m256d at = _mm256_set1_pd(pivot);
    const int flip = above ? 0 : 15;
    for (; i + 4 <= n; i += 4) {
        __m256d v = _mm256_loadu_pd(from + i);
        int mask = _mm256_movemask_pd(_mm256_cmp_pd(v, at, _CMP_GE_OQ)) ^ flip;
        __m256i order = _mm256_load_si256((const __m256i *)(const void *)FRONT[mask]);
        v = _mm256_castps_pd(_mm256_permutevar8x32_ps(_mm256_castpd_ps(v), order));
        _mm256_storeu_pd(to, v);
        to += __builtin_popcount((unsigned)mask);
    }
#endif
    for (; i < n; i++) {
        *to = from[i];
        to += (from[i] >= pivot) == above;
    }
}

/* The answer for a few candidates: one belongs to the k largest if the mass of those
 * before it does not suffice. */
TARGET static size_t ISA(rank)(const double *x, size_t n, double mass)
{
    basin_f64x4 v[FEW / 4];
    basin_f64x4 before[FEW / 4];
    memset(v, 0, sizeof(v));
    memset(before, 0, sizeof(before));
    memcpy(v, x, n * sizeof(*x));
    const basin_i64x4 lanes = {0, 1, 2, 3};
    for (size_t j = 0; j < n; j++) {
        basin_f64x4 y = {x[j], x[j], x[j], x[j]};
        for (size_t i = 0; i < FEW / 4; i++) {
            basin_i64x4 later = lanes > (int64_t)j - (int64_t)(4 * i);
            basin_i64x4 counts = (y > v[i]) | ((y == v[i]) & later);
            before[i] += (basin_f64x4)((basin_i64x4)y & counts);
        }
    }
    size_t k = 0;
    for (size_t i = 0; i < n; i++) {
        k += before[i / 4][i % 4] < mass;
    }
    return k;
}

TARGET static size_t ISA(select_k)(
    const double *weights, size_t n, double mass, double *scratch)
{
    const double *x = weights;
    size_t k = 0;
    size_t all = 0;
    double total = ISA(mass_above)(x, n, 0, &all);
    if (all != n) { /* some are negative: more of them need not be more mass */
        return basin_select_k_plain(x, n, mass, scratch);
    }
    while (n > FEW) {
        double pivot = total / (double)n;
        size_t count;
        double above = ISA(mass_above)(x, n, pivot, &count);
        if (count == 0 || count == n) { /* all are equal, up to the mean's rounding */
            return k + basin_select_k_plain(x, n, mass, scratch);
        }
        bool in_above = above >= mass;
        ISA(keep)(x, n, pivot, in_above, scratch);
        x = scratch;
        if (in_above) {
            n = count;
            total = above;
        } else {
            k += count;
            mass -= above;
            n -= count;
            total -= above;
        }
    }
    return k + ISA(rank)(x, n, mass);
}
