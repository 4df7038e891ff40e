/*
 * er7.c - one ER7 message: separators, segments, fields, escapes. Fields are found when they are
 * asked for, so a hostile message costs no more than its own bytes. Never guesses a separator.
 */
#include "hl7/hl7.h"

#include <ctype.h>
#include <string.h>

/* ---- text: a byte-order mark goes, what is not UTF-8 is read as ISO 8859-1 ---- */

static struct str
to_utf8(struct arena *a, struct str s)
{
	struct str left = s;
	struct buf b;
	size_t n;

	while (left.n && (n = str_utf8_at((const unsigned char *)left.p, left.n)) > 0)
		left.p += n, left.n -= n;
	if (left.n == 0)
		return s;
	buf_init(&b, a);
	for (left = s; left.n; left.p += n, left.n -= n) {
		unsigned char c = (unsigned char)left.p[0];

		n = str_utf8_at((const unsigned char *)left.p, left.n);
		if (n) {
			buf_put(&b, left.p, n);
			continue;
		}
		n = 1;
		buf_utf8(&b, c);
	}
	return buf_view(&b);
}

/* ---- parts ---- */

bool
hl7_is(struct str seg, const char *id)
{
	return seg.n >= 3 && memcmp(seg.p, id, 3) == 0;
}

struct str
hl7_seg(const struct hl7_msg *m, const char *id)
{
	for (size_t i = 0; i < m->n; i++)
		if (hl7_is(m->segs[i], id))
			return m->segs[i];
	return STR_NONE;
}

struct str
hl7_part(struct str raw, char sep, unsigned n)
{
	while (n > 1) {
		const char *hit = raw.n ? memchr(raw.p, sep, raw.n) : NULL;

		if (!hit)
			return STR_NONE;
		raw.n -= (size_t)(hit + 1 - raw.p);
		raw.p = hit + 1;
		n--;
	}
	return str_cut(&raw, sep);
}

struct str
hl7_field(const struct hl7_msg *m, struct str seg, unsigned n)
{
	if (hl7_is(seg, "MSH"))		/* MSH-1 is the separator itself */
		return n == 1 && seg.n > 3 ? (struct str){ seg.p + 3, 1 } : hl7_part(seg, m->field, n);
	return hl7_part(seg, m->field, n + 1);
}

static void
put_hex(struct buf *b, struct str digits)
{
	for (size_t i = 0; i + 1 < digits.n; i += 2) {
		int v = 0;

		for (size_t k = i; k < i + 2; k++) {
			char c = digits.p[k];

			if (!isxdigit((unsigned char)c))
				return;
			v = v * 16 + (c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
		}
		buf_ch(b, (char)v);
	}
}

/* One escape, without its escape characters; false when it is none that we know. */
static bool
put_escape(struct buf *b, const struct hl7_msg *m, struct str e)
{
	static const struct { const char *name, *text; } words[] = {
		{ ".br", "\n" }, { ".sp", "\n" }, { ".ce", "\n" }, { "H", "" }, { "N", "" }, { ".fi", "" }, { ".nf", "" },
		{ "P", "#" },
	};
	const struct { char name, text; } seps[] = {
		{ 'F', m->field }, { 'S', m->comp }, { 'R', m->rep }, { 'E', m->esc }, { 'T', m->sub },
	};

	for (size_t i = 0; e.n == 1 && i < sizeof seps / sizeof *seps; i++)
		if (e.p[0] == seps[i].name) {
			buf_ch(b, seps[i].text);
			return true;
		}
	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_is(e, words[i].name)) {
			buf_cstr(b, words[i].text);
			return true;
		}
	if (e.n >= 3 && e.n % 2 == 1 && e.p[0] == 'X') {
		put_hex(b, (struct str){ e.p + 1, e.n - 1 });
		return true;
	}
	if (str_starts(e, S(".sp")) || str_starts(e, S(".in")) || str_starts(e, S(".ti")) || str_starts(e, S(".sk"))) {
		buf_ch(b, e.p[2] == 'p' ? '\n' : ' ');
		return true;
	}
	return e.n && (e.p[0] == 'C' || e.p[0] == 'M' || e.p[0] == 'Z');	/* character sets and local: dropped */
}

struct str
hl7_text(struct arena *a, const struct hl7_msg *m, struct str raw)
{
	struct buf b;

	if (raw.n == 0 || !memchr(raw.p, m->esc, raw.n))
		return raw;
	buf_init(&b, a);
	while (raw.n) {
		struct str plain = str_cut(&raw, m->esc), e, rest = raw;
		bool open = raw.p > plain.p + plain.n;

		buf_str(&b, plain);
		if (!open)
			break;
		e = str_cut(&rest, m->esc);
		if (rest.p > e.p + e.n && e.n <= 64 && put_escape(&b, m, e))
			raw = rest;
		else
			buf_ch(&b, m->esc);	/* a lone escape character is text */
	}
	return buf_view(&b);
}

struct str
hl7_get(struct arena *a, const struct hl7_msg *m, struct str seg, unsigned field, unsigned comp)
{
	struct str s = hl7_part(hl7_part(hl7_field(m, seg, field), m->rep, 1), m->comp, comp);

	s = str_trim(hl7_text(a, m, hl7_part(s, m->sub, 1)));
	return str_is(s, "\"\"") ? STR_NONE : s;
}

/* ---- reading ---- */

static int
refuse(struct faults *f, int rc, struct str place, const char *words, const char *fix)
{
	return fault_add(f, rc, place, str_of(words), str_of(fix));
}

