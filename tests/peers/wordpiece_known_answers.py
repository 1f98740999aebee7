#!/usr/bin/env python3
"""Known answers for the tokenizer: BERT's published algorithm, on texts that hurt.

    tests/peers/wordpiece_known_answers.py [FOLDER]    (default: tests/data/wordpiece)

Writes vocab.txt and cases.tsv: the bytes of a text in hexadecimal digits, the tokens of
a cased and those of an uncased model, and a remark. The algorithm is written down here a
second time, in another language and with another Unicode library, after the description
in the paper's code (tokenization.py). Greek final sigma is left out: Python knows its
special lower case, basin makes letters lower case one by one."""
import os
import sys
import unicodedata

WORD_MOST = 100
WORDS = """[PAD] [UNK] [CLS] [SEP] [MASK] the The un ##aff ##able ##a ##b ##c ##s a b c e
 n i o u s t want ##want ##ed wa runn ##ing , . ! ? - ' " $ % & ( ) [ ] _ ` ~ ^ + = < > / @ #
 : ; low ##low ##e ##er cafe caf\u00e9 Caf resume r\u00e9sum\u00e9 na\u00efve naive ##\u00e9
 \u4e2d \u56fd \u6587 ##\u4e2d \u3042 \u3044 ##\u3044 \ud55c ##\uae00 \u1112 ##\u1161 ##\u11ab
 \U0001f600 ##\U0001f600 \u2764 \u00df stra\u00dfe ##\u00dfe strasse \u20ac \u2014 \u2026
 \u00bf \u00a1 \u0111 \u0142 i\u0307 \u0131 mask 1 ##2 ##3 2 3 10 \u00bd \u00b2 \u0915 ##\u093f
 ##\u0924 \u0430 ##\u0431 \u0411 \u0431 \u0439 \u0438 \u03bf ##\u03b4 ##\u03bf ##\u03c3
 \u03c3 \ufb01 fi ##fi \u1e9e ffi ; A ##A ##B I ##n ##g ##t ##h ##m ##k ##y X x ##x
 \u200b ab ##cd abc \u0e01 ##\u0e33 ##\u0e4d""".split()

TEXTS = [
    ("an easy sentence", "The unaffable, the wanted!"),
    ("no text", ""),
    ("only spaces", " \t\r\n  "),
    ("punctuation of ASCII", "a$b^c`a~b+c=a<b>c_a#b@c"),
    ("punctuation in a row", "...!?---''\"\""),
    ("punctuation of Unicode", "\u00bfa?\u2014b\u2026\u20ac\u00a1c"),
    ("composed accents", "caf\u00e9 r\u00e9sum\u00e9 na\u00efve Caf\u00e9 CAF\u00c9"),
    ("combining accents", "cafe\u0301 re\u0301sume\u0301"),
    ("a combining mark alone", "\u0301 a\u0301\u0300\u0302"),
    ("a stroke is no accent", "\u0111 \u0142 \u0110 \u0141"),
    ("dotted and dotless i", "\u0130 \u0131 I\u0307 i"),
    ("sharp s", "\u00df stra\u00dfe STRASSE \u1e9e"),
    ("ligatures stay", "\ufb01 \ufb03 fi"),
    ("Chinese without spaces", "\u4e2d\u56fda\u6587,\u4e2d"),
    ("Chinese beyond the basic plane", "a\U00020000b\U0002f800c"),
    ("compatibility ideograph", "\uf900 \ufa0e"),
    ("kana are words", "\u3042\u3044 \u3042"),
    ("kana with voiced mark", "\u304c \u30ac"),
    ("Hangul", "\ud55c\uae00 \ud55c"),
    ("Hangul jamo", "\u1112\u1161\u11ab"),
    ("Devanagari: spacing marks stay", "\u0915\u093f\u0924 \u0915\u094d"),
    ("Thai", "\u0e01\u0e33 \u0e01\u0e34"),
    ("Cyrillic with breve", "\u0439 \u0419 \u0411\u0431"),
    ("Greek", "\u039f\u0394\u039f \u03c3\u03bf"),
    ("emoji", "a\U0001f600b \u2764\ufe0f \U0001f600\U0001f600"),
    ("emoji joined", "\U0001f468\u200d\U0001f469\u200d\U0001f467 \U0001f1e9\U0001f1ea"),
    ("emoji with skin tone", "\U0001f44d\U0001f3fd"),
    ("control characters", "a\x00b\x01c\x7f \x0b\x0ca\x1fb\x85c"),
    ("tabs and lines", "a\tb\nc\r\na"),
    ("spaces of Unicode", "a\u00a0b\u2003c\u3000a\u2028b\u2029c\u1680a"),
    ("no-width characters", "a\u200bb\u200cc\u2060a\ufeffb\u00adc"),
    ("direction marks", "\u202ea\u202c \u200fb"),
    ("replacement character", "a\ufffdb"),
    ("private use", "a\ue000b \ue000"),
    ("unassigned", "\u0378 a\u0378"),
    ("noncharacter", "a\ufffe\uffff b"),
    ("a word of 100 letters", "a" * 100),
    ("a word of 101 letters", "a" * 101),
    ("100 letters of two bytes", "\u00e9" * 100 + " " + "\u00e9" * 101),
    ("100 with accents that go", "a\u0301" * 100 + " " + "a\u0301" * 101),
    ("a very long word", "ab" * 5000 + " a"),
    ("greedy takes the longest", "abcd abc abcdx ab"),
    ("unknown in the middle", "unaffQable unaffable"),
    ("special tokens are texts", "[MASK] [CLS] mask"),
    ("hash signs", "##able ## #a"),
    ("digits", "123 10 1 \u00bd \u00b2 \u0661"),
    ("mixed case", "ThE THE The tHe"),
    ("full-width letters", "\uff21\uff41 \uff0c"),
    ("letter-like numbers", "\u2160 \u24b6"),
    ("title case letter", "\u01c5 \u01c8"),
    ("mathematical letters", "\U0001d400 \U0001d41a"),
    ("old scripts with case", "\U00010400 \U00010428"),
]
BYTES = [
    ("a lone continuation byte", b"a\x80b"),
    ("truncated at the end", b"a \xe4\xb8"),
    ("truncated in the middle", b"a\xe4\xb8b c"),
    ("overlong slash", b"a\xc0\xafb"),
    ("a surrogate", b"a\xed\xa0\x80b"),
    ("beyond Unicode", b"a\xf4\x90\x80\x80b \xf8\x88\x80\x80\x80"),
    ("FE and FF", b"\xfe\xffa b"),
    ("Latin-1", "caf\u00e9 na\u00efve".encode("latin-1")),
]


