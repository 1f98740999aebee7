/* Learning a WordPiece vocabulary from a text.
 *
 * Words (as BERT's tokenizer finds them) begin as characters, of which all but a word's
 * first are marked ##. The pair of neighbours that occurs most often becomes one piece,
 * again and again, until the vocabulary is full (Sennrich, Haddow & Birch 2016; so do the
 * trainers that vocabularies for BERT are made with). Of pairs that are equally frequent
 * the one whose pieces are older wins, so that a text has one vocabulary. */
#ifndef BASIN_TRANSFORMER_WORDPIECE_H
#define BASIN_TRANSFORMER_WORDPIECE_H

#include "base/str.h"

#include <stddef.h>

/* Adds the lines of a vocab.txt of `size` words to `lines`: [PAD], [UNK], [CLS], [SEP],
 * [MASK], the characters, then pieces in the order in which they were made; fewer where
 * the text has no more pairs. From the training part of a corpus (corpus.h), in small
 * letters without accents. Refuses a size that does not even hold the characters. */
BASIN_CHECKED int basin_wordpiece_learn(
    const char *path, size_t size, struct basin_str *lines, struct basin_diag *diag);

#endif
