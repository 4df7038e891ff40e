/*
 * put.c - segments being written, each straight into the bytes: an element behind the last is appended, one before it
 * is put where it belongs. A separator inside data never reaches the bytes: it becomes a blank in words and is refused
 * in anything that identifies. Knows no claim.
 */
#include "x12/wire.h"

#include <string.h>

static inline bool
has_room(struct x12_put *w, size_t n)
{
	return w->b.cap - w->b.n >= n || buf_room(&w->b, n);
}

#define SLACK	(4 * sizeof(uint64_t))		/* room for a short value and what stands before it; for the id of a segment */

void
x12_put_open(struct x12_put *w, struct arena *a, struct faults *f)
{
	*w = (struct x12_put){ .a = a, .f = f, .loop = "" };
	buf_init(&w->b, a);
}

int
x12_put_refuse(struct x12_put *w, int rc, unsigned el, const char *words, const char *fix)
{
	struct str claim = w->claim ? arena_fmt(w->a, "claim %zu ", w->claim) : S("");
	struct str place = el ?
	    arena_fmt(w->a, STR_FMT "%s %s%02u", STR_ARG(claim), w->loop, w->id ? w->id : "", el) :
	    arena_fmt(w->a, STR_FMT "%s %s", STR_ARG(claim), w->loop, w->id ? w->id : "");

	if (w->rc >= 0)
		w->rc = rc;
	return fault_add(w->f, rc, str_trim(place), str_of(words), str_of(fix));
}

/* What nothing goes out without. */
void
x12_put_need(struct x12_put *w, bool there, const char *loop, const char *id, unsigned el)
{
	if (there)
		return;
	w->loop = loop;
	w->id = id;
	x12_put_refuse(w, E_INCOMPLETE, el, "is missing, and nothing goes out without it", "add it to what is to be written");
}

void
x12_put_seg(struct x12_put *w, const char *id)
{
	w->id = id;
	w->at = w->b.n;
	w->el = 0;
	w->comp = 1;
	if (has_room(w, SLACK)) {
		memcpy(w->b.p + w->b.n, id, 3);		/* an id has two or three letters */
		w->b.n += 2 + (id[2] != 0);
	}
}

/* Where a component of an element that is written stands; lacking: separators of components to come before it. */
struct spot { size_t from, to; unsigned lacking; };

static struct spot
spot_of(const struct x12_put *w, unsigned el, unsigned comp)
{
	const char *p = w->b.p;
	size_t from = w->at, to;

	while (el && from < w->b.n)
		el -= p[from++] == '*';
	for (comp--; comp && from < w->b.n && p[from] != '*'; from++)
		comp -= p[from] == ':';
	for (to = from; to < w->b.n && p[to] != '*' && p[to] != ':'; to++)
		;
	return (struct spot){ from, to, comp };
}

bool
x12_put_has(const struct x12_put *w, unsigned el, unsigned comp)
{
	struct spot s;

	if (el > w->el)
		return false;
	s = spot_of(w, el, comp ? comp : 1);
	return !s.lacking && s.to > s.from;
}

/* Every byte of a claim is asked: * : ^ ~ and control characters, a bit for each. */
static bool
separates(char c)
{
	static const uint64_t bits[] = { UINT64_C(0x04000400ffffffff), UINT64_C(0xc000000040000000), 0, 0 };
	unsigned char u = (unsigned char)c;

	return bits[u >> 6] >> (u & 63) & 1;
}

#define ONES	UINT64_C(0x0101010101010101)

/*
 * The high bit is set of each byte that separates; also of _ and of those beyond ASCII, and where one of them is right
 * below. * and : differ in one bit, as ^ and ~ and the last of ASCII do in two.
 */
static inline uint64_t
suspects(uint64_t w)
{
	return (w | (w - ONES * 0x20) | (((w | ONES * 0x10) ^ ONES * ':') - ONES) |
	    (((w | ONES * 0x21) ^ ONES * 0x7f) - ONES)) & ONES * 0x80;
}

static bool
has_separator(struct str v)
{
	uint64_t w = 0;

	for (size_t i = 0; i < v.n; i++) {
		if (i + sizeof w <= v.n && (memcpy(&w, v.p + i, sizeof w), !suspects(w)))
			i += sizeof w - 1;
		else if (separates(v.p[i]))
			return true;
	}
	return false;
}

#define SHORT	(2 * sizeof(uint64_t))

