/* Reading a document: one text in UTF-8, of limited size and depth, through libyaml. */
#include "config/tree.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct reader {
    struct basin_document *document;
    const char *text;
    size_t length;
    struct basin_diag *diag;
};

void basin_document_free(struct basin_document *self)
{
    free(self->file);
    basin_node_free(self->root);
    *self = (struct basin_document){0};
}

/* Invalid UTF-8: libyaml tells the byte, people want line and column. */
static int fail_encoding(const struct reader *r, const yaml_parser_t *parser)
{
    yaml_mark_t mark = {0};
    for (size_t i = 0; i < r->length && i < parser->problem_offset; i++) {
        unsigned char byte = (unsigned char)r->text[i];
        mark.column = byte == '\n' ? 0 : mark.column + ((byte & 0xC0) != 0x80);
        mark.line += byte == '\n';
    }
    char sentence[160];
    snprintf(sentence, sizeof(sentence), "not UTF-8 text: %s", parser->problem);
    return basin_fail_mark(r->diag, r->document, &mark, sentence);
}

static int fail_syntax(const struct reader *r, const yaml_parser_t *parser)
{
    if (parser->error == YAML_MEMORY_ERROR) {
        return basin_fail_document_memory(r->diag, r->document);
    }
    if (parser->error == YAML_READER_ERROR) {
        return fail_encoding(r, parser);
    }
    const yaml_mark_t *mark = &parser->problem_mark;
    struct basin_str sentence = {0};
    basin_str_add(&sentence, "%s", parser->problem);
    if (parser->context != NULL) {
        basin_str_add(&sentence, " (%s that starts in line %zu)", parser->context,
            parser->context_mark.line + 1);
    }
    if (memchr(r->text, '\t', r->length) != NULL &&
        strstr(parser->problem, "cannot start any token") != NULL) {
        basin_str_add(&sentence, "; indent with spaces, not with tabs");
    }
    int code = sentence.failed
                   ? basin_fail_document_memory(r->diag, r->document)
                   : basin_fail_mark(r->diag, r->document, mark, sentence.text);
    basin_str_free(&sentence);
    return code;
}

/* Fails unless the stream ends after the first document. */
static int check_single(const struct reader *r, yaml_parser_t *parser)
{
    yaml_document_t next;
    if (!yaml_parser_load(parser, &next)) {
        return fail_syntax(r, parser);
    }
    int code = 0;
    if (yaml_document_get_root_node(&next) != NULL) {
        code = basin_fail_mark(r->diag, r->document, &next.start_mark,
            "a second document starts here; a configuration is one document");
    }
    yaml_document_delete(&next);
    return code;
}

static int build_document(const struct reader *r, yaml_parser_t *parser)
{
    yaml_document_t yaml;
    if (!yaml_parser_load(parser, &yaml)) {
        return fail_syntax(r, parser);
    }
    int code = 0;
    if (yaml_document_get_root_node(&yaml) == NULL) {
        code = basin_fail(
            r->diag, BASIN_ERR_CONFIG, "%s: the document is empty", r->document->file);
    }
    if (code == 0) {
        code = basin_tree_build(r->document, &yaml, r->diag);
    }
    if (code == 0) {
        code = check_single(r, parser);
    }
    yaml_document_delete(&yaml);
    return code;
}

/* Starts a parser on a text that outlives it. */
static int start_parser(const struct reader *r, yaml_parser_t *parser)
{
    if (!yaml_parser_initialize(parser)) {
        return basin_fail_document_memory(r->diag, r->document);
    }
    yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(parser, (const unsigned char *)r->text, r->length);
    return 0;
}

/* libyaml takes time in the square of the depth of brackets, so depth is looked at event
 * by event before a document is loaded. Wrong syntax is left for the loading to tell. */
