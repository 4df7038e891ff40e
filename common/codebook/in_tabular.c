/*
 * in_tabular.c - the Tabular List of ICD-10-CM: chapters, sections, where each code stands, notes with the codes
 * they name, seventh characters; inclusion terms lead to their code in table INDEX as well. Of a document that
 * breaks off nothing is kept. The table of visual impairment is left out: it is no note and names no code.
 */
#include "codebook/icd.h"

#include <string.h>

#define DEPTH_MAX	14	/* chapter, section and diag elements that are open */

struct place {			/* an open chapter, section or diag */
	int64_t		 key;
	enum code_set	 set;
	size_t		 row;	/* 1 + its row in the table */
	uint16_t	 seq[NOTE_KINDS];
};

struct tabular {
	struct place	open[DEPTH_MAX];
	size_t		depth;
	int		kind;			/* of the list that is open, or -1 */
	bool		seventh;		/* inside sevenChrDef */
	char		character;
};

static const enum code_set filled[] = { CS_INDEX, CS_CHAPTER, CS_SECTION, CS_TABULAR, CS_NOTE, CS_NOTE_REF, CS_SEVENTH };
#define FILLED_N	(sizeof filled / sizeof *filled)

static const struct { const char *name; enum note_kind kind; } lists[] = {
	{ "inclusionTerm", NOTE_INCLUSION }, { "includes", NOTE_INCLUDES }, { "excludes1", NOTE_EXCLUDES1 },
	{ "excludes2", NOTE_EXCLUDES2 }, { "codeFirst", NOTE_CODE_FIRST }, { "useAdditionalCode", NOTE_USE_ADDITIONAL },
	{ "codeAlso", NOTE_CODE_ALSO }, { "notes", NOTE_NOTES }, { "sevenChrNote", NOTE_SEVENTH },
};

static int
list_of(const char *name)
{
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		if (strcmp(name, lists[i].name) == 0)
			return (int)lists[i].kind;
	return -1;
}

static struct place *
top(struct tabular *t)
{
	return t->depth ? &t->open[t->depth - 1] : NULL;
}

static struct cb_row *
row_of(struct cb_xml *x, const struct place *p)
{
	return p->row ? cb_row_at(&x->in->b->tables[p->set], p->row - 1) : NULL;
}

/* ---- chapters, sections, codes ---- */

/* A chapter holds sections, a section codes, a code codes. */
static void
place_open(struct cb_xml *x, enum code_set set)
{
	struct tabular *t = x->self;
	size_t want = set == CS_CHAPTER ? 0 : set == CS_SECTION ? 1 : 2;

	if (t->depth == DEPTH_MAX)
		cb_xml_stop(x, E_LIMIT, "diag elements are nested too deep");
	else if (set == CS_TABULAR ? t->depth < want : t->depth != want)
		cb_xml_stop(x, E_MALFORMED, "expected sections in chapters and diag elements in sections");
	else
		t->open[t->depth++] = (struct place){ .set = set };
}

/* Its key is known: the row. The first key of all three tables is a code. */
static void
place_name(struct cb_xml *x, int64_t key)
{
	struct tabular *t = x->self;
	struct place *p = top(t);
	struct cb_row *row;

	if (!key) {
		cb_xml_stop(x, E_VALUE, "expected the number of a chapter, a section such as A00-A09, or a code such as A00.0");
		return;
	}
	if (p->key) {
		cb_xml_stop(x, E_MALFORMED, "the element has a second name");
		return;
	}
	row = cb_put(x->in, p->set, cb_xml_line(x));
	if (!row)
		return;
	p->key = row->c[0] = key;
	p->row = x->in->b->tables[p->set].n;
	if (p->set == CS_SECTION)
		CB_SET(row, SECTION_CHAPTER, t->open[0].key);
	if (p->set == CS_TABULAR) {
		CB_SET(row, TABULAR_SECTION, t->open[1].key);
		CB_SET(row, TABULAR_LEAF, 1);
		x->rows++;
	}
}

static int64_t
diag_key(struct cb_xml *x, struct str name)
{
	struct str bare = cb_code_bare(&x->in->b->a, name);

	return cb_code_plain(bare) && bare.n >= 3 && bare.n <= 7 && !memchr(name.p, ' ', name.n) ? cb_code_key(bare) : 0;
}

