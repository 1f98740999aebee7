/* The natural logarithm of four doubles, for sources that are compiled for several
 * instruction sets: ISA(name) is the name of a function, TARGET its attribute. */

/* ln v for v in (0, 1], not subnormal: with v = 2^e m, m in [1/sqrt 2, sqrt 2) and
 * s = (m - 1)/(m + 1), ln v = e ln 2 + 2 artanh s, of which 10 terms. */
TARGET static inline void ISA(logarithm)(basin_f64x4 *v)
{
    const basin_u64x4 zero = {0};
    const basin_u64x4 root_half = zero + 0x3FE6A09E667F3BCDU;
    const basin_u64x4 unit = zero + 0x4330000000000000U; /* 2^52, whose last bit is 1 */
    basin_u64x4 bits = (basin_u64x4)*v;
    basin_u64x4 above = (bits - root_half + ((uint64_t)1023 << 52)) >> 52;
    basin_f64x4 e = (basin_f64x4)(above | unit) - (0x1p52 + 1023);
    basin_f64x4 m = (basin_f64x4)(bits - (above << 52) + ((uint64_t)1023 << 52));
    basin_f64x4 s = (m - 1) / (m + 1);
    basin_f64x4 z = s * s;
    basin_f64x4 z2 = z * z;
    basin_f64x4 z4 = z2 * z2;
    basin_f64x4 low = (z * (1.0 / 3) + 1.0) + z2 * (z * (1.0 / 7) + 1.0 / 5);
    basin_f64x4 high = (z * (1.0 / 11) + 1.0 / 9) + z2 * (z * (1.0 / 15) + 1.0 / 13);
    basin_f64x4 p = low + z4 * (high + z4 * (z * (1.0 / 19) + 1.0 / 17));
    *v = e * 0.69314718055994531 + (s + s) * p;
}
