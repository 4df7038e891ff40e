/*
 * stream.c - the reader: refills and moves its buffer, slices segments ahead by the bits of scan.h, keeps the window.
 * Never judges what a segment means; the ISA and what is no X12 at all are isa.c's affair.
 */
#include "x12/slice.h"

#define FIRST_ROOM	(256u << 10)	/* of a source: stays in the second cache */
#define FIRST_ELS	1024
#define FAR		512		/* the window is moved to the front of els when it begins that far in */

/* ---- slicing ahead ---- */

/* Room in els for a block and for a segment of any kind, the window moved to the front first. */
static bool
make_room(struct x12_reader *r)
{
	size_t low = r->kept ? r->win : r->first, want, cap = r->cap_els ? r->cap_els : FIRST_ELS / 2;
	struct str *v;

	if (low && (!r->kept || low >= FAR)) {
		memmove(r->els, r->els + low, (r->h.n_els - low) * sizeof *r->els);
		r->win = 0;
		r->first -= low;
		r->last = r->first;	/* of the segment last read nothing is needed any more */
		r->h.n_els -= low;
	}
	want = r->h.n_els + 2 * (LIMIT_ELEMENTS + SCAN_BLOCK) + AHEAD_SPARE;
	if (want <= r->cap_els)
		return true;
	while (cap < want)
		cap *= 2;
	v = arena_grow(r->a, r->els, r->h.n_els, cap, sizeof *v);
	if (!v)
		return false;
	r->els = v;
	r->cap_els = cap;
	return true;
}

/* The next AHEAD_BYTES, or what there is room for. False: no memory. */
static bool
slice(struct x12_reader *r)
{
	size_t n = r->len - r->h.to < AHEAD_BYTES ? r->len - r->h.to : AHEAD_BYTES, most;
	struct scan_bits bits[AHEAD_BYTES / SCAN_BLOCK], *b = bits;
	unsigned char place[SCAN_BLOCK];
	const char *p = r->p;
	struct x12_ahead h;
	struct str *els;

	if (!make_room(r))
		return false;
	h = r->h;
	els = r->els;
	slice_scan(bits, p + h.to, n, &r->scan);
	most = r->cap_els - SCAN_BLOCK - AHEAD_SPARE;
	for (n += h.to; h.to < n && h.n_els <= most && h.n_segs <= AHEAD_SEGS; h.to += SCAN_BLOCK)
		slice_block(&(struct slice_to){ els + h.n_els, place, p + h.to }, r->segs + h.n_segs, &h, b++);
	h.to = h.to < n ? h.to : n;
	r->h = h;
	return true;
}

/* ---- the buffer ---- */

/* Moves what is kept to the front of the buffer; the elements of the window move along. */
static void
shift(struct x12_reader *r, size_t by)
{
	memmove(r->own, r->own + by, r->len - by);
	for (size_t i = r->win; r->kept && i < r->first; i++)
		if (r->els[i].p)
			r->els[i].p -= by;
	r->len -= by;
	r->at -= by;
}

static int
larger(struct x12_reader *r)
{
	char *own = arena_alloc(r->a, r->cap * 4);

	if (!own)
		return E_NOMEM;
	memcpy(own, r->own, r->len);
	for (size_t i = r->win; r->kept && i < r->first; i++)
		if (r->els[i].p)
			r->els[i].p = own + (r->els[i].p - r->own);
	r->own = own;
	r->p = own;
	r->cap *= 4;
	return 0;
}

/* It begins well: what is wrong is this segment, or the end it has not. */
static int
too_much(struct x12_reader *r, const char *words, size_t most, const char *of)
{
	return fault_add(r->f, E_LIMIT, arena_fmt(r->a, "segment %zu", r->ordinal + 1), str_of(words),
	    arena_fmt(r->a, "a segment may have %zu %s: look there for a segment terminator that is missing, "
	    "or for data that hold the element separator", most, of));
}

static int
too_many(struct x12_reader *r)
{
	return too_much(r, "more elements than a segment may have", LIMIT_ELEMENTS, "elements");
}

static int
too_long(struct x12_reader *r)
{
	return too_much(r, "longer than a segment may be, or its terminator is missing", LIMIT_SEGMENT, "bytes");
}

static int
more_room(struct x12_reader *r)
{
	size_t keep = r->kept && r->win < r->first ? (size_t)(r->els[r->win].p - r->p) : r->at;

	if (!keep && r->cap < LIMIT_X12_WINDOW)
		return larger(r);
	if (!keep) {				/* let go of the window, all but the segment at hand */
		if (r->at == 0)
			return too_long(r);
		r->kept = false;
		keep = r->at;
	}
	shift(r, keep);
	return 0;
}

