/* Vectors and the choice of instructions.
 *
 * Hot loops are written once, on GCC's and clang's vector types, and compiled for AVX2
 * with FMA and for whatever the compiler was told to build for ("portable", any machine);
 * those that multiply or count, for AVX-512, too, which gives the bits of AVX2. The best
 * is chosen when a kernel's struct is made, and stands in it, so that tests can run every
 * one up to basin_isa_best(). */
#ifndef BASIN_KERNELS_SIMD_H
#define BASIN_KERNELS_SIMD_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

enum basin_isa { BASIN_ISA_PORTABLE, BASIN_ISA_AVX2, BASIN_ISA_AVX512 };

#if defined(__x86_64__)
#define BASIN_HAVE_AVX2 1
#define BASIN_TARGET_AVX2 __attribute__((target("avx2,fma,popcnt")))
#define BASIN_TARGET_AVX512                                                              \
    __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma,popcnt")))
#else
#define BASIN_HAVE_AVX2 0
#define BASIN_TARGET_AVX2
#define BASIN_TARGET_AVX512
#endif

#define BASIN_INLINE static inline __attribute__((always_inline))

/* Of what was compiled for each, name_avx512, name_avx2 or name_portable. */
#define BASIN_CODE(isa, name)                                                            \
    ((isa) == BASIN_ISA_AVX512    ? &name##_avx512                                       \
        : (isa) == BASIN_ISA_AVX2 ? &name##_avx2                                         \
                                  : &name##_portable)

/* The best that this machine has. */
static inline enum basin_isa basin_isa_best(void)
{
#if BASIN_HAVE_AVX2
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
        __builtin_cpu_supports("popcnt")) {
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                       __builtin_cpu_supports("avx512dq") &&
                       __builtin_cpu_supports("avx512bw")
                   ? BASIN_ISA_AVX512
                   : BASIN_ISA_AVX2;
    }
#endif
    return BASIN_ISA_PORTABLE;
}

/* Vectors of 32 bytes and their halves, which may look at any memory. They are passed
 * through memory, never by value: how a function takes them depends on its instruction
 * set. */
typedef int8_t basin_i8x32 __attribute__((vector_size(32), may_alias));
typedef uint8_t basin_u8x32 __attribute__((vector_size(32), may_alias));
typedef int8_t basin_i8x16 __attribute__((vector_size(16), may_alias));
typedef uint8_t basin_u8x16 __attribute__((vector_size(16), may_alias));
typedef int16_t basin_i16x16 __attribute__((vector_size(32), may_alias));
typedef int16_t basin_i16x8 __attribute__((vector_size(16), may_alias));
typedef uint16_t basin_u16x16 __attribute__((vector_size(32), may_alias));
typedef int32_t basin_i32x8 __attribute__((vector_size(32), may_alias));
typedef uint32_t basin_u32x8 __attribute__((vector_size(32), may_alias));
typedef int64_t basin_i64x4 __attribute__((vector_size(32), may_alias));
typedef float basin_f32x4 __attribute__((vector_size(16), may_alias));
typedef float basin_f32x8 __attribute__((vector_size(32), may_alias));
typedef double basin_f64x4 __attribute__((vector_size(32), may_alias));
typedef uint64_t basin_u64x4 __attribute__((vector_size(32), may_alias));

enum { BASIN_ALIGNMENT = 64 };
#define BASIN_ALIGNED __attribute__((aligned(64)))

/* n and what is missing to whole cache lines, in elements of the given size. */
static inline size_t basin_whole_lines(size_t n, size_t size)
{
    size_t line = BASIN_ALIGNMENT / size;
    return (n + line - 1) / line * line;
}

/* n elements of the given size, zeroed, on a cache line's boundary, with at least a
 * vector of zeros behind them; NULL if memory is out. Freed by free(). */
static inline void *basin_aligned(size_t n, size_t size)
{
    size_t line = BASIN_ALIGNMENT;
    if (size != 0 && n > (SIZE_MAX - 2 * line) / size) {
        return NULL;
    }
    size_t bytes = (n * size / line + 2) * line;
    void *memory = aligned_alloc(line, bytes);
    if (memory != NULL) {
        __builtin_memset(memory, 0, bytes);
    }
    return memory;
}

#endif
