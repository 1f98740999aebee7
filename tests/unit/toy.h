/* A small experiment for tests of configurations: three sections, two rules. */
#ifndef BASIN_TESTS_TOY_H
#define BASIN_TESTS_TOY_H

#include "config/plan.h"

struct toy_own {
    double load;
    long count;
    bool once;
};

struct toy_patterns {
    long dimension;
    double noise;
    const char *folder;
};

struct toy_cue {
    double flip;
    double noise;
};

struct toy_modern {
    double beta;
    long features;
};

struct toy_classical {
    int update;
    long threshold;
};

struct toy_options {
    long steps;
    double limit;
};

static const struct basin_field toy_own_fields[] = {
    BASIN_FIELD_REAL(
        struct toy_own, load, "0.1", BASIN_POSITIVE, 10, "1", "patterns per unit"),
    BASIN_FIELD_INT_OR(
        struct toy_own, count, "auto", "auto", 1, 1e6, "1", "number of patterns"),
    BASIN_FIELD_BOOL(struct toy_own, once, "false", "one cue only"),
    BASIN_FIELD_END,
};
static const struct basin_field toy_polar_fields[] = {
    BASIN_FIELD_INT(struct toy_patterns, dimension, NULL, 1, 1e6, "1", "number of units"),
    BASIN_FIELD_REAL(struct toy_patterns, noise, "0", 0, 1, "1", "share of noise"),
    BASIN_FIELD_END,
};
static const struct basin_field toy_images_fields[] = {
    BASIN_FIELD_INT(struct toy_patterns, dimension, "64", 1, 1e6, "1", "number of units"),
    BASIN_FIELD_TEXT(struct toy_patterns, folder, "images", "where they are"),
    BASIN_FIELD_END,
};
static const struct basin_field toy_cue_fields[] = {
    BASIN_FIELD_REAL(struct toy_cue, flip, "0", 0, 1, "1", "share of units turned over"),
    BASIN_FIELD_REAL(struct toy_cue, noise, "0", 0, BASIN_ANY_HIGH, "1", "noise"),
    BASIN_FIELD_END,
};
static const struct basin_field toy_modern_fields[] = {
    BASIN_FIELD_REAL(struct toy_modern, beta, "1", BASIN_POSITIVE, BASIN_ANY_HIGH, "1",
        "inverse temperature"),
    BASIN_FIELD_INT(struct toy_modern, features, "16", 1, 4096, "1", "features"),
    BASIN_FIELD_END,
};
static const struct basin_field toy_classical_fields[] = {
    BASIN_FIELD_CHOICE(
        struct toy_classical, update, "async|sync", "async", "order of updates"),
    BASIN_FIELD_INT(struct toy_classical, threshold, "0", -5, 5, "1", "threshold"),
    BASIN_FIELD_END,
};
static const struct basin_field toy_options_fields[] = {
    BASIN_FIELD_INT_OR(struct toy_options, steps, "converge", "converge", 1, 1e6, "1",
        "number of updates"),
    BASIN_FIELD_REAL_OR(struct toy_options, limit, "none", "none", 0, BASIN_ANY_HIGH, "1",
        "where to stop"),
    BASIN_FIELD_END,
};

static const struct basin_kind toy_recall = {
    "recall", "recall of toys", NULL, 2, toy_own_fields, sizeof(struct toy_own)};
static const struct basin_kind toy_bare = {"bare", "no fields at all", NULL, 1, NULL, 0};
static const struct basin_kind toy_polar = {
    "polar", "-1 or 1", NULL, 1, toy_polar_fields, sizeof(struct toy_patterns)};
static const struct basin_kind toy_images = {
    "images", "pictures", NULL, 1, toy_images_fields, sizeof(struct toy_patterns)};
static const struct basin_kind toy_cue = {
    "cue", "a damaged pattern", NULL, 1, toy_cue_fields, sizeof(struct toy_cue)};
static const struct basin_kind toy_modern = {
    "modern", "softmax", NULL, 3, toy_modern_fields, sizeof(struct toy_modern)};
static const struct basin_kind toy_classical = {
    "classical", "sgn", NULL, 1, toy_classical_fields, sizeof(struct toy_classical)};
static const struct basin_kind toy_options = {
    "options", "of every rule", NULL, 1, toy_options_fields, sizeof(struct toy_options)};

static const struct basin_kind *const toy_experiments[] = {&toy_recall, &toy_bare, NULL};
static const struct basin_kind *const toy_recalls[] = {&toy_recall, NULL};
static const struct basin_kind *const toy_bares[] = {&toy_bare, NULL};
static const struct basin_kind *const toy_sources[] = {&toy_polar, &toy_images, NULL};
static const struct basin_kind *const toy_cues[] = {&toy_cue, NULL};
static const struct basin_kind *const toy_rules[] = {&toy_classical, &toy_modern, NULL};

static const struct basin_section toy_recall_sections[] = {
    {"", NULL, toy_recalls, NULL, false},
    {"patterns", "kind", toy_sources, NULL, false},
    {"cue", NULL, toy_cues, NULL, false},
    {"rules", "rule", toy_rules, &toy_options, true},
    {NULL, NULL, NULL, NULL, false},
};
static const struct basin_section toy_bare_sections[] = {
    {"", NULL, toy_bares, NULL, false},
    {"cue", NULL, toy_cues, NULL, false},
    {NULL, NULL, NULL, NULL, false},
};

static inline const struct basin_section *toy_sections(const struct basin_kind *kind)
{
    return kind == &toy_recall ? toy_recall_sections : toy_bare_sections;
}

static const char *const toy_other_keys[] = {"figures", "claims"};
static const struct basin_registry toy_registry = {
    toy_experiments, toy_sections, toy_other_keys, 2};

#endif
