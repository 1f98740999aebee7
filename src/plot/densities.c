/* Densities: how a histogram changes along a metric, as k of each head does while a model
 * learns (Ramsauer et al. 2021, fig. A.4). Across are the looks, upwards are the bins,
 * the shade is the share of a look's counts; every place of the dimension between them is
 * a panel. They are those of the first replicate: heads of two replicates have no more
 * than their number in common. */
#include "plot/draw.h"
#include "plot/marks.h"
#include "plot/places.h"

#include <math.h>
#include <stdlib.h>

/* One cell's numbers: x[look], and count[(look * places + place) * bins + bin]. */
struct record {
    const double *x, *count, *edges;
    size_t looks, places, bins;
};

static struct record record_of(const struct basin_drawing *drawing, size_t cell)
{
    const struct basin_variable *x, *y;
    size_t n;
    struct record record = {0};
    record.x = basin_view_data(
        drawing->result, drawing->plan, cell, drawing->figure->along->name, &x, &n);
    record.count = basin_view_data(drawing->result, drawing->plan, cell,
        basin_draw_metric(drawing, 0)->name, &y, &n);
    if (record.x != NULL && record.count != NULL && y->rank == 3) {
        record.looks = x->size[0] < y->size[0] ? x->size[0] : y->size[0];
        record.places = y->size[1];
        record.bins = y->size[2];
        record.edges = y->edges;
    }
    return record;
}

/* Borders halfway between looks; at the ends as far out as in. */
static double border_of(const struct record *record, size_t look)
{
    size_t last = record->looks - 1;
    if (last == 0) {
        return record->x[0] + (double)look - 0.5;
    }
    if (look == 0) {
        return record->x[0] - (record->x[1] - record->x[0]) / 2;
    }
    return look > last ? record->x[last] + (record->x[last] - record->x[last - 1]) / 2
                       : (record->x[look - 1] + record->x[look]) / 2;
}

/* Most bins are empty: what is not drawn is the darkest shade. */
static size_t write_place(
    const struct basin_drawing *drawing, const struct record *record, size_t place)
{
    struct basin_str *out = drawing->script;
    size_t written = 0;
    for (size_t i = 0; i < record->looks; i++) {
        const double *count = record->count + (i * record->places + place) * record->bins;
        double all = 0;
        for (size_t b = 0; b < record->bins; b++) {
            all += count[b];
        }
        for (size_t b = 0; b < record->bins; b++) {
            if (count[b] > 0) {
                basin_str_add(out, "%.9g %.9g %.9g %.9g %.9g %.9g %.4g\n", record->x[i],
                    record->edges[b], border_of(record, i), border_of(record, i + 1),
                    record->edges[b], record->edges[b + 1], count[b] / all);
                written++;
            }
        }
    }
    return written;
}

static void plot_panel(const struct basin_drawing *drawing, size_t panel)
{
    struct basin_str *out = drawing->script;
    size_t written = 0;
    basin_str_add(out, "$density%zu << EOD\n", panel);
    for (size_t i = 0; i < drawing->view->n; i++) {
        const struct basin_slot *slot = &drawing->view->slots[i];
        struct record record = record_of(drawing, slot->cell);
        if (slot->panel == panel && slot->place < record.places) {
            written += write_place(drawing, &record, slot->place);
        }
    }
    basin_str_add(out, written > 0 ? "EOD\n" : "NaN NaN\nEOD\n");
    if (written == 0) {
        basin_script_nothing(drawing);
        return;
    }
    basin_str_add(out,
        "set object 1 rectangle from graph 0,graph 0 to graph 1,graph 1 behind fc "
        "palette cb 0 fs solid noborder\n"
        "plot $density%zu using 1:2:3:4:5:6:7 with boxxyerror lc palette fill solid "
        "noborder notitle\n",
        panel);
}

static void draw(const struct basin_drawing *drawing, const char *labels[2])
{
    struct basin_ruler x = {.label = labels[0], .range = {0, 1}};
    struct basin_ruler y = {.label = labels[1], .range = {0, 1}};
    struct basin_range across = BASIN_NOWHERE;
    for (size_t i = 0; i < drawing->view->n; i++) {
        struct record record = record_of(drawing, drawing->view->slots[i].cell);
        if (record.looks > 0) {
            basin_range_add(&across, border_of(&record, 0), BASIN_LINEAR);
            basin_range_add(&across, border_of(&record, record.looks), BASIN_LINEAR);
            y.range = (struct basin_range){record.edges[0], record.edges[record.bins]};
        }
    }
    x.range = basin_range_empty(&across) ? x.range : across;
    struct basin_page page = basin_script_page(drawing, false, &x, &y);
    basin_str_add(drawing->script,
        "%sset cbrange [0:0.5]\nunset grid\n"
        "set cblabel 'share (brightest: half or more)' offset 1.2,0\n",
        basin_script_viridis);
    basin_marks_write(drawing);
    for (size_t p = 0; p < drawing->view->n_panels || p == 0; p++) {
        basin_script_panel(drawing, &page, p, &x, &y);
        basin_marks_open(drawing, p, &x.range);
        plot_panel(drawing, p);
        basin_marks_close(drawing);
    }
    basin_script_close(drawing, &page);
}

int basin_draw_densities(const struct basin_drawing *drawing, struct basin_diag *diag)
{
    const struct basin_figure *figure = drawing->figure;
    struct basin_view view;
    struct basin_drawing wide = *drawing;
    wide.view = &view;
    char *x =
        basin_script_label(figure->x_label, figure->along->summary, figure->along->unit);
    char *y = basin_draw_metric_label(drawing, figure->y_label);
    int ret = basin_places_open(&view, drawing, diag);
    if (ret == 0 && (x == NULL || y == NULL)) {
        ret = basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    if (ret == 0) {
        const char *labels[2] = {x, y};
        draw(&wide, labels);
    }
    basin_places_close(&view);
    free(x);
    free(y);
    return ret;
}
