/*
 * in_index.c - the Alphabetic Index and the External Cause Index: terms below main terms, kept as a tree in
 * document order; see.c makes rows of it. Of a document that breaks off nothing is kept.
 */
#include "codebook/icd.h"

#include <string.h>

#define DEPTH_MAX	12

struct index {
	uint32_t	stack[DEPTH_MAX];	/* 1 + node of the open terms */
	size_t		depth;
	uint8_t		origin;
};

static bool
is_term(const char *name)
{
	return strcmp(name, "term") == 0 || strcmp(name, "mainTerm") == 0;
}

static bool
is_category(const char *name)
{
	return strcmp(name, "seecat") == 0 || strcmp(name, "subcat") == 0;
}

static void
term_open(struct cb_xml *x, struct index *ix)
{
	struct cb_build *b = x->in->b;
	struct cb_node *node;

	if (ix->depth == DEPTH_MAX) {
		cb_xml_stop(x, E_LIMIT, "index terms are nested too deep");
		return;
	}
	node = arena_push(&b->a, b->nodes, b->n_nodes);
	if (!node)
		return;
	*node = (struct cb_node){ .parent = ix->depth ? ix->stack[ix->depth - 1] : 0, .depth = (uint8_t)ix->depth,
	    .line = (uint32_t)cb_xml_line(x), .source = x->in->source, .origin = ix->origin };
	ix->stack[ix->depth++] = (uint32_t)b->n_nodes;
	x->rows++;
}

static void
on_start(struct cb_xml *x, const char *name, const char **attrs)
{
	struct index *ix = x->self;

	(void)attrs;
	if (is_term(name))
		term_open(x, ix);
	else if (ix->depth && strcmp(name, "nemod") == 0)
		cb_xml_blank(x);
	else if (ix->depth && (strcmp(name, "title") == 0 || strcmp(name, "code") == 0 || strcmp(name, "manif") == 0 ||
	    strcmp(name, "see") == 0 || strcmp(name, "seeAlso") == 0 || is_category(name)))
		cb_xml_take(x);
}

static void
on_end(struct cb_xml *x, const char *name, struct str text)
{
	struct index *ix = x->self;
	struct arena *a = &x->in->b->a;
	struct cb_node *node;

	if (!ix->depth)
		return;
	node = &x->in->b->nodes[ix->stack[ix->depth - 1] - 1];
	if (is_term(name)) {
		ix->depth--;
		return;
	}
	if (strcmp(name, "nemod") == 0)
		return;
	if (strcmp(name, "title") == 0) {
		node->title = text.n ? arena_str(a, text) : STR_NONE;
	} else if (strcmp(name, "code") == 0) {
		node->code = cb_code_bare(a, text);
	} else if (strcmp(name, "manif") == 0) {
		node->manifestation = cb_code_bare(a, text);
	} else if (is_category(name)) {
		node->category = cb_code_bare(a, text);
	} else if (strcmp(name, "see") == 0 || strcmp(name, "seeAlso") == 0) {
		node->see = text.n ? arena_str(a, text) : STR_NONE;
		node->see_also = name[3] != 0;
	}
	x->taking = false;
}

int
cb_read_index(struct cb_in *in)
{
	struct index ix = { .origin = cb_has(in->name, "eindex") ? ORIGIN_EXTERNAL : ORIGIN_INDEX };
	struct cb_xml x = { .in = in, .self = &ix, .start = on_start, .end = on_end };
	size_t before = in->b->n_nodes;
	int rc;

	in->b->sources[in->source].fills[CS_INDEX] = in->b->sources[in->source].fills[CS_INDEX_CATEGORY] = true;
	rc = cb_xml_read(&x);
	if (rc < 0)
		in->b->n_nodes = before;	/* half an index would mislead */
	return rc;
}
