/* Figures within the page: SVG with ids of its own, or PNG as a data URL. */
#include "base/base64.h"
#include "base/quote.h"
#include "report/html.h"

#include <stdlib.h>
#include <string.h>

static bool starts(const char *text, const char *word)
{
    return strncmp(text, word, strlen(word)) == 0;
}

/* Many drawings on one page: every id, and every reference to one, gets a prefix. What
 * gnuplot says of itself is left out. */
static void add_svg(
    const struct basin_html_figure *figure, size_t number, struct basin_str *out)
{
    static const char *const marks[] = {
        " id='", " id=\"", "href='#", "href=\"#", "url(#"};
    const char *text = strstr(figure->bytes.text, "<svg");
    while (text != NULL && *text != '\0') {
        size_t length = 1;
        bool marked = false;
        if (starts(text, "<title>Gnuplot</title>") || starts(text, "<desc>")) {
            const char *end =
                strstr(text, starts(text, "<desc>") ? "</desc>" : "</title>");
            text = strchr(end == NULL ? text : end, '>') + 1;
            continue;
        }
        for (size_t i = 0; !marked && i < sizeof(marks) / sizeof(marks[0]); i++) {
            if (starts(text, marks[i])) {
                length = strlen(marks[i]);
                marked = true;
            }
        }
        basin_str_add_bytes(out, text, length);
        if (marked) {
            basin_str_add(out, "f%zu-", number);
        }
        text += length;
    }
}

/* Several panels beside each other need the whole width of the page. */
static bool is_wide(const struct basin_html_figure *figure)
{
    enum { WIDE = 1100, PNG_SCALE_HALVES = 3 };
    const unsigned char *header = (const unsigned char *)figure->bytes.text;
    if (figure->png) {
        return figure->bytes.length > 20 &&
               2 * (header[18] << 8 | header[19]) > PNG_SCALE_HALVES * WIDE;
    }
    static const char box[] = "viewBox=\"0 0 ";
    const char *size = strstr(figure->bytes.text, box);
    return size != NULL && strtol(size + strlen(box), NULL, 10) > WIDE;
}

void basin_html_figure_add(
    const struct basin_html_figure *figure, size_t number, struct basin_str *out)
{
    bool wide = figure->bytes.text != NULL && is_wide(figure);
    basin_str_add(out, "<figure%s>", wide ? " class=\"wide\"" : "");
    if (figure->bytes.text == NULL) {
        basin_str_add(out, "not drawn");
    } else if (figure->png) {
        basin_str_add(out, "<img loading=\"lazy\" alt=\"");
        basin_quote_markup(figure->name, out);
        basin_str_add(out, "\" src=\"data:image/png;base64,");
        basin_base64_add(figure->bytes.text, figure->bytes.length, out);
        basin_str_add(out, "\"/>");
    } else {
        add_svg(figure, number, out);
    }
    basin_str_add(out, "<figcaption>");
    basin_quote_markup(figure->name, out);
    basin_str_add(out, "</figcaption></figure>\n");
}
