/* What an axis of the sweep may be called, and which variants have it. */
#include "config/inside.h"

#include <stdlib.h>
#include <string.h>

bool basin_axis_applies(
    const struct basin_plan *self, size_t variant, size_t section, const char *field_name)
{
    const struct basin_entry *entry = basin_entry_of(self, variant, section);
    if (basin_entry_field(entry, &self->sections[section], field_name, NULL) == NULL) {
        return false;
    }
    return !self->sections[section].list ||
           basin_node_get(entry->node, field_name) == NULL;
}

/* Whether any variant's kind of that section has such a field. */
static bool has_field(
    const struct basin_plan *self, size_t section, const char *field_name)
{
    for (size_t v = 0; v < self->n_variants; v++) {
        if (basin_entry_field(basin_entry_of(self, v, section), &self->sections[section],
                field_name, NULL) != NULL) {
            return true;
        }
    }
    return false;
}

void basin_axis_name(const struct basin_plan *self, size_t section,
    const char *field_name, struct basin_str *out)
{
    size_t homonyms = 0;
    for (size_t s = 0; s < self->n_sections; s++) {
        homonyms += has_field(self, s, field_name);
    }
    const char *name = self->sections[section].name;
    if (homonyms > 1 && name[0] != '\0') {
        basin_str_add(out, "%s.", name);
    }
    basin_str_add(out, "%s", field_name);
}

/* All names that axes can have, one after the other, each ended by a NUL. */
static size_t list_names(const struct basin_plan *self, struct basin_str *out)
{
    size_t n = 0;
    for (size_t v = 0; v < self->n_variants; v++) {
        for (size_t s = 0; s < self->n_sections; s++) {
            if (v > 0 && basin_entry_of(self, v, s)->kind ==
                             basin_entry_of(self, v - 1, s)->kind) {
                continue;
            }
            const struct basin_field *field;
            void *params;
            for (size_t i = 0; (field = basin_entry_field_at(basin_entry_of(self, v, s),
                                    &self->sections[s], i, &params)) != NULL;
                 i++) {
                basin_axis_name(self, s, field->name, out);
                basin_str_add_bytes(out, "", 1);
                n++;
            }
        }
    }
    return n;
}

static int fail_unknown(const struct basin_plan *self, const struct basin_node *map,
    size_t key, struct basin_diag *diag)
{
    struct basin_str names = {0};
    struct basin_str hint = {0};
    size_t n = list_names(self, &names);
    const char **words = calloc(n + 1, sizeof(*words));
    int code = names.failed || words == NULL ? BASIN_ERR_NOMEM : 0;
    const char *name = names.text;
    for (size_t i = 0; i < n && code == 0; i++) {
        words[i] = name;
        name += strlen(name) + 1;
    }
    if (code == 0) {
        code = basin_words_hint(map->keys[key], words, n, &hint);
    }
    code = code == 0 ? basin_fail_key(diag, &self->document, map, key,
                           "unknown axis \"%s\"%s", map->keys[key], hint.text)
                     : basin_fail_memory(diag);
    free(words);
    basin_str_free(&names);
    basin_str_free(&hint);
    return code;
}

/* Whether a name is "section.field"; field receives what follows the dot. */
static bool is_qualified(const char *name, const char *section, const char **field)
{
    size_t length = strlen(section);
    *field = name + length + 1;
    return length > 0 && strncmp(name, section, length) == 0 && name[length] == '.';
}

int basin_axis_resolve(const struct basin_plan *self, const char *name,
    const struct basin_node *map, size_t key, size_t *section, const char **field_name,
    struct basin_diag *diag)
{
    size_t found[2];
    size_t n = 0;
    for (size_t s = 0; s < self->n_sections; s++) {
        const char *field;
        if (is_qualified(name, self->sections[s].name, &field) &&
            has_field(self, s, field)) {
            *section = s;
            *field_name = field;
            return 0;
        }
        if (has_field(self, s, name) && n < 2) {
            found[n++] = s;
        }
    }
    if (n == 1 || (n == 2 && self->sections[found[0]].name[0] == '\0')) {
        *section = found[0];
        *field_name = name;
        return 0;
    }
    if (map == NULL) {
        return BASIN_ERR_CONFIG;
    }
    if (n == 0) {
        return fail_unknown(self, map, key, diag);
    }
    return basin_fail_key(diag, &self->document, map, key,
        "axis \"%s\" is ambiguous; write %s.%s or %s.%s", name,
        self->sections[found[0]].name, name, self->sections[found[1]].name, name);
}

size_t basin_axis_index(
    const struct basin_plan *self, size_t section, const char *field_name)
{
    for (size_t a = 0; a < self->n_axes; a++) {
        if (self->axes[a].section == section &&
            strcmp(self->axes[a].field->name, field_name) == 0) {
            return a;
        }
    }
    return BASIN_NONE;
}
