/*
 * in_ptp.c - NCCI procedure-to-procedure edits as CMS publishes them, tab-delimited or the same columns of a sheet:
 * column 1, column 2, * in existence prior to 1996, effective, deletion (* = none), modifier, rationale. Millions
 * of lines: each is looked at once where it lies, and nothing is copied but what is new.
 */
#include "codebook/ncci.h"

#include <string.h>

#define HEAD_LINES	40		/* six or eight of them are published */
#define CELLS		7
#define DAYS		256		/* a file names a few hundred days */

struct reader {
	struct cb_in		*in;
	enum ptp_setting	 setting;
	struct str		 cell[CELLS];
	size_t			 n;
	size_t			 line;
	struct str		 plain;		/* the last rationale of plain ASCII */
	struct { uint64_t text; day_t day; } days[DAYS];
};

static int
fault(struct reader *r, size_t cell, const char *words)
{
	return cb_fault(r->in, E_MALFORMED, r->line, cell, words);
}

/* Without the blanks and, in a sheet, the quotes around it. */
static struct str
bare(const char *p, const char *end)
{
	while (end > p && (end[-1] == ' ' || end[-1] == '\r'))
		end--;
	while (p < end && *p == ' ')
		p++;
	if (end - p >= 2 && *p == '"' && end[-1] == '"')
		return str_trim((struct str){ p + 1, (size_t)(end - p) - 2 });
	return (struct str){ p, (size_t)(end - p) };
}

static void
split(struct reader *r, const char *p, const char *end)
{
	r->n = 0;
	while (r->n < CELLS) {
		const char *tab = memchr(p, '\t', (size_t)(end - p));

		r->cell[r->n++] = bare(p, tab ? tab : end);
		if (!tab)
			return;
		p = tab + 1;
	}
}

static bool
is_code(struct str s)
{
	return s.n == 5 && cb_code_plain(s);
}

/* The same few days come again and again. */
static bool
day_of_text(struct reader *r, struct str s, day_t *out)
{
	uint64_t text;
	size_t at;

	if (s.n != 8)
		return false;
	memcpy(&text, s.p, 8);
	at = (size_t)((text * UINT64_C(0x9e3779b97f4a7c15)) >> 56) & (DAYS - 1);
	if (!text || r->days[at].text != text) {
		day_t day = day_parse(s);

		if (day == DAY_NONE)
			return false;
		r->days[at].text = text;
		r->days[at].day = day;
	}
	*out = r->days[at].day;
	return true;
}

static int
edit_put(struct reader *r)
{
	struct ptp edit = { .from = DAY_NONE, .to = DAY_NONE };
	struct str *c = r->cell;
	int rc;

	if (!is_code(c[0]) || !is_code(c[1]))
		return fault(r, is_code(c[0]) ? 2 : 1, "expected a code of five characters");
	if (r->n < CELLS - 1)
		return fault(r, r->n, "the record ends here, expected seven columns parted by tabs");
	if (c[2].n && !str_is(c[2], "*"))
		return fault(r, 3, "expected * or nothing (in existence prior to 1996)");
	if (c[3].n && !day_of_text(r, c[3], &edit.from))
		return fault(r, 4, "expected the effective date as CCYYMMDD");
	if (!str_is(c[4], "*") && !day_of_text(r, c[4], &edit.to))
		return fault(r, 5, "expected the deletion date as CCYYMMDD, or *");
	if (c[5].n != 1 || (c[5].p[0] != '0' && c[5].p[0] != '1' && c[5].p[0] != '9'))
		return fault(r, 6, "expected the modifier indicator 0, 1 or 9");
	edit.before_1996 = c[2].n;
	edit.modifier = (uint8_t)(c[5].p[0] - '0');
	edit.rationale = r->n < CELLS ? STR_NONE : c[6];
	if (!str_eq(edit.rationale, r->plain)) {
		if (str_plain_run(edit.rationale) == edit.rationale.n)
			r->plain = edit.rationale;
		else
			edit.rationale = cb_1252(&r->in->b->a, edit.rationale);
	}
	rc = cb_ptp_add(r->in, r->setting, c[0], c[1], &edit);
	return rc == E_LIMIT ? cb_fault(r->in, E_LIMIT, r->line, 1,
	    "more than 65,535 codes, 256 rationales or 2,000,000,000 edits: this is no published table") : rc;
}

static bool
is_blank(const struct reader *r)
{
	for (size_t i = 0; i < r->n; i++)
		if (r->cell[i].n)
			return false;
	return true;
}

static int
read_edits(struct reader *r)
{
	const char *p = r->in->bytes.p, *end = p + r->in->bytes.n;
	bool head = true;
	int rows = 0;

	while (p < end) {
		const char *lf = memchr(p, '\n', (size_t)(end - p));
		int rc;

		r->line++;
		split(r, p, lf ? lf : end);
		p = lf ? lf + 1 : end;
		if (is_blank(r) || (p == end && r->cell[0].n == 1 && r->cell[0].p[0] == 0x1a))
			continue;
		if (head && r->line <= HEAD_LINES && !(r->n > 1 && is_code(r->cell[0]) && is_code(r->cell[1])))
			continue;
		head = false;
		rc = edit_put(r);
		if (rc == E_NOMEM || rc == E_LIMIT)
			return rc;
		rows += rc >= 0;
		if (r->in->faults->more)
			return E_MALFORMED;
	}
	return head ? cb_fault(r->in, E_MALFORMED, 0, 0, "no record of the file could be read") : rows;
}

static int
read_ptp(struct cb_in *in, enum ptp_setting setting)
{
	struct reader r = { .in = in, .setting = setting };
	int rc = cb_ncci_release(in);

	return rc < 0 ? rc : read_edits(&r);
}

int
cb_read_ptp_practitioner(struct cb_in *in)
{
	return read_ptp(in, PTP_PRACTITIONER);
}

int
cb_read_ptp_hospital(struct cb_in *in)
{
	return read_ptp(in, PTP_HOSPITAL);
}
