/*
 * ack_text.c - what a sender wrote, made to fit the answer: its separators, plain characters, the widths of its
 * element. Says of nothing that it is right or wrong.
 *
 * An answer is parted as the file is that it answers, for what parted the file stands in none of its values: two claims
 * that have other numbers there have other numbers here. It is written with * : ^ ~, each of those that is data stands
 * as a byte that is no text, and both are put right in what leaves.
 */
#include "x12/ack_parts.h"

#define COPY_MAX	99

static const char ours[] = "*:^~";
#define MASKED		0xf8u			/* and the three above it: no byte of UTF-8 */

/* Parts the answer. */
static bool
parts(const struct x12_seps *s, char c)
{
	return s && s->elem ? c == s->elem || c == s->comp || c == s->rep || c == s->term :
	    c == '*' || c == ':' || c == '^' || c == '~';
}

/* As it will be written: a character of ours that does not part this answer is masked. */
static char
masked(char c)
{
	return parts(NULL, c) ? (char)(MASKED + (unsigned)(strchr(ours, c) - ours)) : c;
}

static bool
is_ours(char c)
{
	return parts(NULL, c);
}

/* Nothing that we write ourselves. */
static bool
may_part(char c, const char *taken, size_t n)
{
	bool word = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');

	return c > 0 && c != 0x7f && !word && !memchr(" \n\r-.?", c, 6) && !memchr(taken, c, n);
}

/* Those of the file; where one cannot part an answer, the first of ours and others that nothing else is. */
struct x12_seps
x12_ack_seps(struct x12_seps file)
{
	static const char others[] = "*:^~|>!";
	const char came[4] = { file.elem, file.comp, file.rep, file.term };
	char v[4] = { 0 };
	bool ok[4];

	if (!file.elem)
		return (struct x12_seps){ 0 };
	for (size_t i = 0; i < 4; i++) {
		ok[i] = may_part(came[i], v, i);
		v[i] = ok[i] ? came[i] : 0;
	}
	for (size_t i = 0; i < 4; i++) {
		if (!ok[i] && may_part(ours[i], v, 4))
			v[i] = ours[i];
		for (size_t k = 0; v[i] == 0; k++)
			v[i] = may_part(others[k], v, 4) ? others[k] : 0;
	}
	return (struct x12_seps){ v[0], v[1], v[2], v[3] };
}

void
x12_ack_part(const struct x12_seps *s, char *p, size_t n)
{
	const char parted[4] = { s->elem, s->comp, s->rep, s->term };
	char to[256];

	if (!s->elem || memcmp(parted, ours, sizeof parted) == 0)	/* nothing of ours is data then: all of it is as it should be */
		return;
	for (unsigned i = 0; i < sizeof to; i++)
		to[i] = (char)i;
	for (unsigned i = 0; i < sizeof parted; i++) {
		to[(unsigned char)ours[i]] = parted[i];
		to[MASKED + i] = ours[i];
	}
	for (size_t i = 0; i < n; i++)
		p[i] = to[(unsigned char)p[i]];
}

static bool
is_plain(char c)
{
	return (unsigned char)c >= 0x20 && (unsigned char)c < 0x7f;
}

/* The bytes of the character at i, 0 when none begins there. */
static size_t
character(struct str v, size_t i)
{
	return is_plain(v.p[i]) ? 1 : (unsigned char)v.p[i] < 0x80 || x12_turns_at(v, i) ? 0 : str_utf8_at((const unsigned char *)v.p + i, v.n - i);
}

struct str
x12_ack_text(struct arena *a, const struct x12_seps *s, struct str v, size_t max)
{
	char *p;
	size_t i = 0;

	v = str_trim(v);
	while (i < v.n && is_plain(v.p[i]) && !is_ours(v.p[i]) && !parts(s, v.p[i]))
		i++;
	if (i == v.n && v.n <= max)
		return v;
	p = arena_str(a, v).p ? arena_alloc(a, v.n + 1) : NULL;
	if (!p)
		return STR_NONE;
	for (i = 0; i < v.n && i < max;) {
		size_t n = character(v, i);

		if (n > max - i)
			break;
		if (n)
			memcpy(p + i, v.p + i, n);
		if (n == 0 || parts(s, v.p[i]))
			p[i] = (unsigned char)v.p[i] < 0x80 ? ' ' : '?';
		else
			p[i] = masked(p[i]);
		i += n ? n : 1;
	}
	return str_trim((struct str){ p, i });
}

/* Control characters by name or number, as readers of acknowledgements know them. */
static size_t
spell(char *to, unsigned char c)
{
	static const struct { unsigned char c; const char *name; } names[] = { { '\n', "<LF>" }, { '\r', "<CR>" }, { '\t', "<TAB>" } };
	static const char hex[] = "0123456789ABCDEF";

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (names[i].c == c) {
			size_t n = strlen(names[i].name);

			memcpy(to, names[i].name, n);
			return n;
		}
	memcpy(to, "<0x", 3);
	to[3] = hex[c >> 4];
	to[4] = hex[c & 15];
	to[5] = '>';
	return 6;
}

