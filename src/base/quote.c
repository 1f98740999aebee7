/* Text inside other languages: JSON, HTML and XML, CSV. */
#include "base/quote.h"

#include <math.h>
#include <string.h>

void basin_quote_json(const char *text, struct basin_str *out)
{
    basin_str_add(out, "\"");
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\') {
            basin_str_add(out, "\\%c", c);
        } else if (c < ' ') {
            basin_str_add(out, "\\u%04x", c);
        } else {
            basin_str_add_bytes(out, text, 1);
        }
    }
    basin_str_add(out, "\"");
}

void basin_quote_json_number(double value, struct basin_str *out)
{
    char text[32];
    basin_str_add(out, "%s", isfinite(value) ? basin_str_of_double(value, text) : "null");
}

void basin_quote_markup(const char *text, struct basin_str *out)
{
    static const char special[] = "&<>\"";
    static const char *const entities[] = {"&amp;", "&lt;", "&gt;", "&quot;"};
    for (; *text != '\0'; text++) {
        const char *found = strchr(special, *text);
        if (found != NULL) {
            basin_str_add(out, "%s", entities[found - special]);
        } else if ((unsigned char)*text >= ' ' || *text == '\n' || *text == '\t') {
            basin_str_add_bytes(out, text, 1);
        }
    }
}

void basin_quote_field(const char *text, char separator, struct basin_str *out)
{
    const char needy[] = {separator, '"', '\n', '\r', '\0'};
    bool quoted = separator != '\t' && text[strcspn(text, needy)] != '\0';
    basin_str_add(out, "%s", quoted ? "\"" : "");
    for (; *text != '\0'; text++) {
        bool blank = separator == '\t' && strchr("\t\n\r", *text) != NULL;
        basin_str_add_bytes(out, blank ? " " : text, 1);
        if (quoted && *text == '"') {
            basin_str_add(out, "\"");
        }
    }
    basin_str_add(out, "%s", quoted ? "\"" : "");
}
