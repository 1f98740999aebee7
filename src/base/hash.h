/* Identity: a 128-bit name for a canonical text, and the key of a random stream.
 *
 * SHA-256 (nettle), cut to 128 bits: a million cells collide with probability 1e-27. */
#ifndef BASIN_BASE_HASH_H
#define BASIN_BASE_HASH_H

#include <stddef.h>
#include <stdint.h>

struct basin_id {
    uint8_t byte[16];
};

enum { BASIN_ID_TEXT = 33 };

/* The identity of a text of the given length in bytes. */
struct basin_id basin_id_of(const char *text, size_t length);

/* Thirty-two hexadecimal digits and a terminator; returns buffer. */
char *basin_id_text(const struct basin_id *id, char buffer[BASIN_ID_TEXT]);

/* The first eight bytes as a number, most significant first. */
uint64_t basin_id_number(const struct basin_id *id);

/* -1, 0, 1 as memcmp. */
int basin_id_compare(const struct basin_id *a, const struct basin_id *b);

#endif