struct str
x12_ack_copy(struct arena *a, const struct x12_seps *s, struct str v)
{
	char *p, one[8];
	size_t n = 0;

	if (v.n == 0 || !(p = arena_alloc(a, COPY_MAX + 1)))
		return STR_NONE;
	for (size_t i = 0; i < v.n;) {
		size_t own = parts(s, v.p[i]) ? 0 : character(v, i), len = own;

		if (own)
			memcpy(one, v.p + i, own);
		else
			len = spell(one, (unsigned char)v.p[i]);
		if (n + len > COPY_MAX)
			break;
		for (size_t k = 0; k < len; k++)
			one[k] = parts(s, one[k]) ? '?' : own == 1 ? masked(*one) : one[k];
		memcpy(p + n, one, len);
		n += len;
		i += own ? own : 1;
	}
	return str_trim((struct str){ p, n });
}

struct str
x12_ack_id(struct arena *a, const struct x12_seps *s, struct str v, size_t min, size_t max)
{
	char *p = arena_alloc(a, max + 1);
	size_t n = 0;

	if (!p)
		return STR_NONE;
	for (; n < v.n && n < max; n++)
		p[n] = is_plain(v.p[n]) && !is_ours(v.p[n]) && !parts(s, v.p[n]) && v.p[n] != ' ' ? v.p[n] : '?';
	for (; n < min; n++)
		p[n] = '?';
	return (struct str){ p, n };
}

struct str
x12_ack_number(struct arena *a, struct str v, size_t width)
{
	char *p = arena_alloc(a, width + 1);
	size_t to = width;

	if (!p)
		return STR_NONE;
	memset(p, '0', width);
	for (size_t i = v.n; i-- > 0 && to > 0;)
		if (v.p[i] >= '0' && v.p[i] <= '9')
			p[--to] = v.p[i];
	return (struct str){ p, width };
}

/* ---- the envelope, turned round ---- */

static bool
is_qualifier(struct str v)
{
	int n = v.n == 2 && v.p[0] >= '0' && v.p[0] <= '3' && v.p[1] >= '0' && v.p[1] <= '9' ? (v.p[0] - '0') * 10 + v.p[1] - '0' : 0;

	return (n >= 1 && n <= 4) || (n >= 7 && n <= 38) || str_is(v, "NR") || str_is(v, "SA") || str_is(v, "SN") || str_is(v, "ZZ");
}

static struct str
party(struct arena *a, struct str v)
{
	struct str t = x12_ack_text(a, NULL, v, 15);
	char *p;

	if (t.n == 0)
		return S("UNKNOWN");
	for (size_t i = 0; i < t.n; i++)
		if (!is_plain(t.p[i]))
			return x12_ack_id(a, NULL, t, 1, 15);
	p = arena_alloc(a, t.n + 1);		/* it outlives the text it came from */
	if (!p)
		return STR_NONE;
	memcpy(p, t.p, t.n);
	return (struct str){ p, t.n };
}

void
x12_ack_turn(struct arena *a, const struct x12_interchange *ic, const struct x12_group *g, struct x12_ends *out)
{
	*out = (struct x12_ends){ .isa05 = is_qualifier(ic->isa07) ? ic->isa07 : S("ZZ"),
	    .isa07 = is_qualifier(ic->isa05) ? ic->isa05 : S("ZZ"), .isa06 = party(a, ic->isa08), .isa08 = party(a, ic->isa06),
	    .usage = ic->usage == 'P' ? 'P' : 'T' };
	out->gs02 = g ? party(a, g->gs03) : out->isa06;
	out->gs03 = g ? party(a, g->gs02) : out->isa08;
}

/* ---- an ISA that cannot be read ---- */

static bool
has_digit(struct str v)
{
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] >= '0' && v.p[i] <= '9')
			return true;
	return false;
}

bool
x12_ack_salvage(struct str head, struct x12_interchange *out)
{
	struct str el[17] = { STR_NONE }, rest = head;
	unsigned n = 0;
	char sep;

	if (!str_starts(head, S("ISA")) || head.n < 4)
		return false;
	sep = head.p[3];
	rest.n = rest.n < 256 ? rest.n : 256;
	if ((sep >= '0' && sep <= '9') || ((sep | 0x20) >= 'a' && (sep | 0x20) <= 'z') || sep == ' ' || sep == 0)
		return false;
	for (; n < 17 && rest.n; n++)
		el[n] = str_trim(str_cut(&rest, sep));
	if (n < 15 || el[13].n > 15 || !has_digit(el[13]))
		return false;
	*out = (struct x12_interchange){ .isa05 = el[5], .isa06 = el[6], .isa07 = el[7], .isa08 = el[8], .isa09 = el[9],
	    .isa10 = el[10], .isa13 = el[13], .usage = str_is(el[15], "P") ? 'P' : 'T', .ta104 = 'R', .ta105 = "022" };
	return true;
}
