/* Progress for the person who waits. */
#include "run/progress.h"

#include "base/clock.h"

#include <math.h>
#include <stdarg.h>

enum { BAR = 30 };

static const double TERMINAL_SECONDS = 0.2;
static const double LOG_SECONDS = 5;

void basin_progress_start(
    struct basin_progress *self, FILE *out, bool terminal, size_t items, double cost)
{
    double now = basin_clock_seconds();
    *self = (struct basin_progress){.out = out,
        .terminal = terminal,
        .items = items,
        .cost = cost,
        .start = now,
        .shown = now};
}

void basin_progress_add(struct basin_progress *self, double cost, bool failed)
{
    self->done++;
    self->failed += failed;
    self->cost_done += cost;
}

void basin_progress_move(struct basin_progress *self, double cost)
{
    self->cost_done += cost;
}

void basin_progress_found(struct basin_progress *self, double cost)
{
    self->cost_done += cost;
    self->cost_found += cost;
}

double basin_progress_left(const struct basin_progress *self)
{
    double elapsed = basin_clock_seconds() - self->start;
    double own = self->cost_done - self->cost_found;
    return own > 0 ? elapsed * (self->cost - self->cost_done) / own : NAN;
}

void basin_progress_time(FILE *out, double seconds)
{
    unsigned long s = (unsigned long)(seconds + 0.5);
    if (s >= 3600) {
        fprintf(out, "%lu:%02lu:%02lu", s / 3600, s / 60 % 60, s % 60);
    } else if (s >= 60) {
        fprintf(out, "%lu:%02lu", s / 60, s % 60);
    } else {
        fprintf(out, "%lu s", s);
    }
}

static void show(struct basin_progress *self)
{
    double now = basin_clock_seconds();
    double elapsed = now - self->start;
    double part = self->cost > 0 ? self->cost_done / self->cost : 1;
    self->shown = now;
    if (self->terminal) {
        fputs("\r[", self->out);
        for (int i = 0; i < BAR; i++) {
            fputc(i < (int)(part * BAR) ? '#' : '.', self->out);
        }
        fputs("] ", self->out);
    }
    fprintf(self->out, "%3.0f %%  %zu of %zu", 100 * part, self->done, self->items);
    if (elapsed > 0) {
        fprintf(self->out, ", %.3g/s", (double)self->done / elapsed);
    }
    if (self->failed > 0) {
        fprintf(self->out, ", %zu failed", self->failed);
    }
    if (self->done < self->items && isfinite(basin_progress_left(self))) {
        fputs(", ", self->out);
        basin_progress_time(self->out, basin_progress_left(self));
        fputs(" left", self->out);
    }
    fputs(self->terminal ? "\033[K" : "\n", self->out);
    fflush(self->out);
}

void basin_progress_tick(struct basin_progress *self)
{
    double wait = self->terminal ? TERMINAL_SECONDS : LOG_SECONDS;
    if (self->out != NULL && basin_clock_seconds() - self->shown >= wait) {
        show(self);
    }
}

void basin_progress_say(struct basin_progress *self, const char *format, ...)
{
    if (self->out == NULL) {
        return;
    }
    fputs(self->terminal ? "\r\033[K" : "", self->out);
    va_list args;
    va_start(args, format);
    vfprintf(self->out, format, args);
    va_end(args);
    fputc('\n', self->out);
    fflush(self->out);
}

void basin_progress_end(struct basin_progress *self)
{
    if (self->out == NULL || self->items == 0) {
        return;
    }
    show(self);
    if (self->terminal) {
        fputc('\n', self->out);
    }
}
