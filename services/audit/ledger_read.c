/*
 * ledger_read.c - reads one line of the ledger: the exact inverse of ledger_line.c, so that a line has one
 * spelling only. Bytes are hostile: whoever can edit a ledger can edit it badly.
 */
#include "audit/ledger_line.h"

#include <string.h>

struct cur {				/* when bad, nothing more is read */
	struct arena	*a;
	const char	*p, *end;
	bool		 bad;
};

static bool
lit(struct cur *c, const char *s)
{
	size_t n = strlen(s);

	if (c->bad || (size_t)(c->end - c->p) < n || memcmp(c->p, s, n) != 0)
		return false;
	c->p += n;
	return true;
}

static void
need(struct cur *c, const char *s)
{
	if (!lit(c, s))
		c->bad = true;
}

static int64_t
num(struct cur *c)
{
	const char *from = c->p;
	int64_t v = 0;

	while (!c->bad && c->p < c->end && *c->p >= '0' && *c->p <= '9' && c->p - from < 19)
		c->p++;
	if (c->bad || !str_to_int((struct str){ from, (size_t)(c->p - from) }, &v) || (*from == '0' && c->p - from > 1))
		c->bad = true;
	return c->bad ? 0 : v;
}

static bool
flag(struct cur *c)
{
	if (lit(c, "1"))
		return true;
	need(c, "0");
	return false;
}

