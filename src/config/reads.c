/* What the files hold that fields name. Each is read once for a plan: a model may be
 * large. */
#include "base/content.h"
#include "base/str.h"
#include "config/inside.h"

#include <stdlib.h>
#include <string.h>

const char *basin_reads_content(
    const struct basin_plan *self, const struct basin_field *field, const char *path)
{
    const struct basin_inside *inside = basin_inside_of(self);
    for (size_t i = 0; i < inside->n_reads; i++) {
        if (strcmp(inside->reads[i].path, path) == 0 &&
            strcmp(inside->reads[i].reads, field->reads) == 0) {
            return inside->reads[i].content;
        }
    }
    return NULL;
}

int basin_reads_add(struct basin_plan *self, const struct basin_field *field,
    const char *path, struct basin_diag *diag)
{
    struct basin_inside *inside = basin_inside_of(self);
    struct basin_id id;
    if (basin_reads_content(self, field, path) != NULL) {
        return 0;
    }
    struct basin_read *grown =
        realloc(inside->reads, (inside->n_reads + 1) * sizeof(*grown));
    char *copy = basin_str_copy(path);
    inside->reads = grown == NULL ? inside->reads : grown;
    if (grown == NULL || copy == NULL) {
        free(copy);
        return basin_fail_memory(diag);
    }
    struct basin_read *read = &inside->reads[inside->n_reads++];
    *read = (struct basin_read){copy, field->reads, "none"};
    if (basin_content_id(path, field->reads, &id)) {
        basin_id_text(&id, read->content);
    }
    return 0;
}

void basin_reads_free(struct basin_inside *inside)
{
    for (size_t i = 0; i < inside->n_reads; i++) {
        free(inside->reads[i].path);
    }
    free(inside->reads);
}