static size_t
without_line_ends(char *p, size_t n)
{
	size_t kept = 0;

	for (size_t i = 0; i < n; i++)
		if (p[i] != '\r' && p[i] != '\n')
			p[kept++] = p[i];
	return kept;
}

int
x12_refill(struct x12_reader *r)
{
	int64_t got;
	size_t n;
	int rc;

	do {
		if (r->ended)
			return 0;
		x12_forget(r);
		if (r->len == r->cap && (rc = more_room(r)) < 0)
			return rc;
		got = r->src.fill(r->src.self, r->own + r->len, r->cap - r->len);
		if (got < 0)
			return (int)got;
		must((uint64_t)got <= r->cap - r->len);
		r->ended = got == 0;
		n = r->wrapped ? without_line_ends(r->own + r->len, (size_t)got) : (size_t)got;
		r->len += n;
	} while (n == 0);
	return 1;
}

/* ---- the body of a BIN or BDS: as many bytes as the element before it says, whatever they are ---- */

static inline bool
has_body(const struct x12_reader *r)
{
	const char *p = r->p + r->at;

	return *p == 'B' && r->len - r->at > 3 && p[3] == r->s.elem && (memcmp(p, "BIN", 3) == 0 || memcmp(p, "BDS", 3) == 0);
}

enum { AGAIN = 2 };			/* there are more bytes: look anew */

/* Where the body begins, counted from r->at, and how long it says it is. 0: an ordinary segment with a fault. */
static int
body_begins(struct x12_reader *r, unsigned last, size_t *begin, size_t *n)
{
	struct str el = STR_NONE;
	int64_t said;
	int rc;

	for (*begin = 4; last; last--) {
		const char *p = r->p + r->at + *begin, *end = memchr(p, r->s.elem, r->len - r->at - *begin);

		el = (struct str){ p, end ? (size_t)(end - p) : r->len - r->at - *begin };
		if (el.n > LIMIT_SEGMENT || (el.n && memchr(p, r->s.term, el.n)))
			return 0;
		if (!end) {
			rc = x12_refill(r);
			return rc > 0 ? AGAIN : rc;
		}
		*begin += el.n + 1;
	}
	if (!str_to_int(el, &said) || said < 0)
		return 0;
	*n = (size_t)said;
	return 1;
}

/* All of the body at hand and what is behind it, or, when it is too long to hold, its end only: 1. */
static int
body_read(struct x12_reader *r, size_t begin, size_t *left)
{
	int rc = 1;

	if (*left <= LIMIT_BODY) {
		while (rc > 0 && r->len - r->at - begin <= *left)
			rc = x12_refill(r);
		return rc < 0 ? rc : r->len - r->at - begin >= *left;
	}
	while (r->len - r->at - begin < *left) {
		*left -= r->len - r->at - begin;
		r->len = r->at + begin;
		rc = x12_refill(r);
		if (rc <= 0)
			return rc;
	}
	return 1;
}

/* A BIN or BDS. Its elements are sliced last, for reading may move the bytes. */
static int
with_body(struct x12_reader *r, struct x12_seg *out)
{
	unsigned last = r->p[r->at + 1] == 'I' ? 1 : 2, n = 1;
	size_t begin, left;
	struct str *el, rest;
	int rc = body_begins(r, last, &begin, &left);

	if (rc != 1)
		return rc;
	out->body = left;
	out->marks = left > LIMIT_BODY ? X12_SKIPPED : 0;
	rc = body_read(r, begin, &left);
	if (rc < 0 || (rc == 0 && !(out->marks & X12_SKIPPED)))
		return rc;
	el = x12_seg_room(r);
	if (!el)
		return E_NOMEM;
	el[0] = (struct str){ r->p + r->at, 3 };
	rest = (struct str){ r->p + r->at + 4, begin - 4 };
	for (; n <= last; n++)
		el[n] = str_cut(&rest, r->s.elem);
	el[n] = (struct str){ r->p + r->at + begin, out->marks & X12_SKIPPED ? 0 : left };
	if (rc == 0) {			/* the input ends in it, and what there was of it is gone */
		out->marks |= X12_CUT;
		r->at = r->len;
		return x12_seg_done(r, out, n);
	}
	r->at += begin + left;
	if (r->at < r->len && r->p[r->at] == r->s.term)
		r->at++;
	else if (r->at < r->len)
		out->marks |= X12_BODY_END;
	return x12_seg_done(r, out, n);
}

