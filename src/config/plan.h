/* The plan: a checked configuration with its sweep expanded into cells.
 *
 * A cell is one combination of a variant (labelled entry of the list section, usually a
 * rule) and values of the axes which that variant has. Its identity is the hash of a
 * canonical text: experiment and version, each section's kind, version and every field's
 * value, defaults included, sorted, with what the files hold that a field names; never a
 * label, a path of the configuration, time, host, order or thread.
 *
 *   sweep:                             a list of blocks (or one block): their union
 *     - grid: {load: [0.1, 0.2],       product of its axes
 *              beta: {linspace: [1, 8, 15]}}
 *       zip: {dimension: [64, 256],    these advance together, as one axis of the
 *             flip: [0.1, 0.2]}        product; a list of mappings: several such axes
 *       exclude: [{load: 0.2, beta: 8}]
 *       rules: [one step]              only these variants, by label (here the list
 *                                      section is "rules")
 *
 * Values are a list, or one of {linspace: [first, last, how many]}, logspace (the same,
 * with equal ratios), {geometric: [first, ratio, how many]}, {range: [first, last,
 * step]}. An axis does not multiply a variant whose kind lacks it, nor one that gives the
 * field itself: there it is fixed, so that "beta swept" can stand beside "beta fixed". In
 * other sections the sweep wins, and the value given there is for blocks without that
 * axis. `only`, a list of globs over names of cells, leaves the cells that match one. */
#ifndef BASIN_CONFIG_PLAN_H
#define BASIN_CONFIG_PLAN_H

#include "base/err.h"
#include "base/hash.h"
#include "config/field.h"
#include "config/node.h"

#include <stdint.h>
#include <stdio.h>

enum {
    BASIN_SECTIONS = 6,            /* most sections an experiment can have */
    BASIN_CELLS_DEFAULT = 1000000, /* more cells are refused unless max_cells is raised */
    BASIN_CELLS_MOST = 10000000,   /* to this at most */
};

/* The cell does not have this axis. */
#define BASIN_NO_VALUE UINT32_MAX

struct basin_text_list {
    size_t n;
    char **text;
};

/* One swept field. Values are sorted ascending (numbers) or in order of appearance. */
struct basin_axis {
    char *name;     /* as the results file calls it: "load", "cue.noise" */
    size_t section; /* index into the experiment's sections */
    const struct basin_field *field; /* its type, unit and help */
    size_t n;
    double *number; /* value of a number, boolean (0, 1) or choice (its index) */
    char **text;    /* text of every value as YAML writes it */
};

/* One labelled entry of the list section, or the only one where there is no list. */
struct basin_variant {
    char *label;
    const struct basin_kind *kind;
    size_t n_axes; /* the axes it has, as indices into the plan's, in the plan's order */
    size_t *axes;
};

struct basin_cell {
    uint32_t variant;
    uint32_t *value; /* for each axis of the plan: index of its value or BASIN_NO_VALUE */
    struct basin_id id;
};

struct basin_plan {
    char *name;  /* of the configuration: file name without folder and ending */
    char *title; /* never NULL; name if there is no title */
    char *source;
    uint64_t seed;
    uint32_t replicates;
    const struct basin_kind *experiment; /* head of the experiment's struct */
    const struct basin_section *sections;
    size_t n_sections;
    size_t n_axes;
    struct basin_axis *axes;
    size_t n_variants;
    struct basin_variant *variants;
    size_t n_cells;
    struct basin_cell
        *cells;         /* canonical order: variant, then axis values, last fastest */
    size_t n_dropped;   /* duplicates that union and missing axes made */
    struct basin_id id; /* of all that decides the numbers: cells, replicates, seed */
    struct basin_document document; /* with --set applied; figures and claims are read
                                     * from document.root by their own layers */
    void *internal;
};

/* Which experiments and sections there are: given by the command line, so that config
 * knows none. sections(experiment) returns an array that ends with a NULL name; the
 * first one is the experiment's own ("" with kinds = {experiment}). */
struct basin_registry {
    const struct basin_kind *const *experiments; /* NULL-terminated */
    const struct basin_section *(*sections)(const struct basin_kind *experiment);
    const char *const
        *other_keys; /* top-level keys of other layers: "figures", "claims" */
    size_t n_other_keys;
};

/* `--set path=value` and `--only GLOB`, in the order given. */
struct basin_overrides {
    const struct basin_text_list *sets; /* "path=value"; may be NULL */
    const struct basin_text_list
        *onlys; /* globs over basin_plan_cell_name; may be NULL */
    bool blind; /* files that fields name are not read, and identities lack what they
                 * hold: to look at what is stored, wherever it came from */
};

/* The keys at the top that every configuration has, besides `experiment`. */
extern const struct basin_field basin_head_fields[];

/* Reads, checks and expands a configuration. On failure nothing is left to free. */
BASIN_CHECKED int basin_plan_load(struct basin_plan *self, const char *path,
    const struct basin_registry *registry, const struct basin_overrides *overrides,
    struct basin_diag *diag);

/* The same from text, as a results file keeps it; name is the plan's name. */
BASIN_CHECKED int basin_plan_parse(struct basin_plan *self, const char *name,
    const char *text, size_t length, const struct basin_registry *registry,
    const struct basin_overrides *overrides, struct basin_diag *diag);
void basin_plan_free(struct basin_plan *self);

/* A cell with its parameters: what an experiment sees of the configuration. params point
 * into memory that the caller keeps (see basin_params). */
struct basin_params {
    const struct basin_kind *kind[BASIN_SECTIONS]; /* chosen kind of each section */
    void *own[BASIN_SECTIONS];                     /* its struct of parameters */
    void *common[BASIN_SECTIONS];      /* the section's common struct, or NULL */
    uint64_t identity[BASIN_SECTIONS]; /* hash of kind, version, all fields of
                                        * the section, common ones included */
    struct basin_id key;               /* the same of all sections: the cell's identity
                                        * without what files hold, so that a changed picture
                                        * meets the same noise */
    void *block;                       /* owned */
};

/* Fills the parameters of a cell. Start params as {0}; it may be used again for another
 * cell; free it with basin_params_free. Fails only when memory is out. */
BASIN_CHECKED int basin_plan_params(const struct basin_plan *self, size_t cell,
    struct basin_params *params, struct basin_diag *diag);
void basin_params_free(struct basin_params *params);

/* "rule=fixed point,dimension=500,load=0.1": for people, for --only and explain. */
int basin_plan_cell_name(
    const struct basin_plan *self, size_t cell, struct basin_str *out);

/* The canonical text whose hash is the cell's identity. */
int basin_plan_cell_text(
    const struct basin_plan *self, size_t cell, struct basin_str *out);

/* The value that a variant's cells have for a field that is not swept (number; NAN if it
 * has none, or if it is text): for theory lines and selections by name. */
double basin_plan_constant(
    const struct basin_plan *self, size_t variant, const char *field_name);

/* The resolved configuration: complete YAML that loads to the same plan, every field
 * written, each one that differs from its default marked by a comment if `mark`. */
BASIN_CHECKED int basin_plan_print(const struct basin_plan *self, bool mark,
    struct basin_str *out, struct basin_diag *diag);

#endif
