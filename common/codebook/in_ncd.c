/*
 * in_ncd.c - laboratory coverage: for each policy the tests it is of and what it says of each diagnosis. The
 * published sheet has its heading in two rows and days as numbers; its text twin has one heading and ISO days. A
 * row may name a policy's title and a test besides its diagnosis, so one row gives up to three.
 */
#include "codebook/ncci.h"

#include <string.h>

#define HEAD_LINES	40

enum { NUMBER, TITLE, TEST, TEST_FROM, TEST_TO, DX, DX_FROM, DX_TO, RESOLUTION, COLUMNS };

/* Headings without blanks and signs, in capitals; the sheet's two rows run together. */
static const char *const heads[COLUMNS][2] = {
	{ "NCDNUMBER", "NCDNUMBER" }, { "NCDTITLE", "NCDDESCRIPTION" }, { "HCPCS", "CPTHCPCSCODES" },
	{ "HCPCSEFF", "CPTHCPCSEFFDATE" }, { "HCPCSTERM", "CPTHCPCSTERMDATE" }, { "ICD10CM", "ICD10CODE" },
	{ "ICD10EFF", "ICD10EFFDATE" }, { "ICD10TERM", "ICD10TERMDATE" }, { "RESOLUTIONCODE", "RESOLUTIONCODE1" },
};

struct reader {
	struct cb_in		*in;
	struct cb_records	 r;
	size_t			 at[COLUMNS];		/* 1 + cell */
	struct arena		 cells;
	int64_t			 policy, titled;	/* keys of the policies seen last */
};

