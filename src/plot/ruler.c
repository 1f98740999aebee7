/* Rulers: ranges, numbers and names of axes, as many as there is room for. */
#include "plot/ruler.h"

#include <math.h>
#include <stdio.h>

enum { DIGIT = 10, LINE = 22 };

/* A step of 1, 2 or 5 times a power of ten that divides a range into at most so many. */
static double round_step(const struct basin_range *range, double most, bool whole)
{
    double least = (range->high - range->low) / most;
    double step = pow(10, floor(log10(least)));
    step *= step >= least ? 1 : 2 * step >= least ? 2 : 5 * step >= least ? 5 : 10;
    return whole && step < 1 ? 1 : step;
}

/* Characters of the longest number at an axis, about. */
int basin_ruler_digits(const struct basin_ruler *ruler)
{
    char text[2][32];
    double low = ruler->range.low;
    double high = ruler->range.high;
    if (ruler->scale == BASIN_LINEAR) {
        double step = round_step(&ruler->range, 8, ruler->whole);
        low = ceil(low / step) * step;
        high = floor(high / step) * step - (high - low > step ? step : 0);
    } else {
        low = pow(10, ceil(log10(low)));
        high = pow(10, floor(log10(high)));
    }
    int first = snprintf(text[0], sizeof(text[0]), "%.6g", low);
    int last = snprintf(text[1], sizeof(text[1]), "%.6g", high);
    return first > last ? first : last;
}

int basin_ruler_lines(const struct basin_ruler *ruler, int room)
{
    return basin_script_characters(ruler->label, SIZE_MAX) > basin_script_fit(room) ? 2
                                                                                    : 1;
}

/* On less than two decades one number is not enough: 1, 2 and 5 of each. */
static void add_log_ticks(
    struct basin_str *out, char axis, const struct basin_range *range)
{
    static const double steps[] = {1, 2, 5};
    const char *comma = "";
    basin_str_add(out, "set %ctics (", axis);
    int last = (int)floor(log10(range->high));
    for (int decade = (int)floor(log10(range->low)); decade <= last; decade++) {
        for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
            double tick = steps[i] * pow(10, decade);
            if (tick >= range->low && tick <= range->high) {
                basin_str_add(out, "%s%.9g", comma, tick);
                comma = ", ";
            }
        }
    }
    basin_str_add(out, ")\n");
}

/* Where a value stands along an axis of so many pixels. */
static double place_of(const struct basin_ruler *ruler, double value, int room)
{
    double low = ruler->range.low;
    double high = ruler->range.high;
    double part = ruler->scale == BASIN_LINEAR ? (value - low) / (high - low)
                                               : log(value / low) / log(high / low);
    return part * room;
}

/* The ticks that are asked for, but those too near to the one before. */
static void add_given_ticks(struct basin_str *out, char axis,
    const struct basin_ruler *ruler, int room, int apart)
{
    double last = -INFINITY;
    const char *comma = "";
    basin_str_add(out, "set %ctics (", axis);
    for (size_t i = 0; i < ruler->n_ticks; i++) {
        double place = place_of(ruler, ruler->ticks[i], room);
        if (place - last >= apart) {
            basin_str_add(out, "%s%.9g", comma, ruler->ticks[i]);
            comma = ", ";
            last = place;
        }
    }
    basin_str_add(out, ")\n");
}

/* As many powers of two as have room. */
static void add_log2_ticks(
    struct basin_str *out, char axis, const struct basin_ruler *ruler, double most)
{
    int first = (int)ceil(log2(ruler->range.low) - 1e-9);
    int last = (int)floor(log2(ruler->range.high) + 1e-9);
    int step = (int)fmax(1, ceil((last - first + 1) / fmax(most, 1)));
    if (last < first) {
        return; /* gnuplot finds other numbers */
    }
    basin_str_add(out, "set %ctics (", axis);
    for (int power = first; power <= last; power += step) {
        basin_str_add(out, "%s%.9g", power > first ? ", " : "", ldexp(1, power));
    }
    basin_str_add(out, ")\n");
}

/* Numbers beside each other must not touch; above each other gnuplot leaves room. */
static void add_ticks(
    struct basin_str *out, char axis, const struct basin_ruler *ruler, int room)
{
    const struct basin_range *range = &ruler->range;
    bool across = axis == 'x';
    int apart = across ? DIGIT * (basin_ruler_digits(ruler) + 1) : LINE;
    double most = (double)room / apart;
    if (ruler->n_ticks > 0) {
        add_given_ticks(out, axis, ruler, room, apart);
    } else if (ruler->scale == BASIN_LOG2) {
        add_log2_ticks(out, axis, ruler, most);
    } else if (ruler->scale == BASIN_LOG && range->high < 100 * range->low &&
               range->high > 5 * range->low) {
        add_log_ticks(out, axis, range);
    } else if (ruler->scale == BASIN_LINEAR && across && !ruler->named) {
        basin_str_add(out, "set xtics %.9g\n",
            round_step(range, fmin(fmax(most, 1), 9), ruler->whole));
    }
}

/* A name has two lines at most. */
static void add_label(
    struct basin_str *out, char axis, const struct basin_ruler *ruler, int room)
{
    size_t half = basin_script_characters(ruler->label, SIZE_MAX) / 2 + 8;
    size_t fit = basin_script_fit(room);
    basin_str_add(out, "set %clabel ", axis);
    basin_script_lines(out, ruler->label, half > fit ? half : fit);
    basin_str_add(out, "\n");
}

void basin_ruler_write(struct basin_str *out, char axis, const struct basin_ruler *ruler,
    bool outer, int room)
{
    basin_str_add(
        out, "set %crange [%.9g:%.9g]\n", axis, ruler->range.low, ruler->range.high);
    if (ruler->scale != BASIN_LINEAR) {
        basin_str_add(
            out, "set logscale %c %d\n", axis, ruler->scale == BASIN_LOG2 ? 2 : 10);
    }
    add_ticks(out, axis, ruler, room);
    if (outer) {
        add_label(out, axis, ruler, room);
    } else {
        basin_str_add(out, "unset %clabel\n", axis);
    }
}
