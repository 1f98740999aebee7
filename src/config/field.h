/* Fields and kinds: a parameter is declared once, as a field descriptor.
 *
 * From the descriptors come the YAML schema, error messages, defaults, HDF5 attributes,
 * `basin list`, the reference documentation and a cell's identity. A kind is what every
 * registered thing (rule, pattern source, feature map, experiment, theory) has in common;
 * its struct is the first member of theirs. */
#ifndef BASIN_CONFIG_FIELD_H
#define BASIN_CONFIG_FIELD_H

#include <float.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>

enum basin_type {
    BASIN_INT,    /* long */
    BASIN_REAL,   /* double */
    BASIN_BOOL,   /* bool */
    BASIN_CHOICE, /* int: index into choices */
    BASIN_TEXT,   /* const char *, owned by the plan */
};

/* The least value of a field that must be greater than 0; messages say it so. */
#define BASIN_POSITIVE DBL_MIN
#define BASIN_ANY_LOW (-DBL_MAX)
#define BASIN_ANY_HIGH DBL_MAX

struct basin_field {
    const char *name;
    enum basin_type type;
    size_t offset;        /* into the struct of parameters */
    const char *fallback; /* the default as YAML writes it; NULL: the field is required */
    double min, max;      /* legal range of numbers, both ends included */
    const char *choices;  /* names separated by '|', or NULL. CHOICE: the legal names.
                           * INT: names for special values, stored as -1, -2, ... in order.
                           * REAL: one name for a special value, stored as NAN. */
    const char *unit;     /* "1" if dimensionless */
    const char *help;     /* one line */
    const char *reads;    /* TEXT that names files: which ones of a folder, as patterns
                           * separated by '|'. What they hold is part of the identity. NULL:
                           * the text is all that counts */
};

/* struct, member, default, least, greatest, unit, help */
#define BASIN_FIELD_INT(T, member, fallback, min, max, unit, help)                       \
    {                                                                                    \
#member, BASIN_INT, offsetof(T, member), fallback, min, max, NULL, unit, help    \
    }
#define BASIN_FIELD_INT_OR(T, member, names, fallback, min, max, unit, help)             \
    {                                                                                    \
#member, BASIN_INT, offsetof(T, member), fallback, min, max, names, unit, help   \
    }
#define BASIN_FIELD_REAL(T, member, fallback, min, max, unit, help)                      \
    {                                                                                    \
#member, BASIN_REAL, offsetof(T, member), fallback, min, max, NULL, unit, help   \
    }
#define BASIN_FIELD_REAL_OR(T, member, name, fallback, min, max, unit, help)             \
    {                                                                                    \
#member, BASIN_REAL, offsetof(T, member), fallback, min, max, name, unit, help   \
    }
#define BASIN_FIELD_BOOL(T, member, fallback, help)                                      \
    {                                                                                    \
#member, BASIN_BOOL, offsetof(T, member), fallback, 0, 1, NULL, "1", help        \
    }
#define BASIN_FIELD_CHOICE(T, member, choices, fallback, help)                           \
    {                                                                                    \
#member, BASIN_CHOICE, offsetof(T, member), fallback, 0, 0, choices, "1", help   \
    }
#define BASIN_FIELD_TEXT(T, member, fallback, help)                                      \
    {                                                                                    \
#member, BASIN_TEXT, offsetof(T, member), fallback, 0, 0, NULL, "1", help        \
    }
/* A file, a folder, or files separated by commas; `reads` as above. */
#define BASIN_FIELD_FILES(T, member, fallback, reads, help)                              \
    {                                                                                    \
#member, BASIN_TEXT, offsetof(T, member), fallback, 0, 0, NULL, "1", help, reads \
    }
#define BASIN_FIELD_END                                                                  \
    {                                                                                    \
        NULL, BASIN_INT, 0, NULL, 0, 0, NULL, NULL, NULL                                 \
    }

struct basin_kind {
    const char *name;
    const char *summary; /* one line */
    const char *source;  /* paper and equation, or NULL */
    int version;         /* of the algorithm; part of a cell's identity. Numbers of a
                          * published version never change: a new one gets a new name */
    const struct basin_field *fields; /* ends with BASIN_FIELD_END; NULL: none */
    size_t size;                      /* bytes of the struct of parameters */
};

/* One part of a configuration and the kinds it can be.
 *
 *   patterns: {kind: polar, dimension: 100}     name "patterns", selector "kind"
 *   cue: {flip: 0.1}                            name "cue", one kind, no selector
 *   rules: [{label: a, rule: classical, ...}]   name "rules", selector "rule", list
 *
 * An experiment's own fields stand at the top level; its section has the name "". An axis
 * of the sweep is the field's name, or, where two sections have that name, section and
 * name with a dot ("cue.noise"; "rules.noise"). */
struct basin_section {
    const char *name;
    const char *selector;                  /* NULL: there is just kinds[0] */
    const struct basin_kind *const *kinds; /* NULL-terminated registry */
    const struct basin_kind *common; /* fields that every kind has besides, or NULL */
    bool list;                       /* labelled variants, each a group of results */
};

/* The field of that name in an array of fields, or NULL. */
const struct basin_field *basin_field_find(
    const struct basin_field *fields, const char *name);

/* The kind of that name in a registry, or NULL. */
const struct basin_kind *basin_kind_find(
    const struct basin_kind *const *kinds, const char *name);

/* Registries have room for kinds of programs that link the library; see
 * src/docs/extending.md. Adds one before anything is planned; false if the registry has
 * no room or the name already. */
enum { BASIN_REGISTRY_ROOM = 256 };
bool basin_kind_add(const struct basin_kind **registry, const struct basin_kind *kind);

/* The index of a word among '|'-separated choices, or -1. */
int basin_choice_index(const char *choices, const char *word);

/* Number of '|'-separated choices, and the i-th one copied into buffer. */
size_t basin_choice_count(const char *choices);
const char *basin_choice_name(const char *choices, size_t i, char buffer[64]);

#endif
