/*
 * xml.c - the Alphabetic Index and the Tabular List, through expat. A document that declares an
 * entity is refused whole: the published files never do, and expanding one is an attack.
 */
#include "codebook/cb.h"

#include <expat.h>
#include <string.h>

#define NESTING_MAX	48

struct xml {
	struct cb_in	*in;
	XML_Parser	 p;
	int		 rc;			/* why parsing was stopped */
	int		 nesting;
	int		 rows;
	bool		 taking;		/* character data is wanted */
	bool		 inclusion;		/* inside inclusionTerm */
	char		 text[CB_TITLE_MAX];
	size_t		 n;
	uint32_t	 stack[CB_DEPTH_MAX];	/* index: 1 + node of the open terms */
	struct str	 codes[CB_DEPTH_MAX];	/* tabular: codes of the open diag elements */
	size_t		 depth;
};

static void
stop(struct xml *x, int rc, const char *words)
{
	if (x->rc)
		return;
	x->rc = cb_fault(x->in, rc, XML_GetCurrentLineNumber(x->p), XML_GetCurrentColumnNumber(x->p) + 1, words);
	(void)XML_StopParser(x->p, XML_FALSE);
}

static void
on_entity(void *self, const XML_Char *name, int is_param, const XML_Char *value, int n, const XML_Char *base,
    const XML_Char *system, const XML_Char *public, const XML_Char *notation)
{
	(void)name, (void)is_param, (void)value, (void)n, (void)base, (void)system, (void)public, (void)notation;
	stop(self, E_UNSUPPORTED, "the document declares an entity");
}

static void
take(struct xml *x)
{
	x->taking = true;
	x->n = 0;
}

static void
on_text(void *self, const XML_Char *s, int n)
{
	struct xml *x = self;

	if (!x->taking)
		return;
	for (int i = 0; i < n; i++) {
		char c = (unsigned char)s[i] < 0x20 || s[i] == 0x7f ? ' ' : s[i];

		if (c == ' ' && (x->n == 0 || x->text[x->n - 1] == ' '))
			continue;
		if (x->n == sizeof x->text) {
			stop(x, E_LIMIT, "a title is longer than any title may be");
			return;
		}
		x->text[x->n++] = c;
	}
}

static struct str
taken(struct xml *x)
{
	x->taking = false;
	return str_trim((struct str){ x->text, x->n });
}

static struct str
kept(struct xml *x)
{
	struct str s = taken(x);

	return s.n ? arena_str(&x->in->cb->a, s) : STR_NONE;
}

static bool
nest(struct xml *x)
{
	if (++x->nesting > NESTING_MAX)
		stop(x, E_LIMIT, "elements are nested deeper than in any published file");
	if (x->in->cb->a.spent)
		stop(x, E_NOMEM, "the code book is out of memory");
	return x->rc == 0;
}

/* ---- the index ---- */

static bool
is_term(const char *name)
{
	return strcmp(name, "term") == 0 || strcmp(name, "mainTerm") == 0;
}

static void
term_open(struct xml *x)
{
	struct codebook *cb = x->in->cb;
	struct cb_node *node;

	if (x->depth == CB_DEPTH_MAX) {
		stop(x, E_LIMIT, "index terms are nested too deep");
		return;
	}
	node = arena_push(&cb->a, cb->nodes, cb->n_nodes);
	if (!node)
		return;
	node->parent = x->depth ? x->stack[x->depth - 1] : 0;
	node->depth = (uint8_t)x->depth;
	x->stack[x->depth++] = (uint32_t)cb->n_nodes;
	x->rows++;
}

static void
index_start(void *self, const XML_Char *name, const XML_Char **attrs)
{
	struct xml *x = self;

	(void)attrs;
	if (!nest(x))
		return;
	if (is_term(name))
		term_open(x);
	else if (x->depth && strcmp(name, "nemod") == 0)
		on_text(x, " ", 1);
	else if (x->depth && (strcmp(name, "title") == 0 || strcmp(name, "code") == 0 ||
	    strcmp(name, "see") == 0 || strcmp(name, "seeAlso") == 0))
		take(x);
}