/* ---- one segment ---- */

static inline int
give(struct x12_reader *r, struct x12_seg *out, const struct str *el, size_t n)
{
	out->el = el;
	out->id = el[0];
	out->n = (unsigned)n;
	out->ordinal = ++r->ordinal;
	return 1;
}

/* The segment of elements 0..n at r->first, with all that is unusual. */
static int
finish(struct x12_reader *r, struct x12_seg *out, size_t n)
{
	struct str *el = r->els + r->first;

	r->last = r->first;
	r->first += n + 1;
	if (out->marks & X12_ODD && el[n].n && (el[n].p[el[n].n - 1] == '\r' || el[n].p[el[n].n - 1] == '\n'))
		el[n] = str_trim(el[n]);	/* a line end before the terminator */
	while (n && el[n].n == 0)
		n--;
	if (out->marks & X12_ODD)
		for (size_t i = 0; i <= n && !out->ctl; i++)
			out->ctl = str_has_ctl(el[i]);
	return give(r, out, el, n);
}

static inline bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == 0x1a;
}

static bool
has_odd(const char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)p[i] < 0x20 || (unsigned char)p[i] >= 0x7f)
			return true;
	return false;
}

/* Blanks before a segment are not of it. */
static void
skip_sliced(struct x12_reader *r)
{
	struct str *el = r->els + r->first;
	uint32_t *seg = r->segs + r->i_seg;
	const struct str *last = r->els + (*seg >> 2);

	if (!el->n || !is_blank(*el->p))
		return;
	for (; el->n && is_blank(*el->p); r->at++)
		*el = (struct str){ el->p + 1, el->n - 1 };
	if (*seg & X12_ODD && !has_odd(el->p, (size_t)(last->p + last->n - el->p)))
		*seg &= ~(uint32_t)X12_ODD;
}

static inline bool
is_between(const struct x12_reader *r, char c)
{
	return r->open ? c == r->s.term || (c != r->s.elem && is_blank(c)) : is_blank(c);
}

/* The same where nothing is sliced: 1 at the first byte of a segment, 0 at the end of all. */
static int
skip(struct x12_reader *r)
{
	int rc = 1;

	while (rc > 0) {
		size_t at = r->at;

		while (at < r->len && is_between(r, r->p[at]))
			at++;
		if (at != r->at)
			x12_forget(r);
		r->at = at;
		if (at < r->len)
			return 1;
		rc = x12_refill(r);
	}
	return rc;
}

/* The next of those sliced ahead. AGAIN: it was empty. */
static int
take(struct x12_reader *r, struct x12_seg *out)
{
	const struct str *el = r->els + r->first;
	size_t n = (r->segs[r->i_seg] >> 2) - r->first, bytes = (size_t)(el[n].p + el[n].n - el->p);

	out->marks |= r->segs[r->i_seg++] & (X12_COMPS | X12_ODD);
	r->at += bytes + 1;
	if (n > LIMIT_ELEMENTS || bytes > LIMIT_SEGMENT) {
		r->first += n + 1;		/* the rest is what follows it */
		return n > LIMIT_ELEMENTS ? too_many(r) : too_long(r);
	}
	if (bytes == 0) {
		r->first++;
		return AGAIN;
	}
	return finish(r, out, n);
}

/* The input ended inside a segment. */
static int
cut_short(struct x12_reader *r, struct x12_seg *out)
{
	size_t n = r->h.n_els - r->first;

	r->els[r->h.n_els] = (struct str){ r->h.from, (size_t)(r->p + r->len - r->h.from) };
	out->marks |= X12_CUT | (r->h.comps ? X12_COMPS : 0) | (r->h.odd ? X12_ODD : 0);
	r->at = r->len;
	r->stale = true;
	return finish(r, out, n);
}

/* No whole segment is sliced: slices on, or reads on. */
static int
look_ahead(struct x12_reader *r, struct x12_seg *out)
{
	struct x12_ahead *h = &r->h;
	int rc;

	if (r->stale)
		*h = (struct x12_ahead){ .to = r->at, .from = r->p + r->at, .n_els = r->first };
	r->stale = false;
	r->i_seg = h->n_segs = 0;
	if (h->n_els - r->first > LIMIT_ELEMENTS)
		return too_many(r);
	if (h->to - r->at > LIMIT_SEGMENT)
		return too_long(r);
	if (h->to < r->len)
		return slice(r) ? AGAIN : E_NOMEM;
	if (r->ended)
		return cut_short(r, out);
	rc = x12_refill(r);
	return rc < 0 ? rc : AGAIN;
}

