/* The loops of random.c: included once for each instruction set, with ISA(name) the name
 * of a function, TARGET its attribute, AVX2 whether it has AVX2. Four blocks go side by
 * side, a 64-bit lane each, in which a 32-bit word may have rubbish above it. */

#if AVX2
#define MULTIPLY(a, b) ((basin_u64x4)_mm256_mul_epu32((__m256i)(a), (__m256i)(b)))
#define ROOT(x) ((basin_f64x4)_mm256_sqrt_pd(x))
#else
#define MULTIPLY(a, b) (((a)&0xffffffff) * (b))
#define ROOT(x) ((basin_f64x4){sqrt((x)[0]), sqrt((x)[1]), sqrt((x)[2]), sqrt((x)[3])})
#endif
#define REAL(x) ((basin_f64x4){(x), (x), (x), (x)})
#define WORD(x) ((basin_u64x4){(x), (x), (x), (x)})

/* One round of four blocks. */
#define ROUND(w0, w1, w2, w3)                                                            \
    {                                                                                    \
        basin_u64x4 a = MULTIPLY(w0, m0);                                                \
        basin_u64x4 b = MULTIPLY(w2, m1);                                                \
        (w0) = (b >> 32) ^ (w1) ^ k0;                                                    \
        (w1) = b;                                                                        \
        (w2) = (a >> 32) ^ (w3) ^ k1;                                                    \
        (w3) = a;                                                                        \
    }

/* Words 0 to 3 of blocks `block` to `block` + 3, then those of the four blocks after
 * them: one multiplication waits for another, so two are kept under way. */
TARGET static inline void ISA(blocks)(
    uint64_t key, uint64_t sequence, uint64_t block, basin_u64x4 word[8])
{
    const basin_u64x4 m0 = WORD(0xD2511F53U);
    const basin_u64x4 m1 = WORD(0xCD9E8D57U);
    basin_u64x4 k0 = WORD(key & 0xffffffff);
    basin_u64x4 k1 = WORD(key >> 32);
    basin_u64x4 number = {block, block + 1, block + 2, block + 3};
    basin_u64x4 w0 = number & 0xffffffff;
    basin_u64x4 w1 = number >> 32;
    basin_u64x4 w2 = WORD(sequence & 0xffffffff);
    basin_u64x4 w3 = WORD(sequence >> 32);
    number += 4;
    basin_u64x4 v0 = number & 0xffffffff;
    basin_u64x4 v1 = number >> 32;
    basin_u64x4 v2 = w2;
    basin_u64x4 v3 = w3;
    for (int round = 0; round < 10; round++) {
        ROUND(w0, w1, w2, w3)
        ROUND(v0, v1, v2, v3)
        k0 += 0x9E3779B9U;
        k1 += 0xBB67AE85U;
    }
    word[0] = w0 & 0xffffffff;
    word[1] = w1 & 0xffffffff;
    word[2] = w2 & 0xffffffff;
    word[3] = w3 & 0xffffffff;
    word[4] = v0 & 0xffffffff;
    word[5] = v1 & 0xffffffff;
    word[6] = v2 & 0xffffffff;
    word[7] = v3 & 0xffffffff;
}
#undef ROUND

/* 27 + 26 bits into [0, 1): both parts, their sum and the scaling are exact. */
TARGET static inline void ISA(uniform)(
    const basin_u64x4 *high, const basin_u64x4 *low, basin_f64x4 *u)
{
    const basin_u64x4 unit = WORD(0x4330000000000000U); /* 2^52, whose last bit is 1 */
    basin_f64x4 h = (basin_f64x4)(*high >> 5 | unit) - 0x1p52;
    basin_f64x4 l = (basin_f64x4)(*low >> 6 | unit) - 0x1p52;
    *u = (h * 0x1p26 + l) * 0x1p-53;
}

/* a0 b0 a1 b1 a2 b2 a3 b3. */
TARGET static inline void ISA(interleave)(
    const basin_f64x4 *a, const basin_f64x4 *b, double *x)
{
#if AVX2
    __m256d low = _mm256_unpacklo_pd(*a, *b);
    __m256d high = _mm256_unpackhi_pd(*a, *b);
    _mm256_storeu_pd(x, _mm256_permute2f128_pd(low, high, 0x20));
    _mm256_storeu_pd(x + 4, _mm256_permute2f128_pd(low, high, 0x31));
#else
    for (size_t i = 0; i < 4; i++) {
        x[2 * i] = (*a)[i];
        x[2 * i + 1] = (*b)[i];
    }
#endif
}