/* The parent is no leaf. One published code stands below another than the one it begins with. */
static void
diag_name(struct cb_xml *x, struct str name)
{
	struct tabular *t = x->self;
	struct place *up = t->depth > 3 ? &t->open[t->depth - 2] : NULL;
	struct str code = cb_code_bare(&x->in->b->a, name), above;
	char room[CODE_MAX];
	struct cb_row *row;

	place_name(x, diag_key(x, name));
	if (x->rc || !up || !up->row)
		return;
	above = cb_code_text(up->key, room);
	row = row_of(x, up);
	if (str_starts(code, above))
		CB_SET(row, TABULAR_LEAF, 0);
	else
		(void)cb_exception(x->in->b, x->in->path, arena_fmt(&x->in->b->a, "line %zu", cb_xml_line(x)),
		    arena_fmt(&x->in->b->a, "%.*s stands below %.*s, with which it does not begin", STR_ARG(code),
		    STR_ARG(above)));
}

/* "A00-A09", or "A00" alone. */
static bool
range_split(struct str range, int64_t *low, int64_t *high)
{
	struct str first = str_trim(str_cut(&range, '-')), last = range.n ? str_trim(range) : first;

	*low = cb_code_key(first);
	*high = cb_code_key(last);
	return first.n == 3 && last.n == 3 && cb_code_plain(first) && cb_code_plain(last) && *low <= *high;
}

/*
 * "Intestinal infectious diseases (A00-A09)": title, first and last. Every published one ends so; where a list of
 * our own has no range, a section has that of its id and a chapter none.
 */
static bool
title_split(const struct place *p, struct str text, struct str *title, int64_t *low, int64_t *high)
{
	size_t open = text.n;
	char room[CODE_MAX];

	*title = text;
	*low = *high = 0;
	if (text.n && text.p[text.n - 1] != ')')
		return p->set == CS_CHAPTER || range_split(cb_code_text(p->key, room), low, high);
	while (open && text.p[open - 1] != '(')
		open--;
	*title = str_trim((struct str){ text.p, open ? open - 1 : 0 });
	return open && range_split((struct str){ text.p + open, text.n - open - 1 }, low, high);
}

static void
place_title(struct cb_xml *x, struct str text)
{
	struct place *p = top(x->self);
	struct cb_row *row = row_of(x, p);
	struct str title;
	int64_t low, high;

	if (!row || p->set == CS_TABULAR)
		return;
	if (!title_split(p, text, &title, &low, &high)) {
		cb_xml_stop(x, E_VALUE, "expected a title with its range of categories, such as (A00-A09)");
		return;
	}
	row->c[1] = cb_text(x->in->b, title);
	if (p->set == CS_CHAPTER) {
		CB_SET(row, CHAPTER_LOW, low);
		CB_SET(row, CHAPTER_HIGH, high);
	} else {
		CB_SET(row, SECTION_LOW, low);
		CB_SET(row, SECTION_HIGH, high);
	}
}

/* ---- notes and characters ---- */

static void
inclusion_add(struct cb_xml *x, int64_t code, struct str words)
{
	struct cb_row *row = cb_put(x->in, CS_INDEX, cb_xml_line(x));

	if (!row)
		return;
	CB_SET(row, INDEX_WORDS, cb_text(x->in->b, words));
	CB_SET(row, INDEX_CODE, code);
	CB_SET(row, INDEX_ORIGIN, ORIGIN_INCLUSION);
	CB_SET(row, INDEX_SEE, 0);
	CB_SET(row, INDEX_DEPTH, 0);
}

static void
note_add(struct cb_xml *x, struct str text)
{
	struct tabular *t = x->self;
	struct place *p = top(t);
	struct cb_note note = { p->key, t->kind, 0, cb_xml_line(x) };
	struct cb_row *row;

	if (!text.n)
		return;
	if (!p->key || p->seq[t->kind] == UINT16_MAX) {
		cb_xml_stop(x, E_MALFORMED, "expected the name of a code before its notes");
		return;
	}
	note.seq = ++p->seq[t->kind];
	row = cb_put(x->in, CS_NOTE, note.line);
	if (!row)
		return;
	CB_SET(row, NOTE_OWNER, note.owner);
	CB_SET(row, NOTE_KIND, note.kind);
	CB_SET(row, NOTE_SEQ, note.seq);
	CB_SET(row, NOTE_TEXT, cb_text(x->in->b, text));
	if (t->kind == NOTE_INCLUSION && p->set == CS_TABULAR)
		inclusion_add(x, p->key, text);
	cb_note_refs(x->in, &note, text);
}

static void
seventh_add(struct cb_xml *x, struct str text)
{
	struct tabular *t = x->self;
	struct place *p = top(t);
	struct cb_row *row;

	if (!p->key) {
		cb_xml_stop(x, E_MALFORMED, "expected the name of a code before its 7th characters");
		return;
	}
	row = cb_put(x->in, CS_SEVENTH, cb_xml_line(x));
	if (!row)
		return;
	CB_SET(row, SEVENTH_OWNER, p->key);
	CB_SET(row, SEVENTH_CHARACTER, cb_code_key((struct str){ &t->character, 1 }));
	CB_SET(row, SEVENTH_TEXT, cb_text(x->in->b, text));
}

