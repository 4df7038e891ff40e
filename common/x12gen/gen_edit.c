/*
 * gen_edit.c - finds and changes segments of the unit in hand, for defects. It is slow and may be: few claims are
 * planted. It never knows what a change means.
 *
 * A pattern names a segment: "REF*EI" by elements, empty ones match all, a composite by its first component; '>' goes
 * on behind the one found: "NM1*85>N3" is the N3 after the billing provider.
 */
#include "x12gen/gen.h"

/* Part nth of s (0 is the first); what is missing before it, in separators, is returned. */
static unsigned
part_of(struct str s, char sep, unsigned nth, size_t *from, size_t *to)
{
	size_t i = 0;
	unsigned at = 0;

	while (at < nth && i < s.n)
		at += s.p[i++] == sep;
	*from = i;
	if (at < nth)
		*to = i = s.n;
	while (at == nth && i < s.n && s.p[i] != sep)
		i++;
	*to = i;
	return nth - at;
}

struct str
edit_text(const struct unit *u, int seg)
{
	struct str s = { u->b + u->at[seg], u->at[seg + 1] - u->at[seg] };

	while (s.n && (s.p[s.n - 1] == '\n' || s.p[s.n - 1] == '~'))
		s.n--;
	return s;
}

struct str
edit_id(const struct unit *u, int seg)
{
	struct str s = edit_text(u, seg);

	return str_cut(&s, '*');
}

struct str
edit_get(const struct unit *u, int seg, unsigned element, unsigned component)
{
	struct str s = edit_text(u, seg);
	size_t from, to;

	if (part_of(s, '*', element, &from, &to))
		return STR_NONE;
	s = (struct str){ s.p + from, to - from };
	if (component == 0)
		return s;
	return part_of(s, ':', component - 1, &from, &to) ? STR_NONE : (struct str){ s.p + from, to - from };
}

static bool
matches(const struct unit *u, int seg, struct str pattern)
{
	bool same = str_eq(edit_id(u, seg), str_cut(&pattern, '*'));

	for (unsigned e = 1; same && pattern.n; e++) {
		struct str want = str_cut(&pattern, '*');

		same = !want.n || str_eq(edit_get(u, seg, e, 1), want);
	}
	return same;
}

int
gen_edit_find(const struct unit *u, struct str pattern, int from)
{
	int seg = from - 1;

	while (pattern.n) {
		struct str part = str_cut(&pattern, '>');

		do
			seg++;
		while (seg < (int)u->n_segs && !matches(u, seg, part));
		if (seg >= (int)u->n_segs)
			return -1;
	}
	return seg;
}

static unsigned
number(struct str *s)
{
	unsigned v = 0;

	while (s->n && s->p[0] >= '0' && s->p[0] <= '9') {
		v = v * 10 + (unsigned)(s->p[0] - '0');
		s->p++;
		s->n--;
	}
	return v;
}

bool
edit_spot(const struct unit *u, const char *where, struct spot *out)
{
	struct str rest = str_of(where), pattern = str_cut(&rest, ' ');

	*out = (struct spot){ .seg = gen_edit_find(u, pattern, 0), .element = number(&rest) };
	if (rest.n)
		rest = (struct str){ rest.p + 1, rest.n - 1 };
	out->component = number(&rest);
	return out->seg >= 0;
}

/* Bytes [from, to) of the unit become text; segments behind seg move. */
static void
splice(struct unit *u, int seg, const size_t range[2], struct str text)
{
	size_t tail = u->n - range[1];

	must(u->n + text.n < UNIT_BYTES);
	memmove(u->b + range[0] + text.n, u->b + range[1], tail);
	if (text.n)
		memcpy(u->b + range[0], text.p, text.n);
	u->n = range[0] + text.n + tail;
	for (size_t i = (size_t)seg + 1; i <= u->n_segs; i++)
		u->at[i] = (uint32_t)(u->at[i] + text.n - (range[1] - range[0]));
}

static void
trim(struct unit *u, const struct spot *s)
{
	size_t from, to, range[2];
	struct str text = edit_text(u, s->seg);

	(void)part_of(text, '*', s->element, &from, &to);
	range[0] = range[1] = u->at[s->seg] + to;
	while (range[0] > u->at[s->seg] + from && u->b[range[0] - 1] == ':')
		range[0]--;
	splice(u, s->seg, range, STR_NONE);
	range[0] = range[1] = u->at[s->seg] + edit_text(u, s->seg).n;
	while (u->b[range[0] - 1] == '*')
		range[0]--;
	splice(u, s->seg, range, STR_NONE);
}

void
edit_set(struct unit *u, const struct spot *s, struct str value)
{
	char buf[SEG_ROOM];
	struct str text = edit_text(u, s->seg), whole = text;
	size_t from, to, a, b, n = 0, range[2];
	unsigned stars = part_of(text, '*', s->element, &from, &to), colons = 0;

	must(value.n + 64 < sizeof buf && stars < 32);
	if (s->component) {
		whole = (struct str){ text.p + from, to - from };
		colons = part_of(whole, ':', s->component - 1, &a, &b);
		to = from + b;
		from += a;
	}
	must(colons < 32);
	for (; stars; stars--)
		buf[n++] = '*';
	for (; colons; colons--)
		buf[n++] = ':';
	if (value.n)
		memcpy(buf + n, value.p, value.n);
	range[0] = u->at[s->seg] + from;
	range[1] = u->at[s->seg] + to;
	splice(u, s->seg, range, (struct str){ buf, n + value.n });
	if (value.n == 0)
		trim(u, s);
}

void
edit_insert(struct unit *u, int after, struct str text)
{
	char buf[SEG_ROOM];
	size_t at = u->at[after + 1];
	bool line = at && u->b[at - 1] == '\n';

	must(text.n + 2 < sizeof buf && u->n_segs < UNIT_SEGS && u->n + SEG_ROOM < UNIT_BYTES);
	memcpy(buf, text.p, text.n);
	buf[text.n] = '~';
	buf[text.n + 1] = '\n';
	memmove(&u->at[after + 2], &u->at[after + 1], (u->n_segs - (size_t)after) * sizeof *u->at);
	u->n_segs++;
	splice(u, after + 1, (size_t[2]){ at, at }, (struct str){ buf, text.n + 1 + line });
}

void
edit_remove(struct unit *u, int seg, int n)
{
	size_t from = u->at[seg], to = u->at[seg + n];

	memmove(u->b + from, u->b + to, u->n - to);
	u->n -= to - from;
	for (size_t i = (size_t)(seg + n); i <= u->n_segs; i++)
		u->at[i - (size_t)n] = (uint32_t)(u->at[i] - (to - from));
	u->n_segs -= (size_t)n;
}
