/* All feature maps, in the order of BASIN_FEATURE_CHOICES. */
#include "features/feature.h"

#define FEATURES(X)                                                                      \
    X(positive)                                                                          \
    X(trigonometric)                                                                     \
    X(hyperbolic)                                                                        \
    X(relu)                                                                              \
    X(exp)                                                                               \
    X(abs)                                                                               \
    X(sigmoid)                                                                           \
    X(linear)

#define DECLARE(name) extern const struct basin_feature basin_feature_##name;
FEATURES(DECLARE)
#undef DECLARE

#define HEAD(name) &basin_feature_##name.kind,
const struct basin_kind *const basin_features[] = {FEATURES(HEAD) NULL};
#undef HEAD
