/*
 * codes_show.c - codes show: all that a book says of one code on one day. What has words of its own (ICD-10-CM,
 * ICD-10-PCS, lists) is told in full; every other table tells the rows that name the code.
 */
#include "claimline/codes.h"
#include "codebook/pcs.h"
#include "codebook/tabular.h"

#include <string.h>

struct show {
	struct cli		*c;
	const struct codebook	*cb;
	struct str		 code;
	day_t			 day;
	int64_t			 limit;
	const char		*table;		/* --table, or NULL */
	struct buf		 out;
	json_t			*json;
	size_t			 told;
};

static bool
is_wanted(const struct show *s, enum code_set set)
{
	static const enum code_set told[] = { CS_SOURCE, CS_EXCEPTION, CS_POA_EXEMPT, CS_NOTE, CS_NOTE_REF,
	    CS_SEVENTH, CS_TABULAR };

	for (size_t i = 0; i < sizeof told / sizeof *told && !s->table; i++)
		if (told[i] == set)
			return false;
	return !s->table || strcmp(s->table, code_sets[set].name) == 0;
}

static struct str
dotted(struct show *s, enum code_set set, struct str code)
{
	return set == CS_ICD10CM && code.n > 3 && !memchr(code.p, '-', code.n) ? arena_fmt(&s->c->a, "%.*s.%.*s", 3, code.p,
	    (int)code.n - 3, code.p + 3) : code;
}

static void
line(struct show *s, const char *head, struct str words)
{
	buf_fmt(&s->out, "  %-10s " STR_FMT "\n", head, STR_ARG(ui_clean(&s->c->a, words)));
}

/* ---- ICD-10: up, down, and what keeps it from being billed ---- */

static void
above(struct show *s, enum code_set set, json_t *j)
{
	json_t *list = json_array();

	for (size_t n = s->code.n - 1; n >= 3; n--) {
		struct code_row up = codebook_look(s->cb, set, (struct str){ s->code.p, n }, s->day);

		if (!up.code.n)
			continue;
		line(s, "above", arena_fmt(&s->c->a, STR_FMT "  " STR_FMT, STR_ARG(dotted(s, set, up.code)), STR_ARG(up.title)));
		(void)json_array_append_new(list, json_pack("{s:o, s:o}", "code", cli_json_str(up.code),
		    "title", cli_json_str(up.title)));
	}
	(void)json_object_set_new(j, "above", list);
}

/* The rows right below: those with no other header between. */
static void
below(struct show *s, enum code_set set, json_t *j)
{
	json_t *list = json_array();
	struct str last = STR_NONE;
	row_t end, row = codebook_of(s->cb, set, s->code, &end);
	int64_t n = 0, more = 0;

	for (row = row == ROW_NONE ? codebook_count(s->cb, set) : end; row < codebook_count(s->cb, set); row++) {
		struct code_row r = codebook_row(s->cb, set, row);

		if (!str_starts(r.code, s->code))
			break;
		if (!codebook_in_force(s->cb, set, row, s->day) || (last.n && str_starts(r.code, last)))
			continue;
		last = r.code;
		(void)json_array_append_new(list, json_pack("{s:o, s:o, s:b}", "code", cli_json_str(r.code),
		    "title", cli_json_str(r.title),
		    "billable", r.billable));
		if (n++ < s->limit)
			line(s, "below", arena_fmt(&s->c->a, STR_FMT "  " STR_FMT, STR_ARG(dotted(s, set, r.code)),
			    STR_ARG(r.title)));
		else
			more++;
	}
	if (more)
		line(s, "", arena_fmt(&s->c->a, "%lld more; --limit shows them", (long long)more));
	(void)json_object_set_new(j, "below", list);
}

static const char *
why_not(const struct show *s, const struct code_row *now, const struct code_row *any)
{
	if (now->code.n)
		return now->billable ? "billable" : "not billable: a header, more characters are needed";
	if (any->code.n && any->from != DAY_NONE && any->from > s->day)
		return "not billable on that day: not in force yet";
	return "not billable on that day: no longer in force";
}

