/* Text inside other languages: JSON, HTML and XML, CSV. */
#ifndef BASIN_BASE_QUOTE_H
#define BASIN_BASE_QUOTE_H

#include "base/str.h"

/* A string of JSON, with its quotes. */
void basin_quote_json(const char *text, struct basin_str *out);

/* A number of JSON, which knows neither NaN nor infinity: null. */
void basin_quote_json_number(double value, struct basin_str *out);

/* Text between tags or between double quotes of an attribute. */
void basin_quote_markup(const char *text, struct basin_str *out);

/* A field of a table: quoted where it holds the separator, a quote or a line end (CSV);
 * with a tab as separator these become blanks instead (TSV). */
void basin_quote_field(const char *text, char separator, struct basin_str *out);

#endif
