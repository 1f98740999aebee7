/* Random streams: Philox4x32-10, a counter-based generator behind GSL's interface.
 *
 * Salmon, Moraes, Dror & Shaw, "Parallel random numbers: as easy as 1, 2, 3" (2011).
 * The n-th number of a stream is a pure function of (key, sequence, n), so threads,
 * ranks, shards and restarts cannot change it. A key is made from the root seed, the
 * identity of what is drawn (the pattern source with its parameters, the cue, the cell)
 * and a purpose. What two cells have in common they draw alike: rules are compared on the
 * same patterns and cues (common random numbers). */
#ifndef BASIN_BASE_RNG_H
#define BASIN_BASE_RNG_H

#include <gsl/gsl_rng.h>
#include <stdint.h>

/* What a stream is for. Values are part of published results: never change or reuse one.
 */
#define BASIN_PURPOSES(X)                                                                \
    X(PATTERNS, 1)                                                                       \
    X(CUE, 2)                                                                            \
    X(ORDER, 3)                                                                          \
    X(FEATURES, 4)                                                                       \
    X(WEIGHTS, 5)                                                                        \
    X(BOOTSTRAP, 6)                                                                      \
    X(CHOICE, 7)                                                                         \
    X(TRAINING, 8)                                                                       \
    X(NOISE, 9)                                                                          \
    X(BATCH, 10)                                                                         \
    X(DROPOUT, 11)                                                                       \
    X(FITTING, 12)

enum basin_purpose {
#define BASIN_PURPOSE_VALUE(name, value) BASIN_FOR_##name = (value),
    BASIN_PURPOSES(BASIN_PURPOSE_VALUE)
#undef BASIN_PURPOSE_VALUE
};

/* The generator's type: 32-bit numbers, 0 to 2^32 - 1. gsl_rng_set(r, seed) starts the
 * stream (key = seed, sequence = 0). */
extern const gsl_rng_type *basin_rng_philox;

/* One block of four numbers: counter is changed into the output (known-answer tests). */
void basin_philox_block(const uint32_t key[2], uint32_t counter[4]);

/* Mixes a root seed, an identity's number and a purpose into the key of a stream. */
uint64_t basin_rng_key(uint64_t root, uint64_t identity, enum basin_purpose purpose);

/* Puts a generator of type basin_rng_philox at the start of stream (key, sequence).
 * Sequence numbers tell apart what shares a key: replicate << 32 | index. */
void basin_rng_start(gsl_rng *r, uint64_t key, uint64_t sequence);

/* replicate << 32 | index. */
uint64_t basin_rng_sequence(uint32_t replicate, uint32_t index);

#endif
