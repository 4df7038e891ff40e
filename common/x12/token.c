/*
 * token.c - bytes to segments: finds the separators of each interchange and slices, copying nothing but
 * the input itself (once) and segments that a mail system has wrapped. Never judges what a segment means.
 */
#include "x12/wire.h"

#include <string.h>

#define ISA_BYTES	106
#define HEAD		256		/* bytes looked at to tell what a file is */

struct x12_reader {
	struct arena	*a;
	struct str	 in;
	size_t		 at, ordinal;
	struct x12_seps	 s;
	bool		 open;		/* separators are known */
	struct faults	*f;
};

/* What people send by mistake, by its first bytes. */
static const struct { const char *start, *what; } strangers[] = {
	{ "ST", "a transaction set without ISA and GS around it" },
	{ "GS", "a functional group without ISA around it" },
	{ "BHT", "part of a transaction set" },
	{ "CLM", "part of a claim" },
	{ "MSH", "an HL7 version 2 message" },
	{ "FHS", "an HL7 version 2 file" },
	{ "BHS", "an HL7 version 2 batch" },
	{ "UNA", "an EDIFACT file" },
	{ "UNB", "an EDIFACT file" },
	{ "<", "XML" },
	{ "{", "JSON" },
	{ "[", "JSON" },
	{ "PK", "a zip archive: unpack it first" },
	{ "\x1f\x8b", "a gzip file: unpack it first" },
	{ "%PDF", "a PDF document" },
	{ "-----BEGIN", "an encrypted or signed file: decrypt it first" },
};

static int
refuse(struct faults *f, int rc, struct str place, struct str words)
{
	return fault_add(f, rc, place, words,
	    S("send an X12 file that begins with a 106 byte ISA segment, in ASCII or UTF-8"));
}

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == 0x1a;
}

static bool
looks_wide(struct str in)
{
	const unsigned char *p = (const unsigned char *)in.p;

	if (in.n < 4)
		return false;
	return (p[0] == 0xff && p[1] == 0xfe) || (p[0] == 0xfe && p[1] == 0xff) ||
	    (p[0] && !p[1] && p[2] && !p[3]) || (!p[0] && p[1] && !p[2] && p[3]);
}

/* 0 when it begins with ISA, else refused by the name of what it is. */
static int
identify(struct str in, struct faults *f)
{
	if (in.n == 0)
		return refuse(f, E_MALFORMED, S("byte 1"), S("the input is empty"));
	if (looks_wide(in))
		return refuse(f, E_UNSUPPORTED, S("byte 1"), S("the input is UTF-16 text"));
	if (str_starts(in, S("ISA")))
		return 0;
	for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++)
		if (str_starts(in, str_of(strangers[i].start)))
			return refuse(f, E_UNSUPPORTED, S("byte 1"), str_of(strangers[i].what));
	if (memchr(in.p, 0, in.n < HEAD ? in.n : HEAD))
		return refuse(f, E_UNSUPPORTED, S("byte 1"), S("the input is binary"));
	return refuse(f, E_UNSUPPORTED, S("byte 1"), S("the input is not X12: it does not begin with ISA"));
}

static struct str
from_latin1(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n * 2 + 1);
	size_t n = 0;

	if (!p)
		return STR_NONE;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c >= 0x80)
			p[n++] = (char)(0xc0 | c >> 6);
		p[n++] = (char)(c >= 0x80 ? 0x80 | (c & 0x3f) : c);
	}
	return (struct str){ p, n };
}

int
x12_open(struct arena *a, struct str in, struct faults *f, struct x12_reader **out)
{
	struct x12_reader *r = arena_alloc(a, sizeof *r);
	int rc;

	if (!r)
		return E_NOMEM;
	if (in.n > LIMIT_INPUT)
		return refuse(f, E_LIMIT, S("the whole input"), S("larger than one input may be"));
	if (str_starts(in, S("\xef\xbb\xbf")))
		in = (struct str){ in.p + 3, in.n - 3 };
	while (in.n && is_blank(*in.p))
		in = (struct str){ in.p + 1, in.n - 1 };
	rc = identify(in, f);
	if (rc < 0)
		return rc;
	*r = (struct x12_reader){ .a = a, .f = f };
	r->in = str_is_utf8(in) ? arena_str(a, in) : from_latin1(a, in);
	*out = r;
	return r->in.p ? 0 : E_NOMEM;
}

struct x12_seps
x12_seps(const struct x12_reader *r)
{
	return r->s;
}

/* At most `want` bytes of src without its line ends; *used is how far into src that went. */
static struct str
unwrap(struct arena *a, struct str src, size_t want, size_t *used)
{
	char *p = arena_alloc(a, (want < src.n ? want : src.n) + 1);
	size_t got = 0, i = 0;

	if (!p)
		return STR_NONE;
	for (; got < want && i < src.n; i++)
		if (src.p[i] != '\r' && src.p[i] != '\n')
			p[got++] = src.p[i];
	*used = i;
	return (struct str){ p, got };
}