/* ln v for v in (0, 1], not subnormal: with v = 2^e m, m in [1/sqrt 2, sqrt 2) and
 * s = (m - 1)/(m + 1), ln v = e ln 2 + 2 artanh s, of which 10 terms. */
TARGET static inline void ISA(logarithm)(basin_f64x4 *v)
{
    const basin_u64x4 root_half = WORD(0x3FE6A09E667F3BCDU);
    basin_u64x4 bits = (basin_u64x4)*v;
    basin_u64x4 above = (bits - root_half + ((uint64_t)1023 << 52)) >> 52;
    basin_f64x4 e = (basin_f64x4)(above | WORD(0x4330000000000000U)) - (0x1p52 + 1023);
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

/* cos and sin of 2 pi u for u in [0, 1), from the nearest quarter turn. */
TARGET static inline void ISA(turn)(
    const basin_f64x4 *u, basin_f64x4 *cosine, basin_f64x4 *sine)
{
    basin_f64x4 shifted = *u * 4 + 0x1.8p52;
    basin_u64x4 quarter = (basin_u64x4)shifted;
    basin_f64x4 t = (*u - (shifted - 0x1.8p52) * 0.25) * 6.2831853071795865;
    basin_f64x4 z = t * t;
    basin_f64x4 z2 = z * z;
    basin_f64x4 z4 = z2 * z2;
    basin_f64x4 low =
        (z * (1.0 / 120) - 1.0 / 6) + z2 * (z * (1.0 / 362880) - 1.0 / 5040);
    basin_f64x4 high =
        (z * (1.0 / 6227020800) - 1.0 / 39916800) + z2 * (-1.0 / 1307674368000);
    basin_f64x4 s = t + t * (z * (low + z4 * high));
    low = (z * (1.0 / 24) - 0.5) + z2 * (z * (1.0 / 40320) - 1.0 / 720);
    high = (z * (1.0 / 479001600) - 1.0 / 3628800) +
           z2 * (z * (1.0 / 20922789888000) - 1.0 / 87178291200);
    basin_f64x4 c = 1 + z * (low + z4 * high);
    basin_u64x4 swap = -(quarter & 1);
    basin_u64x4 cosine_sign = ((quarter + 1) & 2) << 62;
    basin_u64x4 sine_sign = (quarter & 2) << 62;
    *cosine =
        (basin_f64x4)((((basin_u64x4)s & swap) | ((basin_u64x4)c & ~swap)) ^ cosine_sign);
    *sine =
        (basin_f64x4)((((basin_u64x4)c & swap) | ((basin_u64x4)s & ~swap)) ^ sine_sign);
}

/* CHUNK numbers from CHUNK / 2 blocks on: the even ones into a, the odd ones into b. */
TARGET static inline void ISA(pairs)(uint64_t key, uint64_t sequence, uint64_t block,
    basin_f64x4 a[CHUNK / 8], basin_f64x4 b[CHUNK / 8])
{
    basin_u64x4 word[8];
    for (size_t i = 0; i < CHUNK / 8; i += 2) {
        ISA(blocks)(key, sequence, block + 4 * i, word);
        ISA(uniform)(&word[0], &word[1], &a[i]);
        ISA(uniform)(&word[2], &word[3], &b[i]);
        ISA(uniform)(&word[4], &word[5], &a[i + 1]);
        ISA(uniform)(&word[6], &word[7], &b[i + 1]);
    }
}

TARGET static void ISA(uniforms)(
    uint64_t key, uint64_t sequence, uint64_t block, double *x)
{
    basin_f64x4 a[CHUNK / 8];
    basin_f64x4 b[CHUNK / 8];
    ISA(pairs)(key, sequence, block, a, b);
    for (size_t i = 0; i < CHUNK / 8; i++) {
        ISA(interleave)(&a[i], &b[i], x + 8 * i);
    }
}

/* In two short loops, whose turns can overlap. */
TARGET static void ISA(gaussians)(
    uint64_t key, uint64_t sequence, uint64_t block, double *x)
{
    basin_f64x4 a[CHUNK / 8];
    basin_f64x4 b[CHUNK / 8];
    ISA(pairs)(key, sequence, block, a, b);
    for (size_t i = 0; i < CHUNK / 8; i++) {
        a[i] = 1 - a[i];
        ISA(logarithm)(&a[i]);
        a[i] *= -2;
        a[i] = ROOT(a[i]);
    }
    for (size_t i = 0; i < CHUNK / 8; i++) {
        basin_f64x4 cosine;
        basin_f64x4 sine;
        ISA(turn)(&b[i], &cosine, &sine);
        cosine *= a[i];
        sine *= a[i];
        ISA(interleave)(&cosine, &sine, x + 8 * i);
    }
}

#define FILL(name, chunk)                                                                \
    TARGET static void ISA(name)(uint64_t key, uint64_t sequence, double *x, size_t n)   \
    {                                                                                    \
        double last[CHUNK];                                                              \
        size_t i = 0;                                                                    \
        for (; i + CHUNK <= n; i += CHUNK) {                                             \
            ISA(chunk)(key, sequence, i / 2, x + i);                                     \
        }                                                                                \
        if (i < n) {                                                                     \
            ISA(chunk)(key, sequence, i / 2, last);                                      \
            memcpy(x + i, last, (n - i) * sizeof(*x));                                   \
        }                                                                                \
    }
FILL(fill_uniforms, uniforms)
FILL(fill_gaussians, gaussians)
#undef FILL

/* From the bits of eight blocks, 1024 signs at a time. */
TARGET static void ISA(fill_signs)(uint64_t key, uint64_t sequence, double *x, size_t n)
{
    for (size_t i = 0; i < n; i += 1024) {
        basin_u64x4 word[8];
        ISA(blocks)(key, sequence, i / 128, word);
        for (size_t j = 0; j < 32 && i + 32 * j < n; j++) {
            uint64_t bits = ~word[j / 16 * 4 + j % 4][j / 4 % 4];
            double *to = x + i + 32 * j;
            size_t left = n - i - 32 * j < 32 ? n - i - 32 * j : 32;
            size_t k = 0;
            basin_u64x4 shift = {63, 62, 61, 60};
            for (; k + 4 <= left; k += 4, shift -= 4) {
                basin_u64x4 sign = WORD(bits) << shift & WORD((uint64_t)1 << 63);
                sign |= (basin_u64x4)REAL(1.0);
                memcpy(to + k, &sign, sizeof(sign));
            }
            for (; k < left; k++) {
                to[k] = (bits >> k & 1) != 0 ? -1 : 1;
            }
        }
    }
}

/* Sixty-four numbers from the bits of eight blocks. */
TARGET static void ISA(drop)(
    uint64_t key, uint64_t sequence, uint64_t block, uint32_t below, float *x, size_t n)
{
    const float factor = 65536.0F / (65536.0F - (float)below);
    const int32_t limit = (int32_t)below;
    for (size_t i = 0; i < n; i += 64, block += 8) {
        basin_u64x4 word[8];
        float last[64];
        float *to = n - i >= 64 ? x + i : last;
        if (to == last) {
            memcpy(last, x + i, (n - i) * sizeof(*x));
            memset(last + (n - i), 0, (64 - (n - i)) * sizeof(*x));
        }
        ISA(blocks)(key, sequence, block, word);
        for (size_t w = 0; w < 4; w++) {
            basin_u32x8 bits = (basin_u32x8)(word[w] | word[w + 4] << 32);
            for (size_t h = 0; h < 2; h++, to += 8) {
                basin_i32x8 keep = (basin_i32x8)(bits >> 16 * (uint32_t)h & 0xffff);
                basin_f32x8 v;
                keep = keep >= limit;
                memcpy(&v, to, sizeof(v));
                v = (basin_f32x8)((basin_i32x8)(v * factor) & keep);
                memcpy(to, &v, sizeof(v));
            }
        }
        if (n - i < 64) {
            memcpy(x + i, last, (n - i) * sizeof(*x));
        }
    }
}

#undef MULTIPLY
#undef ROOT
#undef REAL
#undef WORD