static int
check_start(struct str s, struct faults *f)
{
	if (s.n >= 2 && ((s.p[0] == '\xff' && s.p[1] == '\xfe') || (s.p[0] == '\xfe' && s.p[1] == '\xff') || s.p[1] == 0))
		return refuse(f, E_UNSUPPORTED, S("MSH"), "the text is UTF-16", "send UTF-8, ASCII or ISO 8859-1");
	if (s.n && s.p[0] == '<')
		return refuse(f, E_UNSUPPORTED, S("MSH"), "this is XML", "send HL7 v2 in its ER7 form, with pipes");
	if (s.n < 8 || !hl7_is(s, "MSH"))
		return refuse(f, E_MALFORMED, S("MSH"), "the message does not start with an MSH segment",
		    "start with MSH|^~\\&|");
	return 0;
}

static int
read_separators(struct hl7_msg *m, struct str s, struct faults *f)
{
	const char *e = s.p + 4;
	size_t n = 0;

	m->field = s.p[3];
	while (4 + n < s.n && e[n] != m->field && e[n] != '\r' && e[n] != '\n')
		n++;
	if (n < 4 || n > 5)
		return refuse(f, E_MALFORMED, S("MSH-2"), "not four or five encoding characters", "send MSH|^~\\&|");
	for (size_t i = 3; i < 4 + n; i++) {
		if (!ispunct((unsigned char)s.p[i]) || memchr(s.p + i + 1, s.p[i], 4 + n - i - 1))
			return refuse(f, E_MALFORMED, i == 3 ? S("MSH-1") : S("MSH-2"),
			    "separators must be five different punctuation characters", "send MSH|^~\\&|");
	}
	m->comp = e[0];
	m->rep = e[1];
	m->esc = e[2];
	m->sub = e[3];
	return 0;
}

static bool
starts_segment(const struct hl7_msg *m, struct str s)
{
	if (s.n < 3 || !isupper((unsigned char)s.p[0]))
		return false;
	for (int i = 1; i < 3; i++)
		if (!isupper((unsigned char)s.p[i]) && !isdigit((unsigned char)s.p[i]))
			return false;
	return s.n == 3 || s.p[3] == m->field || s.p[3] == '\r' || s.p[3] == '\n';
}

/* Where CR ends segments, an LF that is not followed by a segment is a line of text inside a field. */
static struct str
cut_segment(const struct hl7_msg *m, struct str *rest, bool cr_ends)
{
	struct str seg = *rest;
	size_t i;

	for (i = 0; i < rest->n; i++) {
		struct str next = { rest->p + i + 1, rest->n - i - 1 };

		if (rest->p[i] == '\r' || (rest->p[i] == '\n' && (!cr_ends || i == 0 || starts_segment(m, next))))
			break;
	}
	seg.n = i;
	i += i < rest->n;
	rest->p += i;
	rest->n -= i;
	return seg;
}

static int
read_segments(struct arena *a, struct hl7_msg *m, struct str s, struct faults *f)
{
	bool cr_ends = memchr(s.p, '\r', s.n) != NULL;

	for (unsigned line = 1; s.n; line++) {
		struct str seg = cut_segment(m, &s, cr_ends), *one;

		if (str_trim(seg).n == 0)
			continue;
		if (!starts_segment(m, seg) || (m->n && hl7_is(seg, "MSH")))
			return refuse(f, E_MALFORMED, arena_fmt(a, "line %u", line),
			    "not a segment: a name of three capitals or digits and the field separator",
			    "end each segment with a carriage return; write line ends in text as \\.br\\");
		if (m->n == LIMIT_HL7_SEGMENTS)
			return refuse(f, E_LIMIT, S("MSH"), "too many segments in one message", "split the message");
		one = arena_push(a, m->segs, m->n);
		if (!one)
			return E_NOMEM;
		*one = seg;
	}
	return 0;
}

static int
check_header(struct arena *a, const struct hl7_msg *m, struct faults *f)
{
	struct str msh = m->segs[0], mode = hl7_get(a, m, msh, 11, 1);

	if (hl7_get(a, m, msh, 9, 1).n == 0)
		return refuse(f, E_INCOMPLETE, S("MSH-9"), "no message type", "give type and event, such as ADT^A01");
	if (hl7_get(a, m, msh, 10, 1).n == 0)
		return refuse(f, E_INCOMPLETE, S("MSH-10"), "no message control id", "give each message its own id");
	if (!str_is(mode, "P") && !str_is(mode, "T") && !str_is(mode, "D"))
		return refuse(f, E_VALUE, S("MSH-11"), "the processing id is not P, T or D",
		    "P for production, T for test, D for debugging");
	return 0;
}

int
hl7_parse(struct arena *a, struct str bytes, struct hl7_msg *out, struct faults *f)
{
	int rc;

	*out = (struct hl7_msg){ 0 };
	if (bytes.n > LIMIT_INPUT)
		return refuse(f, E_LIMIT, S("MSH"), "the message is over the size limit", "split it");
	if (str_starts(bytes, S("\xef\xbb\xbf")))
		bytes.p += 3, bytes.n -= 3;
	bytes = str_trim(bytes);
	rc = check_start(bytes, f);
	if (rc == 0)
		rc = read_separators(out, bytes, f);
	if (rc == 0)
		rc = read_segments(a, out, to_utf8(a, bytes), f);
	if (rc == 0)
		rc = check_header(a, out, f);
	return rc < 0 ? rc : a->spent ? E_NOMEM : 0;
}