/* ---- ICD-10-CM: where it stands, the notes in force, seventh characters ---- */

static void
place(struct show *s, json_t *j)
{
	struct str section = tabular_section(s->cb, s->code, s->day), chapter = tabular_chapter(s->cb, s->code, s->day);
	row_t end, row = codebook_of(s->cb, CS_SECTION, section, &end);

	if (section.n)
		line(s, "section", arena_fmt(&s->c->a, STR_FMT "  " STR_FMT, STR_ARG(section),
		    STR_ARG(row == ROW_NONE ? STR_NONE : codebook_str(s->cb, CC_SECTION_TITLE, end - 1))));
	row = codebook_of(s->cb, CS_CHAPTER, chapter, &end);
	if (chapter.n)
		line(s, "chapter", arena_fmt(&s->c->a, STR_FMT "  " STR_FMT, STR_ARG(chapter),
		    STR_ARG(row == ROW_NONE ? STR_NONE : codebook_str(s->cb, CC_CHAPTER_TITLE, end - 1))));
	(void)json_object_set_new(j, "section", cli_json_str(section));
	(void)json_object_set_new(j, "chapter", cli_json_str(chapter));
}

static void
notes(struct show *s, json_t *j)
{
	static const char *const heads[NOTE_KINDS] = { "inclusion", "includes", "excludes1", "excludes2",
	    "code first", "use add.",
	    "code also", "note", "7th note" };
	static const char *const names[NOTE_KINDS] = { "inclusionTerm", "includes", "excludes1", "excludes2", "codeFirst",
	    "useAdditionalCode", "codeAlso", "notes", "sevenChrNote" };
	json_t *list = json_array();
	struct tabular_notes it;
	struct tabular_note n;

	tabular_notes(&it, s->cb, s->code, s->day);
	while (tabular_notes_next(&it, &n)) {
		line(s, heads[n.kind], n.inherited ? arena_fmt(&s->c->a, STR_FMT "  [of " STR_FMT "]", STR_ARG(n.text),
		    STR_ARG(dotted(s, CS_ICD10CM, n.owner))) : n.text);
		(void)json_array_append_new(list, json_pack("{s:s, s:o, s:b, s:o}", "kind", names[n.kind],
		    "of", cli_json_str(n.owner),
		    "inherited", n.inherited, "text", cli_json_str(n.text)));
	}
	(void)json_object_set_new(j, "notes", list);
}

static void
seventh(struct show *s, json_t *j)
{
	json_t *list = json_array();
	row_t end, row = tabular_seventh(s->cb, s->code, s->day, &end);

	for (; row != ROW_NONE && row < end; row++) {
		struct str c = codebook_str(s->cb, CC_SEVENTH_CHARACTER, row), text = codebook_str(s->cb, CC_SEVENTH_TEXT, row);

		if (!codebook_in_force(s->cb, CS_SEVENTH, row, s->day))
			continue;
		line(s, "7th", arena_fmt(&s->c->a, STR_FMT "  " STR_FMT, STR_ARG(c), STR_ARG(text)));
		(void)json_array_append_new(list, json_pack("{s:o, s:o}", "character", cli_json_str(c),
		    "text", cli_json_str(text)));
	}
	(void)json_object_set_new(j, "seventh", list);
}

static void
icd10cm(struct show *s, json_t *j)
{
	bool exempt = codebook_poa_exempt(s->cb, s->code, s->day);

	place(s, j);
	notes(s, j);
	seventh(s, j);
	if (codebook_knows(s->cb, CS_POA_EXEMPT)) {
		line(s, "POA", exempt ? S("exempt from present-on-admission reporting") :
		    S("present on admission is to be reported"));
		(void)json_object_set_new(j, "poa_exempt", json_boolean(exempt));
	}
}

/* ---- ICD-10-PCS: what each character says, what may follow ---- */