static bool
may_separate(char c)
{
	return c && c != ' ' && !((unsigned char)c & 0x80) && !(c >= '0' && c <= '9') &&
	    !((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* The element that has another width than the standard gives it, 0 when all are right. */
static unsigned
isa_misfit(struct str isa)
{
	static const unsigned char ends[] = { 3, 6, 17, 20, 31, 34, 50, 53, 69, 76, 81, 83, 89, 99, 101, 103 };

	for (unsigned i = 0; i < sizeof ends; i++)
		if (isa.p[ends[i]] != isa.p[3])
			return i;
	return memchr(isa.p + 104, isa.p[3], 2) ? 16 : 0;
}

static int
isa_refuse(struct x12_reader *r, const char *el, const char *words)
{
	return refuse(r->f, E_MALFORMED, arena_fmt(r->a, "segment %zu %s", r->ordinal + 1, el), str_of(words));
}

/* Reads the fixed-width ISA at r->at and takes its separators. */
static int
isa_open(struct x12_reader *r, struct str *seg)
{
	size_t end = r->at + ISA_BYTES;
	struct str isa = { r->in.p + r->at, ISA_BYTES };
	unsigned bad;

	if (end > r->in.n || memchr(isa.p, '\n', ISA_BYTES - 1) || memchr(isa.p, '\r', ISA_BYTES - 1)) {
		isa = unwrap(r->a, (struct str){ isa.p, r->in.n - r->at }, ISA_BYTES, &end);
		if (!isa.p)
			return E_NOMEM;
		end += r->at;
	}
	if (isa.n < ISA_BYTES)
		return isa_refuse(r, "ISA", "the input ends before the 106 bytes of its ISA");
	if (!may_separate(isa.p[3]))
		return isa_refuse(r, "ISA", "the byte after ISA cannot separate elements");
	bad = isa_misfit(isa);
	if (bad)
		return isa_refuse(r, arena_fmt(r->a, "ISA%02u", bad).p, "an element of another width than the standard gives it");
	if (!may_separate(isa.p[104]) || !may_separate(isa.p[105]) || isa.p[104] == isa.p[105])
		return isa_refuse(r, "ISA16", "no legal component separator and segment terminator follow");
	r->s = (struct x12_seps){ isa.p[3], isa.p[104], 0, isa.p[105] };
	if (memcmp(isa.p + 84, "00402", 5) >= 0 && may_separate(isa.p[82]) && isa.p[82] != r->s.comp &&
	    isa.p[82] != r->s.term)
		r->s.rep = isa.p[82];
	r->open = true;
	r->at = end;
	*seg = (struct str){ isa.p, ISA_BYTES - 1 };
	return 1;
}

/* The bytes of the next segment, without its terminator. */
static int
cut(struct x12_reader *r, struct str *seg)
{
	const char *from = r->in.p + r->at;
	size_t left = r->in.n - r->at;
	const char *end = memchr(from, r->s.term, left > LIMIT_SEGMENT ? LIMIT_SEGMENT + 1 : left);
	bool lines = r->s.term == '\r' || r->s.term == '\n';
	size_t used;

	if (!end && left > LIMIT_SEGMENT)
		return refuse(r->f, E_LIMIT, arena_fmt(r->a, "segment %zu", r->ordinal + 1),
		    S("longer than a segment may be, or its terminator is missing"));
	*seg = (struct str){ from, end ? (size_t)(end - from) : left };
	r->at += seg->n + (end != NULL);
	if (!lines && (memchr(from, '\n', seg->n) || memchr(from, '\r', seg->n)))
		*seg = unwrap(r->a, *seg, seg->n, &used);
	*seg = str_trim(*seg);
	return seg->p || seg->n == 0 ? 1 : E_NOMEM;
}

static int
slice(struct x12_reader *r, struct str seg, struct x12_seg *out)
{
	struct str rest = seg;
	bool more = true;

	out->ordinal = ++r->ordinal;
	out->n = 0;
	out->ctl = false;
	for (size_t i = 0; i < seg.n; i++) {
		unsigned char c = (unsigned char)seg.p[i];

		if ((c < 0x20 || c == 0x7f) && c != (unsigned char)r->s.elem && c != (unsigned char)r->s.comp &&
		    c != (unsigned char)r->s.rep)
			out->ctl = true;
	}
	for (unsigned i = 0; more; i++) {
		if (i > LIMIT_ELEMENTS)
			return refuse(r->f, E_LIMIT, arena_fmt(r->a, "segment %zu", r->ordinal),
			    S("more elements than a segment may have"));
		more = memchr(rest.p, r->s.elem, rest.n) != NULL;
		out->el[i] = str_cut(&rest, r->s.elem);
		out->n = i;
	}
	while (out->n && out->el[out->n].n == 0)
		out->n--;
	out->id = out->el[0];
	return 1;
}

int
x12_next(struct x12_reader *r, struct x12_seg *out)
{
	struct str seg = STR_NONE;
	int rc;

	do {
		while (r->at < r->in.n && (is_blank(r->in.p[r->at]) || (r->open && r->in.p[r->at] == r->s.term)))
			r->at++;
		if (r->at == r->in.n)
			return 0;
		if (str_starts((struct str){ r->in.p + r->at, r->in.n - r->at }, S("ISA")) &&
		    (!r->open || r->at + 4 > r->in.n || may_separate(r->in.p[r->at + 3])))
			rc = isa_open(r, &seg);
		else
			rc = cut(r, &seg);
		if (rc < 0)
			return rc;
	} while (seg.n == 0);
	return slice(r, seg, out);
}

struct str
x12_elem(const struct x12_seg *s, unsigned i)
{
	return i <= s->n && s->el[i].n ? s->el[i] : STR_NONE;
}

struct str
x12_comp(struct str el, char sep, unsigned i)
{
	for (; i > 1; i--) {
		const char *hit = el.n ? memchr(el.p, sep, el.n) : NULL;

		if (!hit)
			return STR_NONE;
		el = (struct str){ hit + 1, el.n - (size_t)(hit + 1 - el.p) };
	}
	el = str_cut(&el, sep);
	return el.n ? el : STR_NONE;
}
