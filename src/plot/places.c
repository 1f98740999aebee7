/* Panels within cells. */
#include "plot/places.h"

#include "plot/draw.h"

#include <stdlib.h>

static char *caption_of(const char *panel, const char *dimension, size_t place)
{
    struct basin_str text = {0};
    basin_str_add(&text, "%s%s", panel, panel[0] != '\0' ? ", " : "");
    basin_label_words(&text, dimension);
    basin_str_add(&text, " %zu", place + 1);
    if (text.failed) {
        basin_str_free(&text);
    }
    return text.text;
}

/* The most places that a cell's metric has. */
static size_t places_of(
    const struct basin_drawing *drawing, const struct basin_metric *metric)
{
    const struct basin_variable *variable;
    size_t n, most = 1;
    for (size_t i = 0; i < drawing->view->n; i++) {
        const double *value = basin_view_data(drawing->result, drawing->plan,
            drawing->view->slots[i].cell, metric->name, &variable, &n);
        if (value != NULL && variable->rank > 1 && variable->size[1] > most) {
            most = variable->size[1];
        }
    }
    return most;
}

int basin_places_open(
    struct basin_view *self, const struct basin_drawing *drawing, struct basin_diag *diag)
{
    const struct basin_view *view = drawing->view;
    const struct basin_metric *metric = basin_draw_metric(drawing, 0);
    size_t places = places_of(drawing, metric);
    *self = *view;
    self->n = 0;
    self->n_panels = view->n_panels * places;
    self->slots = malloc((view->n * places + 1) * sizeof(*self->slots));
    self->panels = calloc(self->n_panels + 1, sizeof(*self->panels));
    if (self->slots == NULL || self->panels == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
    }
    for (size_t place = 0; place < places; place++) {
        for (size_t i = 0; i < view->n; i++) {
            struct basin_slot *slot = &self->slots[self->n++];
            *slot = view->slots[i];
            slot->panel = slot->panel * places + place;
            slot->place = place;
        }
    }
    for (size_t p = 0; p < self->n_panels; p++) {
        self->panels[p] =
            caption_of(view->panels[p / places], metric->dimension[1], p % places);
        if (self->panels[p] == NULL) {
            return basin_fail(diag, BASIN_ERR_NOMEM, "out of memory");
        }
    }
    return 0;
}

void basin_places_close(struct basin_view *self)
{
    for (size_t p = 0; self->panels != NULL && p < self->n_panels; p++) {
        free(self->panels[p]);
    }
    free(self->panels);
    free(self->slots);
    *self = (struct basin_view){0};
}