static int
nibble(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Only what ledger_put_text escapes may be escaped. */
static struct str
unescape(struct cur *c, struct str s)
{
	char *t = arena_alloc(c->a, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; t && i < s.n; i++) {
		int hi, lo, v;

		if (s.p[i] != '\\') {
			t[n++] = s.p[i];
			continue;
		}
		if (s.n - i < 6 || memcmp(s.p + i, "\\u00", 4) != 0 || (hi = nibble(s.p[i + 4])) < 0 ||
		    (lo = nibble(s.p[i + 5])) < 0) {
			c->bad = true;
			return STR_NONE;
		}
		v = hi << 4 | lo;
		if (v >= 0x20 && v != '"' && v != '\\' && v != 0x7f) {
			c->bad = true;
			return STR_NONE;
		}
		t[n++] = (char)v;
		i += 5;
	}
	return t ? (struct str){ t, n } : STR_NONE;
}

static struct str
text(struct cur *c)
{
	bool escaped = false;
	const char *from;
	struct str s;

	need(c, "\"");
	from = c->p;
	while (!c->bad && c->p < c->end && *c->p != '"') {
		escaped |= *c->p == '\\';
		c->bad |= (unsigned char)*c->p < 0x20 || *c->p == 0x7f;
		c->p++;
	}
	s = (struct str){ from, (size_t)(c->p - from) };
	need(c, "\"");
	if (c->bad)
		return STR_NONE;
	if (escaped)
		s = unescape(c, s);
	return s;
}

static struct str
words(struct cur *c)				/* a text that we only write as UTF-8 */
{
	struct str s = text(c);

	c->bad |= !ledger_is_text(s);
	return s;
}

static struct str
hex(struct cur *c, size_t least, size_t most)
{
	struct str s = text(c);

	c->bad |= s.n < least || !ledger_is_hex(s, most);
	return s;
}

static struct ledger_id
id(struct cur *c)
{
	struct ledger_id i = { 0, 0 };

	c->bad |= !ledger_id_parse(text(c), &i);
	return i;
}

static struct str
member(struct cur *c, const char *name)
{
	need(c, name);
	return words(c);
}

static void
read_header(struct cur *c, struct ledger_line *l)
{
	l->stage = member(c, "{\"stage\":");
	l->actor = member(c, ",\"actor\":");
	l->book = member(c, ",\"book\":");
	l->lib = member(c, ",\"lib\":");
	l->from = member(c, ",\"from\":");
	l->to = member(c, ",\"to\":");
	need(c, "}");
	l->kind = str_is(l->from, "ic") ? LEDGER_IC : LEDGER_WORK;
}

static void
read_work_row(struct cur *c, struct ledger_line *l)
{
	struct ledger_row r = { .eid = hex(c, 32, 32) }, *row;

	need(c, ",");
	r.revision = num(c);
	r.verdict = member(c, ",");
	need(c, ",");
	r.hash = hex(c, 0, LEDGER_HEX);
	need(c, ",");
	r.moved = flag(c);
	row = c->bad ? NULL : arena_push(c->a, l->rows, l->n_rows);
	if (row)
		*row = r;
}

static void
read_ic_row(struct cur *c, struct ledger_line *l)
{
	struct ledger_ic r = { .partner = words(c) }, *row;
	struct str number = member(c, ",");

	c->bad |= number.n != 9 || !str_to_int(number, &r.number) || r.number < 0;
	need(c, ",");
	r.claims = num(c);
	need(c, ",");
	r.sha = hex(c, 0, LEDGER_HEX);
	r.name = member(c, ",");
	need(c, ",");
	r.moved = flag(c);
	row = c->bad ? NULL : arena_push(c->a, l->ics, l->n_ics);
	if (row)
		*row = r;
}

static void
read_mark(struct cur *c, struct ledger_line *l)
{
	struct ledger_mark m = { .stream = words(c) }, *mark;

	need(c, ",");
	m.id = id(c);
	mark = c->bad ? NULL : arena_push(c->a, l->marks, l->n_marks);
	if (mark)
		*mark = m;
}

static void
read_list(struct cur *c, struct ledger_line *l, void (*one)(struct cur *, struct ledger_line *))
{
	if (lit(c, "]"))
		return;
	do {
		need(c, "[");
		one(c, l);
		need(c, "]");
	} while (lit(c, ","));
	need(c, "]");
}

static void
read_raw(struct cur *c)
{
	for (int i = 0; i < 3; i++) {
		need(c, i ? "," : "");
		(void)hex(c, 0, LIMIT_LEDGER_LINE);
	}
	need(c, "]");
}

static void
read_sized(struct cur *c, struct ledger_line *l)
{
	l->bytes = num(c);
	need(c, ",");
	(void)hex(c, LEDGER_HEX, LEDGER_HEX);
	need(c, "]");
}

static void
read_entry(struct cur *c, struct ledger_line *l)
{
	if (lit(c, "\"h\":")) {
		read_header(c, l);
		need(c, ",\"rows\":[");
		read_list(c, l, l->kind == LEDGER_IC ? read_ic_row : read_work_row);
	} else if (lit(c, "\"raw\":[")) {
		l->kind = LEDGER_RAW;
		read_raw(c);
	} else {
		need(c, "\"over\":[");
		l->kind = LEDGER_OVER;
		read_sized(c, l);
	}
}

/* The last two members have a fixed length, so they can be found from the end. */
static void
read_hashes(struct cur *c, struct ledger_line *l)
{
	need(c, ",\"prev\":");
	l->prev = hex(c, LEDGER_HEX, LEDGER_HEX);
	need(c, ",\"sha\":");
	l->sha = hex(c, LEDGER_HEX, LEDGER_HEX);
	need(c, "}");
	c->bad |= c->p != c->end;
}

static struct cur
start(struct arena *a, struct str line, struct ledger_line *out)
{
	struct cur c = { .a = a, .p = line.p ? line.p : "", .bad = line.n > LIMIT_LEDGER_LINE };

	c.end = c.p + line.n;
	*out = (struct ledger_line){ .kind = LEDGER_WORK };
	need(&c, "{\"n\":");
	out->n = num(&c);
	need(&c, ",\"sync\":");
	out->sync = num(&c);
	need(&c, ",");
	if (lit(&c, "\"open\":[")) {
		out->kind = LEDGER_OPEN;
	} else if (lit(&c, "\"cut\":[")) {
		out->kind = LEDGER_CUT;
	} else {
		out->stream = member(&c, "\"stream\":");
		need(&c, ",\"id\":");
		out->id = id(&c);
		need(&c, ",");
	}
	return c;
}

static int
verdict_of(const struct cur *c)
{
	return c->a->spent ? E_NOMEM : c->bad ? E_MALFORMED : 0;
}

int
ledger_line_head(struct arena *a, struct str line, struct ledger_line *out)
{
	const size_t tail = sizeof ",\"prev\":\"\",\"sha\":\"\"}" - 1 + 2 * LEDGER_HEX;
	struct cur c = start(a, line, out);

	if (c.bad || (size_t)(c.end - c.p) < tail)
		return E_MALFORMED;
	if (out->kind == LEDGER_OPEN) {
		read_list(&c, out, read_mark);
		c.bad |= (size_t)(c.end - c.p) != tail;
	}
	if (!c.bad)
		c.p = c.end - tail;
	read_hashes(&c, out);
	return verdict_of(&c);
}

int
ledger_line_read(struct arena *a, struct str line, struct ledger_line *out)
{
	struct cur c = start(a, line, out);

	if (out->kind == LEDGER_OPEN)
		read_list(&c, out, read_mark);
	else if (out->kind == LEDGER_CUT)
		read_sized(&c, out);
	else
		read_entry(&c, out);
	read_hashes(&c, out);
	return verdict_of(&c);
}