static void
index_end(void *self, const XML_Char *name)
{
	struct xml *x = self;
	struct cb_node *node;

	x->nesting--;
	if (!x->depth || x->rc)
		return;
	node = &x->in->cb->nodes[x->stack[x->depth - 1] - 1];
	if (is_term(name)) {
		x->depth--;
	} else if (strcmp(name, "title") == 0) {
		node->title = kept(x);
	} else if (strcmp(name, "code") == 0) {
		node->code = cb_code_bare(&x->in->cb->a, taken(x));
	} else if (strcmp(name, "see") == 0 || strcmp(name, "seeAlso") == 0) {
		node->see = kept(x);
		node->see_also = name[3] != 0;
	}
}

/* ---- the tabular list ---- */

static void
tabular_start(void *self, const XML_Char *name, const XML_Char **attrs)
{
	struct xml *x = self;

	(void)attrs;
	if (!nest(x))
		return;
	if (strcmp(name, "diag") == 0) {
		if (x->depth == CB_DEPTH_MAX)
			stop(x, E_LIMIT, "diag elements are nested too deep");
		else
			x->codes[x->depth++] = STR_NONE;
	} else if (strcmp(name, "inclusionTerm") == 0) {
		x->inclusion = true;
	} else if (x->depth && (strcmp(name, "name") == 0 || (x->inclusion && strcmp(name, "note") == 0))) {
		take(x);
	}
}

static void
inclusion_add(struct xml *x)
{
	struct codebook *cb = x->in->cb;
	struct str words = taken(x), code = x->codes[x->depth - 1];
	struct index_row *row = words.n && code.n ? arena_push(&cb->a, cb->index, cb->n_index) : NULL;

	if (!row)
		return;
	*row = (struct index_row){ .words = arena_str(&cb->a, words), .code = code, .inclusion = true };
	x->rows++;
}

static void
tabular_end(void *self, const XML_Char *name)
{
	struct xml *x = self;

	x->nesting--;
	if (!x->depth || x->rc)
		return;
	if (strcmp(name, "diag") == 0)
		x->depth--;
	else if (strcmp(name, "inclusionTerm") == 0)
		x->inclusion = false;
	else if (strcmp(name, "name") == 0)
		x->codes[x->depth - 1] = cb_code_bare(&x->in->cb->a, taken(x));
	else if (x->inclusion && strcmp(name, "note") == 0)
		inclusion_add(x);
}

static int
xml_read(struct cb_in *in, XML_StartElementHandler start, XML_EndElementHandler end)
{
	struct xml x = { .in = in, .p = XML_ParserCreate(NULL) };

	if (!x.p)
		return E_NOMEM;
	XML_SetUserData(x.p, &x);
	XML_SetElementHandler(x.p, start, end);
	XML_SetCharacterDataHandler(x.p, on_text);
	XML_SetEntityDeclHandler(x.p, on_entity);
	if (XML_Parse(x.p, in->bytes.p, (int)in->bytes.n, XML_TRUE) != XML_STATUS_OK && x.rc == 0)
		stop(&x, E_MALFORMED, XML_ErrorString(XML_GetErrorCode(x.p)));
	XML_ParserFree(x.p);
	return x.rc ? x.rc : x.rows;
}

int
cb_read_index_xml(struct cb_in *in)
{
	size_t before = in->cb->n_nodes;
	int rc = xml_read(in, index_start, index_end);

	if (rc < 0)
		in->cb->n_nodes = before;	/* half an index would mislead */
	return rc;
}

int
cb_read_tabular_xml(struct cb_in *in)
{
	size_t before = in->cb->n_index;
	int rc = xml_read(in, tabular_start, tabular_end);

	if (rc < 0)
		in->cb->n_index = before;
	return rc;
}