/* Up to SHORT bytes in parts that overlap, so that hardly a byte needs a branch; 0 when none can separate. */
static inline uint64_t
copy_short(char *to, struct str v)
{
	unsigned char c = (unsigned char)v.p[0], d = (unsigned char)v.p[v.n / 2], e = (unsigned char)v.p[v.n - 1];
	uint64_t w, x;
	uint32_t a, b;

	if (v.n >= sizeof w) {
		memcpy(&w, v.p, sizeof w);
		memcpy(&x, v.p + v.n - sizeof x, sizeof x);
		memcpy(to, &w, sizeof w);
		memcpy(to + v.n - sizeof x, &x, sizeof x);
		return suspects(w) | suspects(x);
	}
	if (v.n >= sizeof a) {
		memcpy(&a, v.p, sizeof a);
		memcpy(&b, v.p + v.n - sizeof b, sizeof b);
		memcpy(to, &a, sizeof a);
		memcpy(to + v.n - sizeof b, &b, sizeof b);
		return suspects((uint64_t)a << 32 | b);
	}
	to[0] = (char)c;
	to[v.n / 2] = (char)d;
	to[v.n - 1] = (char)e;
	return suspects((UINT64_C(0x4141414141) << 8 | c) << 16 | (uint64_t)d << 8 | e);
}

static bool
splice(struct x12_put *w, unsigned el, unsigned comp, struct str v)
{
	struct spot s = spot_of(w, el, comp);
	size_t tail = w->b.n - s.to;
	char *p;

	if (!has_room(w, s.lacking + v.n))
		return true;
	p = w->b.p + s.from;
	memmove(p + s.lacking + v.n, w->b.p + s.to, tail);
	memset(p, ':', s.lacking);
	memcpy(p + s.lacking, v.p, v.n);
	w->b.n = s.from + s.lacking + v.n + tail;
	return true;
}

/* Whether it comes behind all that stands there; otherwise it is spliced. */
static inline bool
is_next(const struct x12_put *w, unsigned el, unsigned comp)
{
	return el > w->el || (el == w->el && comp > w->comp);
}

/* Behind what stands there. False, and nothing is put, when it holds a separator and must not. */
static __attribute__((noinline)) bool
append_any(struct x12_put *w, unsigned el, unsigned comp, struct str v, bool whole)
{
	unsigned stars = el - w->el, colons = comp - (stars ? 1 : w->comp);
	char *p;

	if (!whole && has_separator(v))
		return false;
	if (!has_room(w, stars + colons + v.n))
		return true;
	p = w->b.p + w->b.n;
	memset(p, '*', stars);
	memset(p + stars, ':', colons);
	memcpy(p + stars + colons, v.p, v.n);
	w->el = el;
	w->comp = comp;
	w->b.n += stars + colons + v.n;
	return true;
}

/*
 * The same for nearly all, where some bytes are written too much and then written over. False, and nothing is put: look
 * closer.
 */
static inline bool
append_short(struct x12_put *w, unsigned el, unsigned comp, struct str v, bool whole)
{
	uint64_t stars = ONES * '*', colons = ONES * ':';
	unsigned n = el - w->el, k = comp - (n ? 1 : w->comp);
	char *p;

	if (w->b.cap - w->b.n < SLACK || !is_next(w, el, comp) || n > sizeof stars || k > sizeof colons || v.n - 1 >= SHORT)
		return false;
	p = w->b.p + w->b.n;
	memcpy(p, &stars, sizeof stars);
	memcpy(p + n, &colons, sizeof colons);
	if (copy_short(p + n + k, v) && !whole)
		return false;
	w->el = el;
	w->comp = comp;
	w->b.n += n + k + v.n;
	return true;
}

static bool
set(struct x12_put *w, unsigned el, unsigned comp, struct str v, bool whole)
{
	comp += comp == 0;
	must(el >= 1 && el <= LIMIT_ELEMENTS && comp <= X12_PARTS);
	if (whole && append_short(w, el, comp, v, true))
		return true;
	if (!is_next(w, el, comp))
		return (whole || !has_separator(v)) && splice(w, el, comp, v);
	return append_any(w, el, comp, v, whole);
}

static bool
is_trimmed(struct str v)
{
	return v.n && v.p[0] > ' ' && v.p[v.n - 1] > ' ';
}

static __attribute__((noinline)) void
id_slow(struct x12_put *w, unsigned el, unsigned comp, struct str v)
{
	v = str_trim(v);
	if (v.n && !set(w, el, comp, v, false))
		x12_put_refuse(w, E_VALUE, el, "holds a character that separates elements (* : ^ ~) or a control character",
		    "correct the value at its source");
}

void
x12_put_id(struct x12_put *w, unsigned el, unsigned comp, struct str v)
{
	if (!is_trimmed(v) || !append_short(w, el, comp + (comp == 0), v, false))
		id_slow(w, el, comp, v);
}

static __attribute__((noinline)) void
words_slow(struct x12_put *w, unsigned el, unsigned comp, struct str v)
{
	v = str_trim(v);
	if (v.n == 0 || set(w, el, comp, v, false))
		return;
	w->n_blanked++;
	v = arena_str(w->a, v);
	for (size_t i = 0; i < v.n; i++)
		if (separates(v.p[i]))
			((char *)(uintptr_t)v.p)[i] = ' ';
	v = str_trim(v);
	if (v.n)
		set(w, el, comp, v, true);
}

