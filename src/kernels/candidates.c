/* Keys that may matter to a query while scores stream by. */
#include "kernels/candidates.h"

#include <math.h>
#include <stdlib.h>

void basin_candidates_free(struct basin_candidates *self)
{
    free(self->index);
    free(self->score);
    *self = (struct basin_candidates){0};
}

void basin_candidates_start(struct basin_candidates *self, double width, size_t most)
{
    self->count = 0;
    self->width = width;
    self->most = most;
    self->floor = -INFINITY;
    self->largest = -INFINITY;
}

void basin_candidates_raise(struct basin_candidates *self, double largest)
{
    self->largest = fmax(self->largest, largest);
    self->floor = fmax(self->floor, self->largest - self->width);
}

static bool grow(struct basin_candidates *self)
{
    size_t capacity = self->capacity == 0 ? 64 : 2 * self->capacity;
    size_t *index = realloc(self->index, capacity * sizeof(*index));
    if (index != NULL) {
        self->index = index;
    }
    double *score = realloc(self->score, capacity * sizeof(*score));
    if (score != NULL) {
        self->score = score;
    }
    if (index == NULL || score == NULL) {
        return false;
    }
    self->capacity = capacity;
    return true;
}

/* Whether candidate i must give way before candidate j. */
static bool before(const struct basin_candidates *self, size_t i, size_t j)
{
    if (self->score[i] != self->score[j]) {
        return self->score[i] < self->score[j];
    }
    return self->index[i] > self->index[j];
}

static void swap(struct basin_candidates *self, size_t i, size_t j)
{
    size_t index = self->index[i];
    double score = self->score[i];
    self->index[i] = self->index[j];
    self->score[i] = self->score[j];
    self->index[j] = index;
    self->score[j] = score;
}

/* The candidates are a heap whose root gives way first. */
static void sift_up(struct basin_candidates *self, size_t i)
{
    while (i > 0 && before(self, i, (i - 1) / 2)) {
        swap(self, i, (i - 1) / 2);
        i = (i - 1) / 2;
    }
}

static void sift_down(struct basin_candidates *self)
{
    size_t i = 0;
    for (;;) {
        size_t least = i;
        for (size_t child = 2 * i + 1; child <= 2 * i + 2; child++) {
            if (child < self->count && before(self, child, least)) {
                least = child;
            }
        }
        if (least == i) {
            return;
        }
        swap(self, i, least);
        i = least;
    }
}

bool basin_candidates_add(struct basin_candidates *self, size_t index, double score)
{
    size_t place = self->count;
    if (self->most != 0 && self->count == self->most) {
        place = 0;
    } else if (self->count == self->capacity) {
        basin_candidates_prune(self);
        if (2 * self->count > self->capacity || self->capacity == 0) {
            if (!grow(self)) {
                return false;
            }
        }
        place = self->count;
    }
    self->index[place] = index;
    self->score[place] = score;
    if (self->most == 0) {
        self->count++;
        return true;
    }
    if (place == self->count) {
        self->count++;
        sift_up(self, place);
    } else {
        sift_down(self);
    }
    if (self->count == self->most) {
        self->floor = fmax(self->floor, self->score[0]);
    }
    return true;
}

void basin_candidates_prune(struct basin_candidates *self)
{
    double least = self->largest - self->width;
    size_t kept = 0;
    for (size_t i = 0; i < self->count; i++) {
        if (self->score[i] > least) {
            self->index[kept] = self->index[i];
            self->score[kept] = self->score[i];
            kept++;
        }
    }
    self->count = kept;
}
