/*
 * in_mce.c - the Medicare Code Editor: its tables, its manual as text, and two lists taken from older manuals.
 */
#include "codebook/drg.h"

#define END		{ -1, NULL, AS_NOTHING, 0, 0, 0, 0, NULL }
#define DAYS		{ -1, "from_date", AS_FROM, 0, 1, 0, 0, NULL }, { -1, "to_date", AS_TO, 0, 0, 0, 0, NULL }

#define EDITS(table)	{ { CC_##table##_CODE, "code", AS_CODE, 0, 1, 0, 0, NULL }, DAYS, \
	{ CC_##table##_FLAGS, "flags", AS_TEXT, 0, 0, 0, 0, NULL }, END }

int
cb_read_mce_dx(struct cb_in *in)
{
	static const struct cb_field fields[] = EDITS(MCE_DX);

	return cb_read_tsv(in, CS_MCE_DX, fields);
}

int
cb_read_mce_px(struct cb_in *in)
{
	static const struct cb_field fields[] = EDITS(MCE_PX);

	return cb_read_tsv(in, CS_MCE_PX, fields);
}

int
cb_read_mce_age(struct cb_in *in)
{
	static const struct cb_field fields[] = { { CC_MCE_AGE_GROUP, "group", AS_TEXT, 0, 1, 0, 0, NULL },
	    { CC_MCE_AGE_MIN, "min_age", AS_DECIMAL, 0, 1, 0, 0, NULL },
	    { CC_MCE_AGE_MAX, "max_age", AS_DECIMAL, 0, 1, 0, 0, NULL },
	    DAYS, END };

	return cb_read_tsv(in, CS_MCE_AGE, fields);
}

int
cb_read_mce_status(struct cb_in *in)
{
	static const struct cb_field fields[] = { { CC_MCE_STATUS_STATUS, "code", AS_DECIMAL, 0, 1, 0, 0, NULL }, DAYS, END };

	return cb_read_tsv(in, CS_MCE_STATUS, fields);
}

/* ---- lists of older manuals ---- */

int
cb_read_mce_rules(struct cb_in *in)
{
	static const struct cb_field fields[] = { { CC_MCEM_CODE_SECTION, "EDIT_GROUP", AS_TEXT, 0, 1, 0, 0, NULL },
	    { CC_MCEM_CODE_LIST, "EDIT_RULE", AS_TEXT, 0, 1, 0, 0, NULL },
	    { CC_MCEM_CODE_CODE, "ICD10CM_CODE", AS_CODE, 0, 1, 0, 0, NULL },
	    { CC_MCEM_CODE_TITLE, "TITLE", AS_TEXT, 0, 1, 0, 0, NULL }, END };
	int rc = cb_drg_release(in, STR_NONE);

	return rc < 0 ? rc : cb_read_tsv(in, CS_MCEM_CODE, fields);
}

/* The heading the kind looked for begins with version, ICD version, section and subsection. */
static int
simple_more(struct cb_in *in, struct cb_row *row, const struct cb_records *r)
{
	int64_t version;
	day_t day = r->n == 8 && str_to_int(r->cell[0], &version) && version > 0 && version < 100 ?
	    cb_drg_version_day((int)version * 10) : DAY_NONE;

	if (day == DAY_NONE || (in->release != DAY_NONE && in->release != day) || !cb_code_plain(r->cell[2]) ||
	    !(str_is(r->cell[3], "_") || cb_code_plain(r->cell[3])))
		return E_MALFORMED;
	in->release = day;
	CB_SET(row, MCEM_CODE_SECTION, cb_text(in->b, str_is(r->cell[3], "_") ? r->cell[2] :
	    arena_fmt(&in->b->a, "%.*s.%.*s", STR_ARG(r->cell[2]), STR_ARG(r->cell[3]))));
	return 0;
}

int
cb_read_mce_simple(struct cb_in *in)
{
	static const struct cb_field fields[] = { { CC_MCEM_CODE_LIST, "MCE_Edit_Type", AS_TEXT, 0, 1, 0, 0, NULL },
	    { CC_MCEM_CODE_KIND, "ICD_Code_Type", AS_CODE, 0, 1, 0, 0, NULL },
	    { CC_MCEM_CODE_CODE, "ICD_Code", AS_CODE, 0, 1, 0, 0, NULL },
	    { CC_MCEM_CODE_TITLE, "ICD_Desc", AS_TEXT, 0, 1, 0, 0, NULL }, END };
	static const struct cb_layout lay = { .set = CS_MCEM_CODE, .sep = '\t', .windows_1252 = true, .fields = fields,
	    .more = simple_more };

	return cb_read_layout(in, &lay);
}

/* ---- the manual ---- */

struct manual {
	struct cb_in	*in;
	int		 chapters;		/* times "Chapter 1" was seen: the first is the table of contents */
	bool		 ended;
	int64_t		 section, sub_list;
	char		 sub;
	bool		 codes;			/* some were read */
	int64_t		 path_id, list_id;
	int		 since;			/* codes since the last line of words */
	int		 n;
};

static void
path_set(struct manual *m, struct str heading)
{
	struct arena *a = &m->in->b->a;
	struct buf b;

	buf_init(&b, a);
	buf_fmt(&b, "%lld", (long long)m->section);
	if (m->sub)
		buf_fmt(&b, ".%c", m->sub);
	if (m->sub_list)
		buf_fmt(&b, ".%lld", (long long)m->sub_list);
	m->path_id = cb_text(m->in->b, buf_view(&b));
	m->list_id = cb_text(m->in->b, cb_1252(a, heading));
}

/*
 * "4. Age conflict" goes on to the next edit, a lower number is a list within it; the edits are also listed once
 * before they come. "A. ..." is a part of an edit, be it a heading or the sentence it begins with.
 */
static void
heading(struct manual *m, struct str line)
{
	bool sentence = line.p[line.n - 1] == '.' || line.n > 80;
	struct str rest = line, number = str_cut(&rest, '.');
	int64_t n;

	if (rest.n && rest.p[0] == ' ' && number.n <= 2 && number.p[0] >= '0' && number.p[0] <= '9' &&
	    str_to_int(number, &n) && n > 0) {
		if (n == m->section + 1 || (n == 1 && !m->codes)) {
			m->section = n;
			m->sub = 0;
			m->sub_list = 0;
		} else {
			m->sub_list = n;
		}
		path_set(m, sentence ? STR_NONE : line);
	} else if (rest.n && rest.p[0] == ' ' && number.n == 1 && number.p[0] >= 'A' && number.p[0] <= 'G') {
		m->sub = number.p[0];
		m->sub_list = 0;
		path_set(m, sentence ? STR_NONE : line);
	} else if (!sentence) {
		path_set(m, line);
	}
}

/* A code, an asterisk before or behind it, tabs, a title. */
static int
code_line(struct manual *m, struct str line, size_t no)
{
	struct str title = line, code = str_trim(str_cut(&title, '\t'));
	bool mark = code.n && (code.p[0] == '*' || code.p[code.n - 1] == '*');
	struct cb_row *row;

	if (mark)
		code = (struct str){ code.p + (code.p[0] == '*'), code.n - 1 };
	title = str_trim(title);
	while (title.n && title.p[0] == '\t')
		title = str_trim((struct str){ title.p + 1, title.n - 1 });
	if (code.n > 8)
		return 0;			/* a sentence */
	if (code.n < 3 || !cb_code_plain(code) || code.n > 7 || title.n == 0 || title.n > 400 || !m->section)
		return cb_fault(m->in, E_MALFORMED, no, 1, "expected a code, a tab and its title, below an edit");
	row = cb_put(m->in, CS_MCEM_CODE, no);
	if (!row)
		return E_NOMEM;
	CB_SET(row, MCEM_CODE_CODE, cb_code_key(code));
	CB_SET(row, MCEM_CODE_SECTION, m->path_id);
	CB_SET(row, MCEM_CODE_LIST, m->list_id);
	CB_SET(row, MCEM_CODE_MARK, mark);
	CB_SET(row, MCEM_CODE_TITLE, cb_text(m->in->b, cb_1252(&m->in->b->a, title)));
	m->codes = true;
	m->since++;
	m->n++;
	return 1;
}

/* What a note stands below is an example of a list that comes after it, with an asterisk. */
static void
words_line(struct manual *m, struct str words)
{
	if (str_starts(words, S("Note:"))) {
		m->in->b->tables[CS_MCEM_CODE].n -= (size_t)m->since;
		m->n -= m->since;
	} else {
		heading(m, words);
	}
	m->since = 0;
}

static int
line_read(struct manual *m, struct str line, size_t no)
{
	bool tab = line.n && memchr(line.p, '\t', line.n);
	struct str words = str_trim(line);

	if (str_starts(words, S("Chapter 1:")))
		m->chapters++;
	else if (str_starts(words, S("Chapter 2:")))
		m->ended = m->chapters > 1;
	else if (words.n == 0 || m->chapters < 2 || m->ended)
		return 0;
	else if (tab)
		return code_line(m, line, no);
	else
		words_line(m, words);
	return 0;
}

int
cb_read_mce_text(struct cb_in *in)
{
	struct manual m = { .in = in };
	struct cb_lines l = cb_lines(in);
	struct str line;
	int rc = cb_drg_release(in, (struct str){ in->bytes.p, in->bytes.n < 200 ? in->bytes.n : 200 });

	while (rc >= 0 && cb_line(&l, &line) && !in->b->a.spent && !in->faults->more)
		(void)line_read(&m, line, l.no);
	if (rc >= 0 && !m.ended)
		(void)cb_fault(in, E_INCOMPLETE, l.no, 1, "the text ends before chapter 2");
	return rc < 0 ? rc : m.n;
}