/* Further words on the character before. */
static void
seventh_note(struct cb_xml *x, struct str text)
{
	struct cb_table *rows = &x->in->b->tables[CS_SEVENTH];
	struct cb_row *row = rows->n ? cb_row_at(rows, rows->n - 1) : NULL;
	struct place *p = top(x->self);
	struct str before;

	if (!row || row->source != x->in->source || row->c[CB_CELL(CC_SEVENTH_OWNER)] != p->key)
		return;
	before = cb_text_of(x->in->b, row->c[CB_CELL(CC_SEVENTH_NOTE)]);
	if (before.n)
		text = arena_fmt(&x->in->b->a, "%.*s; %.*s", STR_ARG(before), STR_ARG(text));
	CB_SET(row, SEVENTH_NOTE, cb_text(x->in->b, text));
}

/* ---- elements ---- */

static void
extension_open(struct cb_xml *x, const char **attrs)
{
	struct tabular *t = x->self;
	const char *c = cb_xml_attr(attrs, "char");
	struct str s = c ? str_of(c) : STR_NONE;

	if (s.n != 1 || !cb_code_plain(s)) {
		cb_xml_stop(x, E_VALUE, "expected the 7th character, char=\"A\"");
		return;
	}
	t->character = s.p[0];
	cb_xml_take(x);
}

static void
on_start(struct cb_xml *x, const char *name, const char **attrs)
{
	struct tabular *t = x->self;
	struct place *p = top(t);

	if (strcmp(name, "diag") == 0) {
		place_open(x, CS_TABULAR);
	} else if (strcmp(name, "chapter") == 0) {
		place_open(x, CS_CHAPTER);
	} else if (strcmp(name, "section") == 0) {
		const char *id = cb_xml_attr(attrs, "id");

		place_open(x, CS_SECTION);
		if (!x->rc)
			place_name(x, id ? cb_code_key(str_of(id)) : 0);
	} else if (p && list_of(name) >= 0) {
		t->kind = list_of(name);
	} else if (p && strcmp(name, "sevenChrDef") == 0) {
		t->seventh = true;
	} else if (t->seventh && strcmp(name, "extension") == 0) {
		extension_open(x, attrs);
	} else if (p && (strcmp(name, "name") == 0 || (strcmp(name, "desc") == 0 && p->set != CS_TABULAR) ||
	    (strcmp(name, "note") == 0 && (t->kind >= 0 || t->seventh)))) {
		cb_xml_take(x);
	}
}

static void
text_end(struct cb_xml *x, const char *name, struct str text)
{
	struct tabular *t = x->self;
	enum code_set set = top(t)->set;

	if (strcmp(name, "name") == 0 && set == CS_TABULAR)
		diag_name(x, text);
	else if (strcmp(name, "name") == 0)
		place_name(x, set == CS_CHAPTER && text.n <= 2 && cb_code_plain(text) ? cb_code_key(text) : 0);
	else if (strcmp(name, "desc") == 0)
		place_title(x, text);
	else if (strcmp(name, "extension") == 0)
		seventh_add(x, text);
	else if (strcmp(name, "note") == 0 && t->kind >= 0)
		note_add(x, text);
	else if (strcmp(name, "note") == 0)
		seventh_note(x, text);
	x->taking = false;
}

static void
on_end(struct cb_xml *x, const char *name, struct str text)
{
	struct tabular *t = x->self;
	struct place *p = top(t);

	if (!p)
		return;
	if (strcmp(name, "diag") == 0 || strcmp(name, "section") == 0 || strcmp(name, "chapter") == 0) {
		if (!p->key)
			cb_xml_stop(x, E_INCOMPLETE, "expected the name of the code or chapter that ends here");
		else if (p->set != CS_TABULAR && !row_of(x, p)->c[1])
			cb_xml_stop(x, E_INCOMPLETE, "expected the title of the chapter or section that ends here");
		t->depth--;
	} else if (list_of(name) >= 0) {
		t->kind = -1;
	} else if (strcmp(name, "sevenChrDef") == 0) {
		t->seventh = false;
	} else if (x->taking) {
		text_end(x, name, text);
	}
}

int
cb_read_tabular(struct cb_in *in)
{
	struct tabular t = { .kind = -1 };
	struct cb_xml x = { .in = in, .self = &t, .start = on_start, .end = on_end };
	size_t before[FILLED_N];
	int rc;

	for (size_t i = 0; i < FILLED_N; i++) {
		before[i] = in->b->tables[filled[i]].n;
		in->b->sources[in->source].fills[filled[i]] = true;
	}
	rc = cb_xml_read(&x);
	for (size_t i = 0; i < FILLED_N && rc < 0; i++)
		in->b->tables[filled[i]].n = before[i];
	return rc;
}
