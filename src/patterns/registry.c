/* The registry of pattern sources: to add one is to add its file and its line here. */
#include "patterns/source.h"

#define SOURCES(X)                                                                       \
    X(polar)                                                                             \
    X(binary)                                                                            \
    X(bernoulli)                                                                         \
    X(uniform)                                                                           \
    X(gaussian)                                                                          \
    X(sphere)                                                                            \
    X(pair)                                                                              \
    X(template)                                                                          \
    X(template_binary)                                                                   \
    X(clusters)                                                                          \
    X(fields)                                                                            \
    X(png)                                                                               \
    X(idx)                                                                               \
    X(glyphs)

#define SOURCE_DECLARE(name) extern const struct basin_source basin_source_##name;
SOURCES(SOURCE_DECLARE)
#undef SOURCE_DECLARE

const struct basin_kind *basin_sources[BASIN_REGISTRY_ROOM] = {
#define SOURCE_HEAD(name) &basin_source_##name.kind,
    SOURCES(SOURCE_HEAD)
#undef SOURCE_HEAD
        NULL,
};
