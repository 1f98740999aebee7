/* What this program was built from, the same for every run of one build. */
#ifndef BASIN_STORE_BUILD_H
#define BASIN_STORE_BUILD_H

struct basin_build_fact {
    const char *name;
    const char *value;
};

/* Version, commit, compiler, libraries; ends with a NULL name. */
extern const struct basin_build_fact basin_build_facts[];

#endif