static void
icd10pcs(struct show *s, json_t *j)
{
	struct pcs_value next[PCS_NEXT_MAX];
	json_t *list = json_array();
	size_t n;

	for (size_t at = 1; at <= s->code.n && at <= PCS_LEN; at++) {
		struct pcs_value v = pcs_value_of(s->cb, s->code, at, s->day);

		if (!v.value)
			continue;
		line(s, "", arena_fmt(&s->c->a, "%c  " STR_FMT ": " STR_FMT, v.value, STR_ARG(v.axis), STR_ARG(v.label)));
		(void)json_array_append_new(list,
		    json_pack("{s:o, s:o, s:o}", "value", cli_json_str((struct str){ &v.value, 1 }), "axis",
		    cli_json_str(v.axis), "label", cli_json_str(v.label)));
	}
	(void)json_object_set_new(j, "characters", list);
	n = s->code.n < PCS_LEN ? pcs_next(s->cb, s->code, s->day, next, PCS_NEXT_MAX) : 0;
	for (size_t i = 0; i < n && i < PCS_NEXT_MAX; i++)
		line(s, i ? "" : "then", arena_fmt(&s->c->a, "%c  " STR_FMT ": " STR_FMT, next[i].value, STR_ARG(next[i].axis),
		    STR_ARG(next[i].label)));
}

/* ---- a table in which the code has words ---- */

static void
versions(struct show *s, enum code_set set, json_t *j)
{
	json_t *list = json_array();
	row_t end, row = codebook_of(s->cb, set, s->code, &end);

	for (; row != ROW_NONE && row < end; row++) {
		day_t from = codebook_from(s->cb, set, row);
		struct str days = codes_days(&s->c->a, from, codebook_to(s->cb, set, row));

		line(s, codebook_in_force(s->cb, set, row, s->day) ? "in force" : from != DAY_NONE &&
		    from > s->day ? "later" : "once", arena_fmt(&s->c->a, STR_FMT "  " STR_FMT, STR_ARG(days),
		    STR_ARG(codebook_row(s->cb, set, row).title)));
		(void)json_array_append_new(list, codes_row_json(s->cb, set, row));
	}
	(void)json_object_set_new(j, "versions", list);
}

static void
titled(struct show *s, enum code_set set)
{
	struct code_row now = codebook_look(s->cb, set, s->code, s->day), any = codebook_look(s->cb, set, s->code, DAY_NONE);
	bool is_icd = set == CS_ICD10CM || set == CS_ICD10PCS;
	json_t *j;

	if (!any.code.n)
		return;
	s->told++;
	j = json_pack("{s:s, s:o, s:b, s:s}", "table", code_sets[set].name, "code", cli_json_str(any.code), "billable",
	    now.code.n && now.billable, "why", why_not(s, &now, &any));
	buf_fmt(&s->out, STR_FMT "  %s\n", STR_ARG(ui_tone_text(&s->c->a, &s->c->ui, UI_BOLD, dotted(s, set, any.code))),
	    code_sets[set].title);
	if (is_icd)
		line(s, "", str_of(why_not(s, &now, &any)));
	versions(s, set, j);
	if (is_icd && s->code.n > 3)
		above(s, set, j);
	if (is_icd)
		below(s, set, j);
	if (set == CS_ICD10CM)
		icd10cm(s, j);
	if (set == CS_ICD10PCS)
		icd10pcs(s, j);
	(void)json_array_append_new(s->json, j);
}

/* ---- the rows of any table that name it ---- */

/* The code as the number of a DRG; CELL_NONE: it is none. */
static int64_t
drg_of(struct str code)
{
	int64_t n;

	return code.n <= 3 && code.p[0] >= '0' && code.p[0] <= '9' && str_to_int(code, &n) ? n : CELL_NONE;
}

/* Tables of DRGs have them as numbers, not as codes. */
static bool
row_is_drg(const struct show *s, enum code_set set, row_t row)
{
	int64_t n = drg_of(s->code);

	if (n == CELL_NONE)
		return false;
	switch ((int)set) {
	case CS_DRG_TITLE: return str_is(codebook_str(s->cb, CC_DRG_TITLE_KIND, row), "DRG") &&
	    codebook_int(s->cb, CC_DRG_TITLE_NUMBER, row) == n;
	case CS_DRG_WEIGHT: return codebook_int(s->cb, CC_DRG_WEIGHT_DRG, row) == n;
	case CS_DRGM_LIST: return codebook_int(s->cb, CC_DRGM_LIST_DRG, row) == n;
	default: return false;
	}
}