static size_t
plain(char *out, size_t n, size_t room, struct str s)
{
	for (size_t i = 0; i < s.n && n + 1 < room; i++) {
		char c = s.p[i] >= 'a' && s.p[i] <= 'z' ? (char)(s.p[i] - 32) : s.p[i];

		if ((c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'))
			out[n++] = c;
	}
	out[n] = 0;
	return n;
}

static bool
is_heading(struct reader *rd, const struct str *above, size_t n_above)
{
	size_t found = 0;

	memset(rd->at, 0, sizeof rd->at);
	for (size_t i = 0; i < rd->r.n; i++) {
		char one[64], both[64];

		(void)plain(one, 0, sizeof one, rd->r.cell[i]);
		(void)plain(both, plain(both, 0, sizeof both, i < n_above ? above[i] : STR_NONE), sizeof both, rd->r.cell[i]);
		for (size_t k = 0; k < COLUMNS; k++)
			if (!rd->at[k] && (strcmp(one, heads[k][0]) == 0 || strcmp(both, heads[k][1]) == 0)) {
				rd->at[k] = i + 1;
				found++;
				break;
			}
	}
	return found == COLUMNS;
}

static bool
heading_find(struct reader *rd)
{
	struct str above[CB_CELLS_MAX];
	size_t n = 0;

	while (rd->r.next_line <= HEAD_LINES + 1 && cb_record(&rd->r)) {
		if (is_heading(rd, above, n))
			return true;
		n = rd->r.n;
		memcpy(above, rd->r.cell, n * sizeof *above);
	}
	return false;
}

static struct str
cell(const struct reader *rd, int column)
{
	return rd->at[column] <= rd->r.n ? rd->r.cell[rd->at[column] - 1] : STR_NONE;
}

static int
wrong(struct reader *rd, int column, const char *words)
{
	return cb_fault(rd->in, E_MALFORMED, rd->r.line, rd->at[column], words);
}

static int
days_take(struct reader *rd, struct cb_row *row, int from)
{
	struct str first = cell(rd, from), last = cell(rd, from + 1);

	row->from = cb_day_any(first, false);
	row->to = cb_day_any(last, true);
	if (first.n && row->from == DAY_NONE)
		return wrong(rd, from, "expected a day: CCYY-MM-DD, or a spreadsheet's number of it");
	if (last.n && row->to == DAY_NONE)
		return wrong(rd, from + 1, "expected a day: CCYY-MM-DD, or a spreadsheet's number of it");
	return first.n && last.n && row->to < row->from ? wrong(rd, from + 1, "the last day is before the first") : 0;
}

static int
policy_take(struct reader *rd)
{
	struct str title = cb_1252(&rd->cells, cell(rd, TITLE));
	struct cb_row *row;

	rd->policy = cb_code_key(cell(rd, NUMBER));
	if (!rd->policy || cell(rd, NUMBER).p[0] < '0' || cell(rd, NUMBER).p[0] > '9')
		return wrong(rd, NUMBER, "expected the number of a policy, such as 190.20A");
	if (title.n == 0 || rd->titled == rd->policy)
		return 0;
	row = cb_put(rd->in, CS_NCD_POLICY, rd->r.line);
	if (!row || title.n > CB_TITLE_MAX)
		return row ? wrong(rd, TITLE, "the title is too long") : E_NOMEM;
	CB_SET(row, NCD_POLICY_NUMBER, rd->policy);
	CB_SET(row, NCD_POLICY_TITLE, cb_text(rd->in->b, title));
	rd->titled = rd->policy;
	return 0;
}

static int
test_take(struct reader *rd)
{
	struct str code = cell(rd, TEST);
	struct cb_row *row;

	if (code.n == 0)
		return 0;
	if (code.n != 5 || !cb_code_plain(code))
		return wrong(rd, TEST, "expected a CPT or HCPCS code of five characters");
	row = cb_put(rd->in, CS_NCD_CODE, rd->r.line);
	if (!row)
		return E_NOMEM;
	CB_SET(row, NCD_CODE_CODE, cb_code_key(code));
	CB_SET(row, NCD_CODE_POLICY, rd->policy);
	return days_take(rd, row, TEST_FROM);
}

static int
dx_take(struct reader *rd)
{
	struct str dx = cell(rd, DX), says = cell(rd, RESOLUTION);
	bool is_default = str_is(dx, "@@@@@@@");
	struct cb_row *row;

	if (dx.n == 0 && says.n == 0 && cell(rd, TEST).n)
		return 0;				/* a test alone */
	if (!is_default && (dx.n < 3 || dx.n > 7 || !cb_code_plain(dx)))
		return wrong(rd, DX, "expected an ICD-10-CM code without a dot, or @@@@@@@");
	if (says.n != 1 || says.p[0] < '1' || says.p[0] > '3')
		return wrong(rd, RESOLUTION, "expected the resolution 1, 2 or 3");
	row = cb_put(rd->in, CS_NCD_DX, rd->r.line);
	if (!row)
		return E_NOMEM;
	CB_SET(row, NCD_DX_CODE, cb_code_key(dx));
	CB_SET(row, NCD_DX_POLICY, rd->policy);
	CB_SET(row, NCD_DX_RESOLUTION, says.p[0] - '0');
	return days_take(rd, row, DX_FROM);
}

static int
records_read(struct reader *rd)
{
	int rows = 0, rc;

	while (cb_record(&rd->r)) {
		if (cb_record_is_blank(&rd->r))
			continue;
		rc = policy_take(rd);
		if (rc >= 0)
			rc = test_take(rd);
		if (rc >= 0)
			rc = dx_take(rd);
		rows += rc >= 0;
		if (rd->in->b->a.spent || rd->cells.spent)
			return E_NOMEM;
		if (rd->in->faults->more)
			return E_MALFORMED;
		arena_reset(&rd->cells);
	}
	return !rd->r.open_quote ? rows :
	    cb_fault(rd->in, E_MALFORMED, rd->r.line, 1, "a quoted cell does not end before the file does");
}

int
cb_read_ncd(struct cb_in *in)
{
	struct reader rd = { .in = in };
	int rc = cb_ncci_release(in);

	if (rc < 0)
		return rc;
	rd.r = (struct cb_records){ .rest = in->bytes, .sep = '\t', .quoted = true, .a = &rd.cells };
	arena_init(&rd.cells, CB_MEMORY);
	rc = heading_find(&rd) ? records_read(&rd) : cb_fault(in, E_UNSUPPORTED, 1, 1,
	    "no heading with the nine columns of the coverage table, NCD number to resolution code");
	arena_free(&rd.cells);
	return rc;
}

int
cb_read_ncd_index(struct cb_in *in)
{
	static const struct cb_field fields[] = {
		{ CC_NCD_INDEX_SECTION, "NCD_MANUAL_SECTION", AS_CODE, 0, 1, 0, 0, NULL },
		{ CC_NCD_INDEX_TITLE, "TITLE", AS_TEXT, 0, 0, 0, 0, NULL },
		{ CC_NCD_INDEX_ID, "NCD_ID", AS_DECIMAL, 0, 1, 0, 0, NULL },
		{ CC_NCD_INDEX_VERSION, "VERSION", AS_DECIMAL, 0, 1, 0, 0, NULL },
		{ CC_NCD_INDEX_COVERAGE, "COVERAGE_LEVEL", AS_TEXT, 0, 0, 0, 0, NULL },
		{ CC_NCD_INDEX_EFFECTIVE, "EFFECTIVE_DATE", AS_DAY, 0, 0, 0, 0, NULL },
		{ CC_NCD_INDEX_IMPLEMENTED, "IMPLEMENTATION_DATE", AS_DAY, 0, 0, 0, 0, NULL },
		{ CC_NCD_INDEX_ENDED, "END_DATE", AS_LAST, 0, 0, 0, 0, NULL },
		{ CC_NCD_INDEX_TRANSMITTAL, "TRANSMITTAL", AS_TEXT, 0, 0, 0, 0, NULL },
		{ CC_NCD_INDEX_REQUEST, "CHANGE_REQUEST", AS_TEXT, 0, 0, 0, 0, NULL },
		{ CC_NCD_INDEX_LAB, "LAB_NCD", AS_FLAG, 0, 0, 0, 0, "1" },
		{ -1, NULL, AS_NOTHING, 0, 0, 0, 0, NULL },
	};
	static const struct cb_layout lay = { .set = CS_NCD_INDEX, .sep = '\t', .quoted = true, .windows_1252 = true,
	    .fields = fields };

	in->release = cb_release(REL_CALENDAR, in->path);
	return cb_read_layout(in, &lay);
}
