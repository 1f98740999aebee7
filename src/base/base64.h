/* Bytes as text, as data URLs and terminals take them (RFC 4648). */
#ifndef BASIN_BASE_BASE64_H
#define BASIN_BASE_BASE64_H

#include "base/str.h"

void basin_base64_add(const char *bytes, size_t length, struct basin_str *out);

#endif