static bool
row_names(const struct show *s, enum code_set set, row_t row)
{
	if (row_is_drg(s, set, row))
		return true;
	for (size_t i = 0; i < code_set_cols(set); i++) {
		enum code_col col = (enum code_col)(code_sets[set].first + i);

		if (code_cols[col].kind == COL_CODE && str_eq(codebook_str(s->cb, col, row), s->code))
			return true;
	}
	return false;
}

static struct str
row_text(struct show *s, enum code_set set, row_t row)
{
	struct buf b;

	buf_init(&b, &s->c->a);
	for (size_t i = 0; i < code_set_cols(set); i++) {
		enum code_col col = (enum code_col)(code_sets[set].first + i);
		struct str cell = codes_cell(&s->c->a, s->cb, col, row);

		if (cell.n)
			buf_fmt(&b, "%s%s " STR_FMT, b.n ? ", " : "", code_cols[col].name, STR_ARG(ui_fit(&s->c->a, cell, 100)));
	}
	buf_fmt(&b, "  (" STR_FMT ")",
	    STR_ARG(codes_days(&s->c->a, codebook_from(s->cb, set, row), codebook_to(s->cb, set, row))));
	return buf_view(&b);
}

static bool
has_codes(enum code_set set)
{
	for (size_t i = 0; i < code_set_cols(set); i++)
		if (code_cols[code_sets[set].first + i].kind == COL_CODE)
			return true;
	return false;
}

static void
named_put(struct show *s, enum code_set set, row_t row, const char *head)
{
	buf_fmt(&s->out, "  %s" STR_FMT "\n", head, STR_ARG(ui_clean(&s->c->a, row_text(s, set, row))));
}

static void
named(struct show *s, enum code_set set)
{
	json_t *list = json_array();
	int64_t n = 0;
	row_t other = ROW_NONE;			/* the last that names it on other days */

	for (row_t row = 0; has_codes(set) && row < codebook_count(s->cb, set); row++) {
		if (!row_names(s, set, row))
			continue;
		if (!codebook_in_force(s->cb, set, row, s->day)) {
			other = row;
			continue;
		}
		if (n == 0)
			buf_fmt(&s->out, "%s  %s\n", code_sets[set].name, code_sets[set].title);
		if (n++ >= s->limit)
			continue;
		named_put(s, set, row, "");
		(void)json_array_append_new(list, codes_row_json(s->cb, set, row));
	}
	if (n > s->limit)
		buf_fmt(&s->out, "  %lld more; --limit shows them\n", (long long)(n - s->limit));
	if (n == 0 && other != ROW_NONE) {
		buf_fmt(&s->out, "%s  %s\n", code_sets[set].name, code_sets[set].title);
		named_put(s, set, other, "not on that day: ");
	}
	s->told += n > 0 || other != ROW_NONE;
	if (n || other != ROW_NONE)
		(void)json_array_append_new(s->json, json_pack("{s:s, s:I, s:o, s:o}", "table", code_sets[set].name,
		    "rows", (json_int_t)n,
		    "named", list, "other_days", n || other == ROW_NONE ? json_null() : codes_row_json(s->cb, set, other)));
	else
		json_decref(list);
}

/* ---- pair edits ---- */

static void
pair_put(struct show *s, enum ptp_setting setting, struct str c1, struct str c2, const struct ptp *e, json_t *list)
{
	if (json_array_size(list) == 0)
		buf_fmt(&s->out, "%s  NCCI PTP edits, column 1 + column 2\n", codes_ptp_names[setting]);
	if ((int64_t)json_array_size(list) >= s->limit)
		return;
	buf_fmt(&s->out, "  " STR_FMT " + " STR_FMT "  modifier %s  " STR_FMT "\n", STR_ARG(c1), STR_ARG(c2), e->modifier == 0 ?
	    "not allowed" : e->modifier == 1 ? "allowed" : "not applicable", STR_ARG(ui_clean(&s->c->a, e->rationale)));
	(void)json_array_append_new(list, json_pack("{s:o, s:o, s:i, s:o, s:o, s:o}", "column_1", cli_json_str(c1), "column_2",
	    cli_json_str(c2), "modifier", (int)e->modifier, "rationale", cli_json_str(e->rationale),
	    "from", codes_day_json(e->from),
	    "to", codes_day_json(e->to)));
}

