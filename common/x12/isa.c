/*
 * isa.c - what a file is by its first bytes, and the fixed-width ISA that names its separators. Refuses by
 * name; never guesses a separator.
 */
#include "x12/reader.h"

#define ISA_BYTES	106
#define HEAD		256		/* bytes looked at to tell what a file is */

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

int
x12_refuse(struct faults *f, int rc, struct str place, struct str words)
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
		return x12_refuse(f, E_MALFORMED, S("byte 1"), S("the input is empty"));
	if (looks_wide(in))
		return x12_refuse(f, E_UNSUPPORTED, S("byte 1"), S("the input is UTF-16 text"));
	if (str_starts(in, S("ISA")))
		return 0;
	for (size_t i = 0; i < sizeof strangers / sizeof *strangers; i++)
		if (str_starts(in, str_of(strangers[i].start)))
			return x12_refuse(f, E_UNSUPPORTED, S("byte 1"), str_of(strangers[i].what));
	if (memchr(in.p, 0, in.n < HEAD ? in.n : HEAD))
		return x12_refuse(f, E_UNSUPPORTED, S("byte 1"), S("the input is binary"));
	return x12_refuse(f, E_UNSUPPORTED, S("byte 1"), S("the input is not X12: it does not begin with ISA"));
}

/* At least n bytes from r->at, unless the input has fewer. */
static int
have(struct x12_reader *r, size_t n)
{
	int rc = 1;

	while (r->len - r->at < n && rc > 0)
		rc = x12_refill(r);
	return rc;
}

/* A mail system or a mainframe broke the file into lines of one width: the ISA itself is broken. */
static int
unwrap(struct x12_reader *r)
{
	const char *isa = r->p + r->at;
	size_t left = r->len - r->at, n = left < ISA_BYTES ? left : ISA_BYTES - 1, to = r->at;

	if (r->wrapped || (!memchr(isa, '\n', n) && !memchr(isa, '\r', n)))
		return 0;
	if (!r->own) {
		r->own = arena_alloc(r->a, r->len + 1);
		if (!r->own)
			return E_NOMEM;
		memcpy(r->own, r->p, r->len);
		r->p = r->own;
	}
	for (size_t i = r->at; i < r->len; i++)
		if (r->own[i] != '\r' && r->own[i] != '\n')
			r->own[to++] = r->own[i];
	r->len = to;
	r->wrapped = true;
	x12_forget(r);
	return 0;
}

int
x12_begin(struct x12_reader *r)
{
	int rc = have(r, HEAD);

	if (rc >= 0 && r->len - r->at >= 3 && memcmp(r->p + r->at, "\xef\xbb\xbf", 3) == 0)
		r->at += 3;
	while (rc >= 0 && r->at < r->len && is_blank(r->p[r->at])) {
		r->at++;
		if (r->at == r->len)
			rc = have(r, HEAD);
	}
	return rc < 0 ? rc : identify((struct str){ r->p + r->at, r->len - r->at }, r->f);
}

size_t
x12_latin1(char *to, struct str v)
{
	size_t n = 0;

	for (size_t i = 0; i < v.n; i++) {
		unsigned char c = (unsigned char)v.p[i];

		if (c >= 0x80)
			to[n++] = (char)(0xc0 | c >> 6);
		to[n++] = (char)(c >= 0x80 ? 0x80 | (c & 0x3f) : c);
	}
	return n;
}

static struct str
from_latin1(struct arena *a, struct str s)
{
	char *p = arena_alloc(a, s.n * 2 + 1);

	return p ? (struct str){ p, x12_latin1(p, s) } : STR_NONE;
}

int
x12_open_as_is(struct arena *a, struct str in, struct faults *f, struct x12_reader **out)
{
	struct x12_reader *r;
	int rc = x12_reader_new(a, f, &r);

	if (rc < 0)
		return rc;
	if (in.n > LIMIT_INPUT)
		return fault_add(f, E_LIMIT, S("the whole input"), S("larger than one input may be"),
		    arena_fmt(f->a, "send %d bytes at most: claimline x12 split makes parts of it", (int)LIMIT_INPUT));
	r->p = in.p ? in.p : "";
	r->len = in.n;
	rc = x12_begin(r);
	if (rc < 0)
		return rc;
	in = arena_str(a, (struct str){ r->p + r->at, r->len - r->at });
	if (!in.p)
		return E_NOMEM;
	r->p = in.p;
	r->len = in.n;
	r->at = 0;
	*out = r;
	return 0;
}

