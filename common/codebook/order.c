/*
 * order.c - fixed-column tables of CMS: the ICD-10 order files and the HCPCS contractor file.
 * A line that does not fit its columns is a fault and is left out; the others are kept.
 */
#include "codebook/cb.h"

#include <string.h>

static struct str
columns(struct str line, size_t first, size_t last)	/* 1-based, inclusive, as the layouts say */
{
	if (line.n < first)
		return STR_NONE;
	return str_trim((struct str){ line.p + first - 1, (line.n < last ? line.n : last) - first + 1 });
}

/*
 * These files are ASCII, or Windows-1252 where an editor slipped. Bytes above 127 of valid UTF-8 are rare
 * enough that they may be shown as Latin-1 too: each becomes two bytes.
 */
static void
put_latin1(struct buf *b, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c < 0x20 || (c >= 0x7f && c < 0xa0)) {
			buf_ch(b, ' ');
		} else if (c < 0x80) {
			buf_ch(b, (char)c);
		} else {
			buf_ch(b, (char)(0xc0 | c >> 6));
			buf_ch(b, (char)(0x80 | (c & 0x3f)));
		}
	}
}

static struct str
title_of(struct arena *a, struct str s)
{
	struct buf b;

	buf_init(&b, a);
	put_latin1(&b, s);
	return arena_str(a, buf_view(&b));
}

static bool
order_line(struct cb_in *in, struct str line)
{
	struct str code = columns(line, 7, 13), title = columns(line, 78, CB_TITLE_MAX);
	char flag = line.n > 15 ? line.p[14] : 0;
	struct code_row *row;

	if (!cb_code_ok(code) || code.n > 7 || (flag != '0' && flag != '1') || title.n == 0 || line.n > CB_TITLE_MAX)
		return false;
	row = cb_row_add(in->cb, in->set);
	if (!row)
		return false;
	row->code = arena_str(&in->cb->a, code);
	row->title = str_has_ctl(title) ? title_of(&in->cb->a, title) : arena_str(&in->cb->a, title);
	row->billable = flag == '1';
	row->from = in->release;
	return true;
}

int
cb_read_order(struct cb_in *in)
{
	struct str rest = in->bytes;
	int rows = 0;

	for (size_t no = 1; rest.n; no++) {
		struct str line = cb_line(&rest);

		if (in->cb->a.spent)
			return E_NOMEM;
		if (str_trim(line).n == 0 || str_is(line, "\x1a"))
			continue;
		if (order_line(in, line))
			rows++;
		else
			(void)cb_fault(in, E_MALFORMED, no, 7,
			    "expected an order number, a code, 0 or 1, a short and a long title in their columns");
	}
	return rows;
}

/* ---- HCPCS: 3 and 7 begin a code or a modifier, 4 and 8 go on with its description ---- */

struct hcpcs {
	struct code_row	*row;
	struct str	 code;
	struct buf	 title;
};

static void
hcpcs_close(struct cb_in *in, struct hcpcs *h)
{
	if (h->row)
		h->row->title = arena_str(&in->cb->a, str_trim(buf_view(&h->title)));
	h->row = NULL;
}

static bool
hcpcs_open(struct cb_in *in, struct hcpcs *h, struct str line, char kind)
{
	struct str code = kind == '3' ? columns(line, 1, 5) : columns(line, 4, 5);

	if (!cb_code_ok(code) || code.n != (kind == '3' ? 5u : 2u))
		return false;
	h->row = cb_row_add(in->cb, kind == '3' ? CS_HCPCS : CS_MODIFIER);
	if (!h->row)
		return false;
	h->code = code;
	h->row->code = arena_str(&in->cb->a, code);
	h->row->from = day_parse(columns(line, 269, 276));
	h->row->to = day_parse(columns(line, 285, 292));
	return true;
}

static bool
hcpcs_line(struct cb_in *in, struct hcpcs *h, struct str line)
{
	char kind = line.n > 10 ? line.p[10] : 0;
	struct str words = columns(line, 12, 91);

	if (line.n > CB_TITLE_MAX)
		return false;
	if (kind == '3' || kind == '7') {
		hcpcs_close(in, h);
		if (!hcpcs_open(in, h, line, kind))
			return false;
		h->title.n = 0;
	} else if (kind == '4' || kind == '8') {
		if (!h->row || !str_eq(kind == '4' ? columns(line, 1, 5) : columns(line, 4, 5), h->code))
			return false;
	} else {
		return false;
	}
	if (h->title.n + words.n + 1 > CB_TITLE_MAX)
		return false;
	if (h->title.n && words.n)
		buf_ch(&h->title, ' ');
	put_latin1(&h->title, words);
	return true;
}

int
cb_read_hcpcs(struct cb_in *in)
{
	struct str rest = in->bytes;
	struct hcpcs h = { 0 };
	size_t before = in->cb->sets[CS_HCPCS].n + in->cb->sets[CS_MODIFIER].n;

	buf_init(&h.title, &in->cb->a);
	for (size_t no = 1; rest.n && !in->cb->a.spent; no++) {
		struct str line = cb_line(&rest);

		if (str_trim(line).n && !str_is(line, "\x1a") && !hcpcs_line(in, &h, line))
			(void)cb_fault(in, E_MALFORMED, no, 1,
			    "expected a record of the HCPCS contractor layout (kind 3, 4, 7 or 8 in column 11)");
	}
	hcpcs_close(in, &h);
	return in->cb->a.spent ? E_NOMEM : (int)(in->cb->sets[CS_HCPCS].n + in->cb->sets[CS_MODIFIER].n - before);
}