static int check_depth(const struct reader *r)
{
    yaml_parser_t parser;
    int code = start_parser(r, &parser);
    if (code != 0) {
        return code;
    }
    yaml_event_t event;
    size_t depth = 0;
    for (bool more = true; more && yaml_parser_parse(&parser, &event);) {
        if (event.type == YAML_SEQUENCE_START_EVENT ||
            event.type == YAML_MAPPING_START_EVENT) {
            depth++;
        } else if (event.type == YAML_SEQUENCE_END_EVENT ||
                   event.type == YAML_MAPPING_END_EVENT) {
            depth--;
        }
        if (depth > BASIN_DOCUMENT_DEPTH) {
            code = basin_fail_mark(r->diag, r->document, &event.start_mark,
                "nested more than 32 levels deep");
        }
        more = code == 0 && event.type != YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    return code;
}

/* Fails if this cannot be UTF-8 text of a sensible size; skips a byte order mark. */
static int check_text(struct reader *r)
{
    const char *file = r->document->file;
    if (r->length > BASIN_DOCUMENT_BYTES) {
        return basin_fail(r->diag, BASIN_ERR_CONFIG,
            "%s: larger than %d bytes, which no configuration needs to be", file,
            BASIN_DOCUMENT_BYTES);
    }
    if (r->length >= 2 &&
        (memcmp(r->text, "\xFF\xFE", 2) == 0 || memcmp(r->text, "\xFE\xFF", 2) == 0)) {
        return basin_fail(r->diag, BASIN_ERR_CONFIG,
            "%s:1:1: UTF-16 text; save the file as UTF-8", file);
    }
    if (r->length >= 3 && memcmp(r->text, "\xEF\xBB\xBF", 3) == 0) {
        r->text += 3;
        r->length -= 3;
    }
    return 0;
}

int basin_document_read(struct basin_document *self, const char *name, const char *text,
    size_t length, struct basin_diag *diag)
{
    struct reader r = {.document = self, .text = text, .length = length, .diag = diag};
    *self = (struct basin_document){.file = basin_str_copy(name)};
    if (self->file == NULL) {
        return basin_fail(diag, BASIN_ERR_NOMEM, "%s: out of memory", name);
    }
    yaml_parser_t parser;
    int code = check_text(&r);
    if (code == 0) {
        code = check_depth(&r);
    }
    if (code == 0) {
        code = start_parser(&r, &parser);
        if (code == 0) {
            code = build_document(&r, &parser);
            yaml_parser_delete(&parser);
        }
    }
    if (code != 0) {
        basin_document_free(self);
    }
    return code;
}

int basin_document_parse(struct basin_document *self, const char *name, const char *text,
    size_t length, struct basin_diag *diag)
{
    int code = basin_document_read(self, name, text, length, diag);
    if (code == 0 && self->root->kind != BASIN_MAPPING) {
        code = basin_fail_at(diag, self, self->root,
            "a configuration is a mapping (key: value), not a %s",
            self->root->kind == BASIN_SCALAR ? "text" : "list");
        basin_document_free(self);
    }
    return code;
}

int basin_document_load(
    struct basin_document *self, const char *path, struct basin_diag *diag)
{
    *self = (struct basin_document){0};
    struct stat facts;
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    int code = 0;
    if (file == NULL || fstat(fileno(file), &facts) != 0) {
        code = basin_fail(
            diag, BASIN_ERR_CONFIG, "cannot read %s: %s", path, strerror(errno));
        goto out;
    }
    if (S_ISDIR(facts.st_mode)) {
        code = basin_fail(diag, BASIN_ERR_CONFIG,
            "cannot read %s: it is a folder, not a configuration file", path);
        goto out;
    }
    text = malloc(BASIN_DOCUMENT_BYTES + 1);
    if (text == NULL) {
        code = basin_fail(diag, BASIN_ERR_NOMEM, "%s: out of memory", path);
        goto out;
    }
    size_t length = fread(text, 1, BASIN_DOCUMENT_BYTES + 1, file);
    if (ferror(file)) {
        code = basin_fail(
            diag, BASIN_ERR_CONFIG, "cannot read %s: %s", path, strerror(errno));
        goto out;
    }
    code = basin_document_parse(self, path, text, length, diag);
out:
    free(text);
    if (file != NULL) {
        fclose(file);
    }
    return code;
}