def is_space(c):
    return c in " \t\n\r" or unicodedata.category(c) == "Zs"


def is_control(c):
    return c not in "\t\n\r" and unicodedata.category(c) in ("Cc", "Cf")


def is_punctuation(c):
    o = ord(c)
    return (33 <= o <= 47 or 58 <= o <= 64 or 91 <= o <= 96 or 123 <= o <= 126
            or unicodedata.category(c).startswith("P"))


def is_chinese(c):
    ranges = ((0x4E00, 0x9FFF), (0x3400, 0x4DBF), (0x20000, 0x2A6DF), (0x2A700, 0x2B73F),
              (0x2B740, 0x2B81F), (0x2B820, 0x2CEAF), (0xF900, 0xFAFF), (0x2F800, 0x2FA1F))
    return any(low <= ord(c) <= high for low, high in ranges)


def words_of(data, lower):
    text = ""
    for c in data.decode("utf-8", "ignore"):
        if ord(c) in (0, 0xFFFD) or is_control(c):
            continue
        text += " " if is_space(c) else f" {c} " if is_chinese(c) else c
    for word in text.split():
        if lower:
            word = unicodedata.normalize("NFD", word.lower())
            word = "".join(c for c in word if unicodedata.category(c) != "Mn")
        spaced = "".join(f" {c} " if is_punctuation(c) else c for c in word)
        yield from spaced.split()


def pieces_of(word, vocabulary):
    if len(word) > WORD_MOST:
        return ["[UNK]"]
    pieces, at = [], 0
    while at < len(word):
        lead = "##" if at > 0 else ""
        end = next((e for e in range(len(word), at, -1) if lead + word[at:e] in vocabulary),
                   None)
        if end is None:
            return ["[UNK]"]
        pieces.append(lead + word[at:end])
        at = end
    return pieces


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else "tests/data/wordpiece"
    os.makedirs(folder, exist_ok=True)
    vocabulary = list(dict.fromkeys(WORDS))
    with open(os.path.join(folder, "vocab.txt"), "w", encoding="utf-8") as file:
        file.writelines(word + "\n" for word in vocabulary)
    number = {word: i for i, word in enumerate(vocabulary)}
    with open(os.path.join(folder, "cases.tsv"), "w", encoding="ascii") as file:
        for remark, data in [(r, t.encode()) for r, t in TEXTS] + BYTES:
            columns = [" ".join(str(number[p]) for w in words_of(data, lower)
                                for p in pieces_of(w, number)) for lower in (False, True)]
            file.write("\t".join([data.hex(), *columns, remark]) + "\n")


main()
