/* Bytes as text (RFC 4648). */
#include "base/base64.h"

void basin_base64_add(const char *bytes, size_t length, struct basin_str *out)
{
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < length; i += 3) {
        size_t n = length - i < 3 ? length - i : 3;
        unsigned long word = 0;
        for (size_t j = 0; j < 3; j++) {
            word = word << 8 | (j < n ? (unsigned char)bytes[i + j] : 0UL);
        }
        char text[4] = {digits[word >> 18 & 63], digits[word >> 12 & 63],
            n > 1 ? digits[word >> 6 & 63] : '=', n > 2 ? digits[word & 63] : '='};
        basin_str_add_bytes(out, text, sizeof(text));
    }
}
