/*
 * xml.c - published XML through expat. A document that declares an entity is refused whole: the published files
 * never do, and expanding one is an attack.
 */
#include "codebook/icd.h"

#include <expat.h>
#include <string.h>

#define NESTING_MAX	48

void
cb_xml_stop(struct cb_xml *x, int rc, const char *words)
{
	if (x->rc)
		return;
	x->rc = cb_fault(x->in, rc, XML_GetCurrentLineNumber(x->parser), XML_GetCurrentColumnNumber(x->parser) + 1, words);
	(void)XML_StopParser(x->parser, XML_FALSE);
}

size_t
cb_xml_line(const struct cb_xml *x)
{
	return XML_GetCurrentLineNumber(x->parser);
}

const char *
cb_xml_attr(const char **attrs, const char *name)
{
	for (size_t i = 0; attrs[i]; i += 2)
		if (strcmp(attrs[i], name) == 0)
			return attrs[i + 1];
	return NULL;
}

void
cb_xml_take(struct cb_xml *x)
{
	x->taking = true;
	x->n = 0;
}

static void
on_text(void *self, const XML_Char *s, int n)
{
	struct cb_xml *x = self;

	if (!x->taking)
		return;
	for (int i = 0; i < n; i++) {
		char c = (unsigned char)s[i] < 0x20 || s[i] == 0x7f ? ' ' : s[i];

		if (c == ' ' && (x->n == 0 || x->text[x->n - 1] == ' '))
			continue;
		if (x->n == sizeof x->text) {
			cb_xml_stop(x, E_LIMIT, "a text is longer than any text may be");
			return;
		}
		x->text[x->n++] = c;
	}
}

void
cb_xml_blank(struct cb_xml *x)
{
	on_text(x, " ", 1);
}

static void
on_entity(void *self, const XML_Char *name, int is_param, const XML_Char *value, int n, const XML_Char *base,
    const XML_Char *system, const XML_Char *public, const XML_Char *notation)
{
	(void)name, (void)is_param, (void)value, (void)n, (void)base, (void)system, (void)public, (void)notation;
	cb_xml_stop(self, E_UNSUPPORTED, "the document declares an entity");
}

static void
on_start(void *self, const XML_Char *name, const XML_Char **attrs)
{
	struct cb_xml *x = self;

	if (++x->nesting > NESTING_MAX)
		cb_xml_stop(x, E_LIMIT, "elements are nested deeper than in any published file");
	if (x->in->b->a.spent)
		cb_xml_stop(x, E_NOMEM, "the code book is out of memory");
	if (!x->rc)
		x->start(x, name, attrs);
}

/* The text ends with its element; an element inside it belongs to it where start took nothing anew. */
static void
on_end(void *self, const XML_Char *name)
{
	struct cb_xml *x = self;

	x->nesting--;
	if (!x->rc)
		x->end(x, name, str_trim((struct str){ x->text, x->taking ? x->n : 0 }));
}

int
cb_xml_read(struct cb_xml *x)
{
	XML_Parser p = XML_ParserCreate(NULL);

	if (!p)
		return E_NOMEM;
	x->parser = p;
	XML_SetUserData(p, x);
	XML_SetElementHandler(p, on_start, on_end);
	XML_SetCharacterDataHandler(p, on_text);
	XML_SetEntityDeclHandler(p, on_entity);
	if (XML_Parse(p, x->in->bytes.p, (int)x->in->bytes.n, XML_TRUE) != XML_STATUS_OK && x->rc == 0)
		cb_xml_stop(x, E_MALFORMED, XML_ErrorString(XML_GetErrorCode(p)));
	XML_ParserFree(p);
	return x->rc ? x->rc : x->rows;
}
