/* in_hcpcs_more.c - what comes with the HCPCS contractor file: processing notes and the codes for what has no other. */
#include "codebook/ncci.h"

#include <string.h>

/* Without the star that closes the box, tabs as blanks, runs of them as one. */
static void
note_words(struct buf *out, struct str line)
{
	line = str_trim(line);
	while (line.n && (line.p[line.n - 1] == '*' || line.p[line.n - 1] == '\t' || line.p[line.n - 1] == ' '))
		line.n--;
	for (size_t i = 0; i < line.n; i++) {
		char c = line.p[i] == '\t' || line.p[i] == '\f' ? ' ' : line.p[i];

		if (c != ' ' || (out->n && out->p[out->n - 1] != ' '))
			buf_ch(out, c);
	}
	if (out->n && out->p[out->n - 1] != ' ')
		buf_ch(out, ' ');
}

static bool
is_number(struct str s)
{
	for (size_t i = 0; i < 4; i++)
		if (i >= s.n || s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n >= 6 && s.p[4] == '-' && s.p[5] == '-';
}

static int
note_put(struct cb_in *in, struct str number, const struct buf *words, size_t line)
{
	struct str text = cb_1252(&in->b->a, str_trim(buf_view(words)));
	struct cb_row *row;

	if (text.n == 0)
		return cb_fault(in, E_MALFORMED, line, 1, "the processing note has no words");
	row = cb_put(in, CS_HCPCS_NOTE, line);
	if (!row)
		return E_NOMEM;
	CB_SET(row, HCPCS_NOTE_NUMBER, cb_code_key(number));
	CB_SET(row, HCPCS_NOTE_TEXT, cb_text(in->b, text));
	return 1;
}

/* "0002--THESE CODES ..." and lines that go on, in a box of stars; some of its lines are tabbed, some without a star. */
int
cb_read_hcpcs_note(struct cb_in *in)
{
	struct cb_lines l = cb_lines(in);
	struct str line, number = STR_NONE;
	size_t first = 0;
	struct buf words;
	int rows = 0;

	buf_init(&words, &in->b->a);
	while (cb_line(&l, &line) && !in->faults->more && !in->b->a.spent) {
		struct str s = str_trim(line);

		while (s.n && (*s.p == '\t' || *s.p == ' ' || *s.p == '\f'))
			s = (struct str){ s.p + 1, s.n - 1 };
		if (is_number(s)) {
			rows += number.n && note_put(in, number, &words, first) > 0;
			number = (struct str){ s.p, 4 };
			first = l.no;
			words.n = 0;
			s = (struct str){ s.p + 6, s.n - 6 };
		}
		if (!number.n)
			continue;
		if (words.n + s.n + 1 > CB_TITLE_MAX)
			return cb_fault(in, E_LIMIT, l.no, 1, "the processing note is longer than any published one");
		note_words(&words, s);
	}
	rows += number.n && note_put(in, number, &words, first) > 0;
	return rows;
}

int
cb_read_hcpcs_noc(struct cb_in *in)
{
	static const struct cb_field fields[] = {
		{ CC_HCPCS_NOC_CODE, "HCPCS", AS_CODE, 0, 1, 0, 0, NULL },
		{ -1, "LONG DESCRIPTION", AS_NOTHING, 0, 0, 0, 0, NULL },
		{ -1, "ADD DATE", AS_FROM_ANY, 0, 0, 0, 0, NULL },
		{ -1, "TERM DATE", AS_TO_ANY, 0, 0, 0, 0, NULL },
		{ -1, NULL, AS_NOTHING, 0, 0, 0, 0, NULL },
	};
	static const struct cb_layout lay = { .set = CS_HCPCS_NOC, .sep = '\t', .quoted = true, .fields = fields };

	return cb_read_layout(in, &lay);
}
