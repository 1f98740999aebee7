/* Random streams: Philox4x32-10 behind GSL's interface. */
#include "base/rng.h"

#include <string.h>

struct philox {
    uint32_t key[2];
    uint32_t counter[4]; /* block number in [0] and [1], sequence in [2] and [3] */
    uint32_t block[4];
    uint32_t used; /* numbers of block already given out; 4 when a new one is due */
};

/* In four variables, not the array: they stay in registers. */
void basin_philox_block(const uint32_t key[2], uint32_t counter[4])
{
    uint32_t k0 = key[0];
    uint32_t k1 = key[1];
    uint32_t c0 = counter[0];
    uint32_t c1 = counter[1];
    uint32_t c2 = counter[2];
    uint32_t c3 = counter[3];
    for (int round = 0; round < 10; round++) {
        uint64_t a = (uint64_t)0xD2511F53U * c0;
        uint64_t b = (uint64_t)0xCD9E8D57U * c2;
        c0 = (uint32_t)(b >> 32) ^ c1 ^ k0;
        c1 = (uint32_t)b;
        c2 = (uint32_t)(a >> 32) ^ c3 ^ k1;
        c3 = (uint32_t)a;
        k0 += 0x9E3779B9U;
        k1 += 0xBB67AE85U;
    }
    counter[0] = c0;
    counter[1] = c1;
    counter[2] = c2;
    counter[3] = c3;
}

static void philox_set_stream(void *state, uint64_t key, uint64_t sequence)
{
    struct philox *self = state;
    *self = (struct philox){
        .key = {(uint32_t)key, (uint32_t)(key >> 32)},
        .counter = {0, 0, (uint32_t)sequence, (uint32_t)(sequence >> 32)},
        .used = 4,
    };
}

static void philox_set(void *state, unsigned long seed)
{
    philox_set_stream(state, seed, 0);
}

static uint32_t philox_next(void *state)
{
    struct philox *self = state;
    if (self->used == 4) {
        memcpy(self->block, self->counter, sizeof(self->block));
        basin_philox_block(self->key, self->block);
        if (++self->counter[0] == 0) {
            self->counter[1]++;
        }
        self->used = 0;
    }
    return self->block[self->used++];
}

static unsigned long philox_get(void *state)
{
    return philox_next(state);
}

/* 53 random bits in [0, 1): GSL's own 32-bit default is too coarse for tails. */
static double philox_get_double(void *state)
{
    uint64_t high = philox_next(state) >> 5;
    uint64_t low = philox_next(state) >> 6;
    return (double)(high << 26 | low) * 0x1p-53;
}

static const gsl_rng_type philox_type = {
    .name = "philox4x32-10",
    .max = 0xffffffffUL,
    .min = 0,
    .size = sizeof(struct philox),
    .set = philox_set,
    .get = philox_get,
    .get_double = philox_get_double,
};

const gsl_rng_type *basin_rng_philox = &philox_type;

uint64_t basin_rng_key(uint64_t root, uint64_t identity, enum basin_purpose purpose)
{
    uint32_t counter[4] = {
        (uint32_t)identity, (uint32_t)(identity >> 32), (uint32_t)purpose, 0x62617369U};
    const uint32_t key[2] = {(uint32_t)root, (uint32_t)(root >> 32)};
    basin_philox_block(key, counter);
    return (uint64_t)counter[1] << 32 | counter[0];
}

void basin_rng_start(gsl_rng *r, uint64_t key, uint64_t sequence)
{
    philox_set_stream(r->state, key, sequence);
}

uint64_t basin_rng_sequence(uint32_t replicate, uint32_t index)
{
    return (uint64_t)replicate << 32 | index;
}