/* Those in which the code stands in column 1, or in column 2. */
static size_t
column(struct show *s, enum ptp_setting setting, bool is_first, json_t *list)
{
	struct str other;
	struct ptp e;
	size_t n = 0;

	for (size_t i = 0; (other = codebook_ptp_code(s->cb, setting, i)).n; i++) {
		struct str c1 = is_first ? s->code : other, c2 = is_first ? other : s->code;

		if (!codebook_ptp(s->cb, setting, c1, c2, s->day, &e))
			continue;
		pair_put(s, setting, c1, c2, &e, list);
		n++;
	}
	return n;
}

static void
pairs(struct show *s, enum ptp_setting setting)
{
	json_t *list = json_array();
	size_t first = column(s, setting, true, list), second = column(s, setting, false, list);

	if (first + second == 0) {
		json_decref(list);
		return;
	}
	buf_fmt(&s->out, "  in column 1 of %zu edits, in column 2 of %zu\n", first, second);
	s->told++;
	(void)json_array_append_new(s->json, json_pack("{s:s, s:I, s:I, s:o}", "table", codes_ptp_names[setting], "column_1",
	    (json_int_t)first, "column_2", (json_int_t)second, "edits", list));
}

static int
show(struct show *s)
{
	for (int i = 0; i < CS_COUNT; i++)
		if (is_wanted(s, (enum code_set)i) && code_set_is_titled((enum code_set)i))
			titled(s, (enum code_set)i);
	for (int i = 0; i < CS_COUNT; i++)
		if (is_wanted(s, (enum code_set)i) && !code_set_is_titled((enum code_set)i))
			named(s, (enum code_set)i);
	for (int i = 0; i < PTP_COUNT; i++)
		if (!s->table || strcmp(s->table, codes_ptp_names[i]) == 0)
			pairs(s, (enum ptp_setting)i);
	if (cli_wants_json(s->c)) {
		int rc = cli_put_json(json_pack("{s:o, s:o, s:o, s:o}", "book", cli_json_str(codebook_id(s->cb)), "code",
		    cli_json_str(s->code), "date", codes_day_json(s->day), "found", s->json));

		return rc == CLI_OK && !s->told ? CLI_NO : rc;
	}
	json_decref(s->json);
	if (!s->told)
		return cli_fail(s->c, CLI_NO, STR_FMT " is %s%s of " STR_FMT, STR_ARG(ui_clean(&s->c->a, s->code)),
		    s->table ? "not in " : "in no table", s->table ? s->table : "", STR_ARG(codebook_id(s->cb)));
	cli_put(&s->out);
	return CLI_OK;
}

int
codes_show(struct cli *c)
{
	struct show s = { .c = c };
	struct book b;
	int rc;

	if (c->argc != 1)
		return cli_usage(c, "show wants one code");
	s.code = codes_bare(&c->a, c->argv[0]);
	if (!s.code.n)				/* rows without a code would all be named */
		return cli_usage(c, "show wants a code, of more than dots");
	if (opt_int(&c->opts, "limit", 20, (int64_t[]){ 1, 1000000 }, &s.limit) < 0)
		return cli_usage(c, "--limit wants a number from 1");
	rc = codes_table(c, &s.table);
	if (rc == CLI_OK)
		rc = codes_day(c, &s.day);
	if (rc == CLI_OK)
		rc = codes_open(c, &b);
	if (rc != CLI_OK)
		return rc;
	s.cb = b.cb;
	s.json = json_array();
	buf_init(&s.out, &c->a);
	rc = show(&s);
	book_close(&b);
	return rc;
}
