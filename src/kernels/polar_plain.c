/* The plain twins of polar.c: the specification of the classical network, one state and
 * one unit after the other. */
#include "kernels/polar_work.h"

static int sign_of(double x)
{
    return (x > 0) - (x < 0);
}

static int pattern_at(const struct basin_polar *self, size_t mu, size_t i)
{
    return (self->columns[i * self->words + mu / 64] >> mu % 64 & 1) != 0 ? 1 : -1;
}

void basin_polar_overlaps_plain(const struct basin_polar *self, const double *states,
    size_t stride, size_t m, int32_t *overlaps)
{
    for (size_t j = 0; j < m; j++) {
        for (size_t mu = 0; mu < self->n; mu++) {
            int32_t u = 0;
            for (size_t i = 0; i < self->d; i++) {
                u += pattern_at(self, mu, i) * sign_of(states[j * stride + i]);
            }
            overlaps[j * self->n + mu] = u;
        }
    }
}

/* sgn(h + self s - b), compared as h with b - self s. */
static double updated(
    const struct basin_polar_update *update, size_t i, int32_t h, double state)
{
    int s = sign_of(state);
    double bias = update->bias == NULL ? 0 : update->bias[i];
    double threshold = bias - update->self * s;
    if (h > threshold) {
        return 1;
    }
    if (h < threshold) {
        return -1;
    }
    switch (update->tie) {
    case BASIN_POLAR_PLUS:
        return 1;
    case BASIN_POLAR_MINUS:
        return -1;
    default:
        return s;
    }
}

static int32_t field_at(const struct basin_polar *self, const int32_t *overlap, size_t i)
{
    int32_t h = 0;
    for (size_t mu = 0; mu < self->n; mu++) {
        h += pattern_at(self, mu, i) * overlap[mu];
    }
    return h;
}

void basin_polar_step_plain(const struct basin_polar *self,
    const struct basin_polar_update *update, struct basin_polar_work *work,
    double *states, size_t stride, size_t m)
{
    for (size_t j = 0; j < m; j++) {
        double *state = states + j * stride;
        basin_polar_overlaps_plain(self, state, stride, 1, work->lane);
        for (size_t i = 0; i < self->d; i++) {
            state[i] = updated(update, i, field_at(self, work->lane, i), state[i]);
        }
    }
}

void basin_polar_sweep_plain(const struct basin_polar *self,
    const struct basin_polar_update *update, struct basin_polar_work *work,
    const size_t *order, double *states, size_t stride, size_t m)
{
    for (size_t j = 0; j < m; j++) {
        double *state = states + j * stride;
        basin_polar_overlaps_plain(self, state, stride, 1, work->lane);
        for (size_t k = 0; k < self->d; k++) {
            size_t i = order[k];
            int before = sign_of(state[i]);
            state[i] = updated(update, i, field_at(self, work->lane, i), state[i]);
            int change = (int)state[i] - before;
            for (size_t mu = 0; change != 0 && mu < self->n; mu++) {
                work->lane[mu] += pattern_at(self, mu, i) * change;
            }
        }
    }
}
