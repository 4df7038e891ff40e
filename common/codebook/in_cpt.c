/*
 * in_cpt.c - the words of CPT, from the file the user has licensed of the AMA: LONGULT and SHORTU (a copyright
 * notice, then lines of a code, a blank or tab, the words), or one table of code, long, medium and short words.
 * None of it comes with this project, and what it gives is marked as licensed.
 */
#include "codebook/ncci.h"

#include <string.h>

#define HEAD_LINES	60

/* Five characters: digits, the last one may be a letter (Categories II and III, PLA, MAAA). */
static bool
is_cpt(struct str s)
{
	for (size_t i = 0; i < 4; i++)
		if (s.n < 5 || s.p[i] < '0' || s.p[i] > '9')
			return false;
	return cb_code_plain((struct str){ s.p, 5 });
}

static int
words_put(struct cb_in *in, struct str line, size_t no, enum code_col col)
{
	struct str words = cb_1252(&in->b->a, str_trim((struct str){ line.p + 6, line.n - 6 }));
	struct cb_row *row;

	if (words.n == 0 || words.n > CB_TITLE_MAX)
		return cb_fault(in, E_MALFORMED, no, 7, "expected the words of the code");
	row = cb_put(in, CS_HCPCS, no);
	if (!row)
		return E_NOMEM;
	CB_SET(row, HCPCS_CODE, cb_code_key((struct str){ line.p, 5 }));
	CB_SET(row, HCPCS_LICENSED, 1);
	row->c[CB_CELL(col)] = cb_text(in->b, words);
	return 1;
}

/* The notice has years and numbers too, so the records begin with the first line that is a code and words. */
int
cb_read_cpt(struct cb_in *in)
{
	enum code_col col = cb_has(in->name, "short") ? CC_HCPCS_SHORT : CC_HCPCS_TITLE;
	struct cb_lines l = cb_lines(in);
	struct str line;
	int rows = 0;

	in->release = cb_release(REL_CALENDAR, in->path);
	while (cb_line(&l, &line) && !in->faults->more) {
		bool is = line.n > 6 && is_cpt(line) && (line.p[5] == ' ' || line.p[5] == '\t');

		if (str_trim(line).n == 0 || (!is && rows == 0 && l.no <= HEAD_LINES))
			continue;
		if (!is)
			(void)cb_fault(in, E_MALFORMED, l.no, 1,
			    "expected a CPT code in columns 1 to 5, a blank or tab, its words");
		else if (words_put(in, line, l.no, col) > 0)
			rows++;
		if (in->b->a.spent)
			return E_NOMEM;
	}
	return rows;
}

static int
licensed(struct cb_in *in, struct cb_row *row, const struct cb_records *r)
{
	char room[CODE_MAX];

	(void)in, (void)r;
	CB_SET(row, HCPCS_LICENSED, 1);
	return is_cpt(cb_code_text(row->c[CB_CELL(CC_HCPCS_CODE)], room)) ? 0 : E_VALUE;
}

int
cb_read_cpt_table(struct cb_in *in)
{
	static const struct cb_field fields[] = {
		{ CC_HCPCS_CODE, "CPT code", AS_CODE, 0, 1, 0, 0, NULL },
		{ CC_HCPCS_TITLE, "Long*", AS_TEXT, 0, 1, 0, 0, NULL },
		{ CC_HCPCS_SHORT, "Short*", AS_TEXT, 0, 2, 0, 0, NULL },
		{ -1, NULL, AS_NOTHING, 0, 0, 0, 0, NULL },
	};
	static const struct cb_layout lay = { .set = CS_HCPCS, .sep = '\t', .quoted = true, .windows_1252 = true,
	    .fields = fields, .more = licensed };

	in->release = cb_release(REL_CALENDAR, in->path);
	return cb_read_layout(in, &lay);
}
