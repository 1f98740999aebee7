/* Identity of a canonical text. */
#include "base/hash.h"

#include <nettle/sha2.h>
#include <stdio.h>
#include <string.h>

struct basin_id basin_id_of(const char *text, size_t length)
{
    struct sha256_ctx state;
    struct basin_id id;
    sha256_init(&state);
    sha256_update(&state, length, (const uint8_t *)text);
    sha256_digest(&state, sizeof(id.byte), id.byte);
    return id;
}

char *basin_id_text(const struct basin_id *id, char buffer[BASIN_ID_TEXT])
{
    for (size_t i = 0; i < sizeof(id->byte); i++) {
        snprintf(buffer + 2 * i, 3, "%02x", id->byte[i]);
    }
    return buffer;
}

uint64_t basin_id_number(const struct basin_id *id)
{
    uint64_t number = 0;
    for (size_t i = 0; i < sizeof(number); i++) {
        number = number << 8 | id->byte[i];
    }
    return number;
}

int basin_id_compare(const struct basin_id *a, const struct basin_id *b)
{
    return memcmp(a->byte, b->byte, sizeof(a->byte));
}
