/*
 * in_pcs_index.c - the index of ICD-10-PCS: words that lead to a code, to the codes of a table, to another term
 * (see) or to a value (use). A term without a title of its own is one of several references of the term above.
 */
#include "codebook/pcs_in.h"

#include <string.h>

#define DEPTH_MAX	12
#define PATH_ROOM	4096

struct index {
	size_t	depth;				/* open terms */
	size_t	end[DEPTH_MAX + 1];		/* of the path of each; [0] = 0 */
	char	path[PATH_ROOM];
	char	reference[4];			/* "see" or "use" while one is open */
	int64_t	target;				/* its words, once a code interrupts them */
	int64_t	code;
};

static bool
is_term(const char *name)
{
	return strcmp(name, "term") == 0 || strcmp(name, "mainTerm") == 0;
}

static bool
is_code(const char *name)
{
	return strcmp(name, "code") == 0 || strcmp(name, "codes") == 0 || strcmp(name, "tab") == 0;
}

static bool
is_reference(const char *name)
{
	return strcmp(name, "see") == 0 || strcmp(name, "use") == 0;
}

static void
term_open(struct cb_xml *x, struct index *ix)
{
	if (ix->depth == DEPTH_MAX) {
		cb_xml_stop(x, E_LIMIT, "index terms are nested too deep");
		return;
	}
	ix->depth++;
	ix->end[ix->depth] = ix->end[ix->depth - 1];
	x->rows++;
}

static void
on_start(struct cb_xml *x, const char *name, const char **attrs)
{
	struct index *ix = x->self;

	(void)attrs;
	if (is_term(name)) {
		term_open(x, ix);
	} else if (ix->depth && is_reference(name)) {
		memcpy(ix->reference, name, sizeof ix->reference);
		ix->target = ix->code = 0;
		cb_xml_take(x);
	} else if (ix->depth && (is_code(name) || strcmp(name, "title") == 0)) {
		if (ix->reference[0] && x->taking)
			ix->target = cb_text(x->in->b, str_trim((struct str){ x->text, x->n }));
		cb_xml_take(x);
	}
}

static void
path_add(struct cb_xml *x, struct index *ix, struct str title)
{
	size_t at = ix->end[ix->depth - 1], sep = at ? 2 : 0;

	if (at + sep + title.n > sizeof ix->path) {
		cb_xml_stop(x, E_LIMIT, "the titles of a path are longer than any published");
		return;
	}
	memcpy(ix->path + at, "; ", sep);
	memcpy(ix->path + at + sep, title.n ? title.p : "", title.n);
	ix->end[ix->depth] = at + sep + title.n;
}

static void
reference_put(struct cb_xml *x, struct index *ix, const char *kind, int64_t code, int64_t target)
{
	struct cb_row *row;

	if (!code && !target) {
		(void)cb_fault(x->in, E_MALFORMED, cb_xml_line(x), 1, "the reference names neither a code nor a term");
		return;
	}
	row = cb_put(x->in, CS_PCS_INDEX, cb_xml_line(x));
	if (!row)
		return;
	CB_SET(row, PCS_INDEX_WORDS, cb_text(x->in->b, (struct str){ ix->path, ix->end[ix->depth] }));
	CB_SET(row, PCS_INDEX_KIND, cb_text(x->in->b, str_of(kind)));
	CB_SET(row, PCS_INDEX_CODE, code);
	CB_SET(row, PCS_INDEX_TARGET, target);
}

static int64_t
code_of(struct cb_xml *x, const char *name, struct str text)
{
	bool fits = cb_code_plain(text) && (strcmp(name, "tab") == 0 ? text.n == 3 : strcmp(name, "code") == 0 ? text.n == 7 :
	    text.n >= 3 && text.n < 7);

	if (!fits)
		(void)cb_fault(x->in, E_MALFORMED, cb_xml_line(x), 1,
		    "expected a code of seven characters, the first of one, or a table");
	return fits ? cb_code_key(text) : 0;
}

static void
on_end(struct cb_xml *x, const char *name, struct str text)
{
	struct index *ix = x->self;
	int64_t code;

	if (!ix->depth)
		return;
	if (is_term(name)) {
		ix->depth--;
	} else if (strcmp(name, "title") == 0 && !ix->reference[0]) {
		path_add(x, ix, text);
	} else if (is_code(name)) {
		code = code_of(x, name, text);
		if (ix->reference[0])
			ix->code = code;
		else if (code)
			reference_put(x, ix, name, code, 0);
	} else if (is_reference(name) && ix->reference[0]) {
		reference_put(x, ix, name, ix->code, ix->target ? ix->target : cb_text(x->in->b, text));
		ix->reference[0] = 0;
	}
	x->taking = false;
	if (x->in->faults->more)
		cb_xml_stop(x, E_MALFORMED, "too much of the file does not fit");
}

int
cb_read_pcs_index(struct cb_in *in)
{
	struct index ix = { .depth = 0 };
	struct cb_xml x = { .in = in, .self = &ix, .start = on_start, .end = on_end };

	return cb_xml_read(&x);
}
