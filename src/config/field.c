/* Looking up fields, kinds and choices by name. */
#include "config/field.h"

#include <string.h>

const struct basin_field *basin_field_find(
    const struct basin_field *fields, const char *name)
{
    for (const struct basin_field *f = fields; f != NULL && f->name != NULL; f++) {
        if (strcmp(f->name, name) == 0) {
            return f;
        }
    }
    return NULL;
}

const struct basin_kind *basin_kind_find(
    const struct basin_kind *const *kinds, const char *name)
{
    for (; *kinds != NULL; kinds++) {
        if (strcmp((*kinds)->name, name) == 0) {
            return *kinds;
        }
    }
    return NULL;
}

bool basin_kind_add(const struct basin_kind **registry, const struct basin_kind *kind)
{
    size_t n = 0;
    while (registry[n] != NULL) {
        n++;
    }
    if (n + 1 >= BASIN_REGISTRY_ROOM || basin_kind_find(registry, kind->name) != NULL) {
        return false;
    }
    registry[n] = kind;
    return true;
}

/* The length of the choice that begins here; *next is the one after it, or NULL. */
static size_t choice_length(const char *choice, const char **next)
{
    size_t length = strcspn(choice, "|");
    *next = choice[length] == '|' ? choice + length + 1 : NULL;
    return length;
}

int basin_choice_index(const char *choices, const char *word)
{
    size_t n = strlen(word);
    int i = 0;
    for (const char *next; choices != NULL; choices = next, i++) {
        size_t length = choice_length(choices, &next);
        if (length == n && memcmp(choices, word, n) == 0) {
            return i;
        }
    }
    return -1;
}

size_t basin_choice_count(const char *choices)
{
    size_t n = 0;
    for (const char *next; choices != NULL; choices = next) {
        choice_length(choices, &next);
        n++;
    }
    return n;
}

const char *basin_choice_name(const char *choices, size_t i, char buffer[64])
{
    buffer[0] = '\0';
    for (const char *next; choices != NULL; choices = next) {
        size_t length = choice_length(choices, &next);
        if (i-- == 0) {
            length = length < 63 ? length : 63;
            memcpy(buffer, choices, length);
            buffer[length] = '\0';
            break;
        }
    }
    return buffer;
}