void
x12_put_words(struct x12_put *w, unsigned el, unsigned comp, struct str v)
{
	if (!is_trimmed(v) || !append_short(w, el, comp + (comp == 0), v, false))
		words_slow(w, el, comp, v);
}

static bool
is_raw(struct str v, bool elements)
{
	for (size_t i = 0; i < v.n; i++)
		if (separates(v.p[i]) && v.p[i] != ':' && v.p[i] != '^' && !(elements && v.p[i] == '*'))
			return false;
	return true;
}

void
x12_put_whole(struct x12_put *w, unsigned el, struct str v)
{
	if (v.n == 0)
		return;
	if (is_raw(v, false))
		set(w, el, 0, v, true);
	else
		x12_put_refuse(w, E_VALUE, el, "holds a separator or a control character", "correct the value at its source");
}

/* A number of so many decimal places, those at its end that are 0 left out; from the last digit to the first. */
void
x12_put_scaled(struct x12_put *w, unsigned el, unsigned comp, int64_t v, int places)
{
	char text[32], *end = text + sizeof text, *p = end;
	uint64_t u = v < 0 ? (uint64_t)0 - (uint64_t)v : (uint64_t)v;

	for (; places && u % 10 == 0; places--)
		u /= 10;
	do {
		*--p = (char)('0' + u % 10);
		u /= 10;
		if (places && --places == 0)
			*--p = '.';
	} while (u || places || *p == '.');
	if (v < 0)
		*--p = '-';
	set(w, el, comp, (struct str){ p, (size_t)(end - p) }, true);
}

void
x12_put_n(struct x12_put *w, unsigned el, int64_t n)
{
	x12_put_scaled(w, el, 0, n, 0);
}

static char *
two(char *p, int v)
{
	p[0] = (char)('0' + v / 10);
	p[1] = (char)('0' + v % 10);
	return p + 2;
}

static size_t
day_text(struct x12_put *w, char *to, day_t day)
{
	int y, m, d;
	struct str odd;

	day_parts(day, &y, &m, &d);
	if (y >= 0 && y <= 9999)
		return (size_t)(two(two(two(two(to, y / 100), y % 100), m), d) - to);
	odd = day_ccyymmdd(w->a, day);		/* never a day that was read */
	memcpy(to, odd.p ? odd.p : "", odd.n);
	return odd.n;
}

void
x12_put_moment(struct x12_put *w, unsigned el, day_t day, struct str time)
{
	char text[40];
	size_t n = day_text(w, text, day), more = time.n < 8 ? time.n : 8;

	memcpy(text + n, time.p, more);
	x12_put_id(w, el, 0, (struct str){ text, n + more });
}

void
x12_put_days(struct x12_put *w, unsigned el, unsigned comp, day_t from, day_t to)
{
	char text[40];
	size_t n = day_text(w, text, from);

	if (to != DAY_NONE) {
		text[n] = '-';
		n += 1 + day_text(w, text + n + 1, to);
	}
	set(w, el, comp, (struct str){ text, n }, true);
}

static bool
is_bare(const struct x12_put *w, unsigned el)
{
	struct spot s = { 0 };

	if (el > w->el)
		return true;
	s = spot_of(w, el, 1);
	return s.from == s.to && (s.to == w->b.n || w->b.p[s.to] == '*');
}

/* Components of the rest go where the field left a gap. */
static void
merge_el(struct x12_put *w, unsigned el, struct str v)
{
	if (is_bare(w, el)) {
		x12_put_whole(w, el, v);
		return;
	}
	for (unsigned c = 1; v.n && c <= X12_PARTS; c++) {
		const char *hit = memchr(v.p, ':', v.n);
		struct str one = { v.p, hit ? (size_t)(hit - v.p) : v.n };

		v = (struct str){ v.p + one.n + (hit != NULL), v.n - one.n - (hit != NULL) };
		if (one.n && !x12_put_has(w, el, c))
			x12_put_id(w, el, c, one);
	}
}

void
x12_put_merge(struct x12_put *w, struct str rest)
{
	(void)str_cut(&rest, '*');
	for (unsigned el = 1; rest.n && el <= LIMIT_ELEMENTS; el++) {
		struct str v = str_cut(&rest, '*');

		if (v.n)
			merge_el(w, el, v);
	}
}

void
x12_put_end(struct x12_put *w, bool even_empty)
{
	if (w->el == 0 && !even_empty) {
		w->b.n = w->at;
		return;
	}
	if (has_room(w, 2)) {
		memcpy(w->b.p + w->b.n, "~\n", 2);
		w->b.n += 2;
	}
	w->n_segs++;
}

void
x12_put_raw(struct x12_put *w, struct str segment)
{
	if (segment.n == 0)
		return;
	if (!is_raw(segment, true)) {
		x12_put_refuse(w, E_VALUE, 0, "a kept segment holds a terminator or a control character",
		    "correct the value at its source");
		return;
	}
	buf_str(&w->b, segment);
	buf_put(&w->b, "~\n", 2);
	w->n_segs++;
}
