/* Keys that may matter to a query while scores stream by: those whose score is above a
 * floor that only rises, or the most with the largest scores. */
#ifndef BASIN_KERNELS_CANDIDATES_H
#define BASIN_KERNELS_CANDIDATES_H

#include <stdbool.h>
#include <stddef.h>

/* Start it as {0}. */
struct basin_candidates {
    size_t count, capacity;
    size_t *index;  /* owned; of the key */
    double *score;  /* owned */
    double floor;   /* only higher scores matter */
    double largest; /* score seen: floor is at least largest - width */
    double width;
    size_t most; /* 0: all of them */
};

void basin_candidates_free(struct basin_candidates *self);

/* Forgets all, keeps the memory. */
void basin_candidates_start(struct basin_candidates *self, double width, size_t most);

/* Says that there is a score as large as this. */
void basin_candidates_raise(struct basin_candidates *self, double largest);

/* Takes in a score above the floor; indexes come in rising order. With `most` candidates
 * there, it takes the place of the smallest, of those that are equal of the last, and the
 * floor rises to the smallest then left. False when memory is out. */
bool basin_candidates_add(struct basin_candidates *self, size_t index, double score);

/* Drops what is not above largest - width. */
void basin_candidates_prune(struct basin_candidates *self);

#endif