/* x12_next only counts on in what is sliced ahead: where in the bytes that has led to. */
static size_t
place(const struct x12_reader *r)
{
	return r->stale ? r->at : (size_t)((r->first < r->h.n_els ? r->els[r->first].p : r->h.from) - r->p);
}

/* What x12_next does not do at once: 1, 0 at the end. */
static int
unusual(struct x12_reader *r, struct x12_seg *out)
{
	int rc;

	r->last = r->first;
	r->at = place(r);
	do {
		out->marks = 0;
		out->body = 0;
		out->ctl = false;
		if (r->i_seg < r->h.n_segs)
			skip_sliced(r);
		else if ((rc = skip(r)) <= 0)
			return rc;
		if (r->p[r->at] == 'I' && x12_is_isa(r))
			return x12_isa_read(r, out);
		rc = has_body(r) ? with_body(r, out) : 0;
		if (rc == 0)
			rc = r->i_seg < r->h.n_segs ? take(r, out) : look_ahead(r, out);
	} while (rc == AGAIN);
	return rc;
}

/* Of those sliced at once only the first can be too long, and that one comes through take. */
int
x12_next(struct x12_reader *r, struct x12_seg *out)
{
	const struct str *el;
	uint32_t seg;
	size_t n;

	if (r->i_seg >= r->h.n_segs)
		return unusual(r, out);
	el = r->els + r->first;
	seg = r->segs[r->i_seg];
	n = (seg >> 2) - r->first;
	if (r->special[(unsigned char)*el->p] || seg & X12_ODD || !el[n].n || n > LIMIT_ELEMENTS)
		return unusual(r, out);
	r->i_seg++;
	r->last = r->first;
	r->first += n + 1;
	out->marks = seg & X12_COMPS;
	out->body = 0;
	out->ctl = false;
	return give(r, out, el, n);
}

int
x12_seg_done(struct x12_reader *r, struct x12_seg *out, unsigned n)
{
	int rc = finish(r, out, n);

	x12_forget(r);
	return rc;
}

struct str *
x12_seg_room(struct x12_reader *r)
{
	x12_forget(r);
	return make_room(r) ? r->els + r->first : NULL;
}

struct x12_seps
x12_seps(const struct x12_reader *r)
{
	return r->s;
}

void
x12_part_by(struct x12_reader *r, char comp)
{
	r->at = place(r);
	r->s.comp = comp;
	r->s.rep = r->s.rep == comp ? 0 : r->s.rep;
	r->scan.comp = scan_all(comp);
	if (!r->s.rep)
		r->scan.rep = r->scan.comp;
	x12_forget(r);
}

/* ---- the window ---- */

void
x12_keep(struct x12_reader *r, struct x12_seg *s)
{
	r->win = (size_t)(s->el - r->els);
	r->kept = true;
}

bool
x12_is_kept(const struct x12_reader *r)
{
	return r->kept;
}

const struct str *
x12_kept(const struct x12_reader *r, size_t i)
{
	return r->els + (r->kept ? r->win : r->last) + i;
}

size_t
x12_n_kept(const struct x12_reader *r)
{
	return r->kept ? r->last - r->win : 0;
}

struct str
x12_rest(const struct x12_reader *r)
{
	size_t at = place(r);

	return (struct str){ r->p + at, r->len - at };
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

/* ---- opening ---- */

int
x12_reader_new(struct arena *a, struct faults *f, struct x12_reader **out)
{
	struct x12_reader *r = arena_alloc(a, sizeof *r);

	if (!r)
		return E_NOMEM;
	*r = (struct x12_reader){ .a = a, .f = f, .stale = true, .ended = true };
	*out = r;
	return 0;
}

int
x12_open_source(struct arena *a, struct x12_src src, struct faults *f, struct x12_reader **out)
{
	struct x12_reader *r;
	int rc = x12_reader_new(a, f, &r);

	if (rc < 0)
		return rc;
	r->src = src;
	r->ended = false;
	r->cap = FIRST_ROOM;
	r->own = arena_alloc(a, r->cap);
	r->p = r->own;
	if (!r->own)
		return E_NOMEM;
	*out = r;
	return x12_begin(r);
}