int
x12_open(struct arena *a, struct str in, struct faults *f, struct x12_reader **out)
{
	int rc = x12_open_as_is(a, in, f, out);
	struct x12_reader *r;

	if (rc < 0)
		return rc;
	r = *out;
	if (str_is_utf8((struct str){ r->p, r->len }))
		return rc;
	in = from_latin1(a, (struct str){ r->p, r->len });
	r->p = in.p;
	r->len = in.n;
	return in.p ? rc : E_NOMEM;
}

static bool
may_separate(char c)
{
	return c && c != ' ' && !((unsigned char)c & 0x80) && !(c >= '0' && c <= '9') &&
	    !((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

bool
x12_is_isa(struct x12_reader *r)
{
	if (r->p[r->at] != 'I' || have(r, 4) < 0)
		return false;
	return str_starts((struct str){ r->p + r->at, r->len - r->at }, S("ISA")) &&
	    (!r->open || r->len - r->at < 4 || may_separate(r->p[r->at + 3]));
}

/* The element that has another width than the standard gives it, 0 when all are right. */
static unsigned
misfit(const char *isa)
{
	static const unsigned char ends[] = { 3, 6, 17, 20, 31, 34, 50, 53, 69, 76, 81, 83, 89, 99, 101, 103 };

	for (unsigned i = 0; i < sizeof ends; i++)
		if (isa[ends[i]] != isa[3])
			return i;
	return memchr(isa + 104, isa[3], 2) ? 16 : 0;
}

static int
refuse(struct x12_reader *r, const char *el, const char *words)
{
	return x12_refuse(r->f, E_MALFORMED, arena_fmt(r->a, "segment %zu %s", r->ordinal + 1, el), str_of(words));
}

static int
separators(struct x12_reader *r, const char *isa)
{
	unsigned bad;

	if (!may_separate(isa[3]))
		return refuse(r, "ISA", "the byte after ISA cannot separate elements");
	bad = misfit(isa);
	if (bad)
		return refuse(r, arena_fmt(r->a, "ISA%02u", bad).p, "an element of another width than the standard gives it");
	if (!may_separate(isa[104]) || !may_separate(isa[105]) || isa[104] == isa[105])
		return refuse(r, "ISA16", "no legal component separator and segment terminator follow");
	r->s = (struct x12_seps){ isa[3], isa[104], 0, isa[105] };
	if (memcmp(isa + 84, "00402", 5) >= 0 && may_separate(isa[82]) && isa[82] != r->s.comp && isa[82] != r->s.term &&
	    isa[82] != r->s.elem)
		r->s.rep = isa[82];
	r->scan = (struct scan_for){ scan_all(isa[3]), scan_all(isa[105]), scan_all(isa[104]),
	    scan_all(r->s.rep ? r->s.rep : isa[104]) };
	memset(r->special, 0, sizeof r->special);
	for (const char *c = "IB \t\r\n\x1a"; *c; c++)
		r->special[(unsigned char)*c] = 1;
	r->special[(unsigned char)r->s.term] = 1;
	return 0;
}

int
x12_isa_read(struct x12_reader *r, struct x12_seg *out)
{
	int rc = have(r, ISA_BYTES);
	struct str *el, rest;
	unsigned n = 0;

	if (rc >= 0)
		rc = unwrap(r);
	if (rc >= 0)
		rc = have(r, ISA_BYTES);
	if (rc < 0)
		return rc;
	if (r->len - r->at < ISA_BYTES)
		return refuse(r, "ISA", "the input ends before the 106 bytes of its ISA");
	rc = separators(r, r->p + r->at);
	if (rc < 0)
		return rc;
	el = x12_seg_room(r);
	if (!el)
		return E_NOMEM;
	rest = (struct str){ r->p + r->at, ISA_BYTES - 1 };
	for (; n < 17; n++)
		el[n] = str_cut(&rest, r->s.elem);
	*out = (struct x12_seg){ .n = 0 };
	for (size_t i = 0; i < ISA_BYTES - 1; i++)
		if ((unsigned char)r->p[r->at + i] < 0x20 || (unsigned char)r->p[r->at + i] >= 0x7f)
			out->marks |= X12_ODD;
	r->open = true;
	r->at += ISA_BYTES;
	return x12_seg_done(r, out, 16);
}
