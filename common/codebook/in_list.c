/*
 * in_list.c - tab-separated lists of a code and its words. The first heading names the table, further ones its
 * columns: TITLE (or NAME, or DESCRIPTION), and if wanted FROM (START_DATE) and TO (END_DATE), CCYY-MM-DD.
 */
#include "codebook/cells.h"

#include <string.h>

/* The first heading of a list and its table: the names of codebook.def in capitals. */
static bool
set_of(struct str head, enum code_set *out)
{
	for (int i = 0; i < CS_COUNT; i++) {
		if (str_ieq(head, str_of(code_sets[i].name)) && code_set_is_titled((enum code_set)i)) {
			*out = (enum code_set)i;
			return true;
		}
	}
	return false;
}

static struct str
first_heading(struct str b)
{
	struct str line = str_cut(&b, '\n');

	return str_trim(str_cut(&line, '\t'));
}

static bool
looks_list(struct str b)
{
	enum code_set set;
	struct str line = b;

	line = str_cut(&line, '\n');
	return b.n && memchr(b.p, '\t', b.n < 200 ? b.n : 200) && set_of(first_heading(b), &set) &&
	    (cb_has(line, "\ttitle") || cb_has(line, "\tname") || cb_has(line, "\tdescription"));
}

static bool
looks_partial(struct str b)
{
	return str_is(first_heading(b), "PARTIAL");
}

/* partial_sets.tsv: the tables of which the files beside it hold a selection. */
static int
read_partial(struct cb_in *in)
{
	struct cb_lines l = cb_lines(in);
	struct str line;
	int rows = 0;

	(void)cb_line(&l, &line);
	while (cb_line(&l, &line)) {
		struct str name = str_trim(str_cut(&line, '\t'));
		int set = 0;

		if (name.n == 0)
			continue;
		while (set < CS_COUNT && !str_ieq(name, str_of(code_sets[set].name)))
			set++;
		if (set == CS_COUNT)
			(void)cb_fault(in, E_MALFORMED, l.no, 1, "expected the name of a table");
		else if (cb_partial_add(in, (enum code_set)set) < 0)
			return E_NOMEM;
		else
			rows++;
	}
	return rows;
}

static int
is_listed(const struct cb_records *r)
{
	for (size_t i = 1; i < r->n; i++)
		if (str_is(r->cell[i], "Unassigned"))
			return 0;
	return 1;
}

static int
read_list(struct cb_in *in)
{
	enum code_set set = CS_COUNT;
	struct str head = first_heading(in->bytes);
	size_t before = in->faults->n;
	char key[64];
	int rows;

	if (!set_of(head, &set) || head.n >= sizeof key)
		return E_UNSUPPORTED;
	memcpy(key, head.p, head.n);
	key[head.n] = 0;
	in->b->sources[in->source].stream = str_of(code_sets[set].name);
	in->b->sources[in->source].fills[set] = true;
	in->release = cb_release(REL_CALENDAR, in->name);

	const struct cb_field fields[] = {
		{ (int)code_sets[set].first, key, code_cols[code_sets[set].first].kind == COL_CODE ? AS_CODE : AS_TEXT,
		    0, 1, 0, 0, NULL },
		{ (int)code_sets[set].first + 1, "TITLE|NAME|DESCRIPTION", AS_TEXT, 0, 0, 0, 0, NULL },
		{ -1, "FROM|START_DATE", AS_FROM, 0, 2, 0, 0, NULL },
		{ -1, "TO|END_DATE", AS_TO, 0, 2, 0, 0, NULL },
		{ -1, NULL, AS_NOTHING, 0, 0, 0, 0, NULL },
	};
	const struct cb_layout lay = { .set = set, .sep = '\t', .fields = fields, .is_record = is_listed };

	rows = cb_read_layout(in, &lay);
	return rows || in->faults->n > before ? rows : cb_fault(in, E_MALFORMED, 1, 1, "the list has a heading and no rows");
}

const struct cb_kind cb_kinds_list[] = {
	{ "partial", ".tsv", looks_partial, read_partial, REL_NONE, CS_COUNT, false, NULL },
	{ "list", ".tsv", looks_list, read_list, REL_CONTENT, CS_COUNT, false, NULL },
	{ NULL, "", NULL, NULL, REL_NONE, CS_COUNT, false, NULL },
};
