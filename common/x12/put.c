/*
 * put.c - segments being written. A separator inside data never reaches the bytes: it becomes a blank in
 * words and is refused in anything that identifies. Knows no claim.
 */
#include "x12/wire.h"

#include <string.h>

void
x12_put_open(struct x12_put *w, struct arena *a, struct faults *f)
{
	memset(w, 0, offsetof(struct x12_put, cell));	/* a cell is read only after it is set */
	w->a = a;
	w->f = f;
	w->loop = "";
	buf_init(&w->b, a);
	x12_scope_spans(w->scopes);
	x12_loop_spans(w->loops);
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

void
x12_put_seg(struct x12_put *w, const char *id)
{
	w->id = id;
	for (; w->n; w->n--)
		w->n_comp[w->n] = 0;
}

static void
set(struct x12_put *w, unsigned el, unsigned comp, struct str v)
{
	unsigned at = comp ? comp - 1 : 0;

	must(el >= 1 && el <= LIMIT_ELEMENTS && at < X12_COMPS);
	while (w->n_comp[el] <= at)
		w->cell[el][w->n_comp[el]++] = STR_NONE;
	w->cell[el][at] = v;
	if (el > w->n)
		w->n = el;
}

/* Every byte of a claim is asked: * : ^ ~ and control characters, a bit for each. */
static bool
separates(char c)
{
	static const uint64_t bits[] = { UINT64_C(0x04000400ffffffff), UINT64_C(0xc000000040000000), 0, 0 };
	unsigned char u = (unsigned char)c;

	return bits[u >> 6] >> (u & 63) & 1;
}

static bool
has_separator(struct str v)
{
	for (size_t i = 0; i < v.n; i++)
		if (separates(v.p[i]))
			return true;
	return false;
}

void
x12_put_id(struct x12_put *w, unsigned el, unsigned comp, struct str v)
{
	v = str_trim(v);
	if (v.n == 0)
		return;
	if (has_separator(v))
		x12_put_refuse(w, E_VALUE, el, "holds a character that separates elements (* : ^ ~) or a control character",
		    "correct the value at its source");
	else
		set(w, el, comp, v);
}

void
x12_put_words(struct x12_put *w, unsigned el, unsigned comp, struct str v)
{
	v = str_trim(v);
	if (v.n == 0)
		return;
	if (has_separator(v)) {
		v = arena_str(w->a, v);
		for (size_t i = 0; i < v.n; i++)
			if (separates(v.p[i]))
				((char *)(uintptr_t)v.p)[i] = ' ';
		v = str_trim(v);
	}
	if (v.n)
		set(w, el, comp, v);
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
		set(w, el, 0, v);
	else
		x12_put_refuse(w, E_VALUE, el, "holds a separator or a control character", "correct the value at its source");
}

void
x12_put_c(struct x12_put *w, unsigned el, const char *s)
{
	x12_put_id(w, el, 0, str_of(s));
}

void
x12_put_n(struct x12_put *w, unsigned el, int64_t n)
{
	x12_put_id(w, el, 0, digits_text(w->a, n, 1));
}

bool
x12_put_has(const struct x12_put *w, unsigned el, unsigned comp)
{
	return w->n_comp[el] > (comp ? comp - 1 : 0) && w->cell[el][comp ? comp - 1 : 0].n;
}

/* Components of the rest go where the field left a gap. */
static void
merge_el(struct x12_put *w, unsigned el, struct str v)
{
	if (w->n_comp[el] == 0) {
		x12_put_whole(w, el, v);
		return;
	}
	for (unsigned c = 1; v.n && c <= X12_COMPS; c++) {
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

static void
put_el(struct x12_put *w, unsigned el)
{
	unsigned last = w->n_comp[el];

	while (last && w->cell[el][last - 1].n == 0)
		last--;
	for (unsigned c = 0; c < last; c++) {
		if (c)
			buf_ch(&w->b, ':');
		buf_str(&w->b, w->cell[el][c]);
	}
}

void
x12_put_end(struct x12_put *w, bool even_empty)
{
	if (w->n == 0 && !even_empty)
		return;
	buf_cstr(&w->b, w->id);
	for (unsigned el = 1; el <= w->n; el++) {
		buf_ch(&w->b, '*');
		put_el(w, el);
	}
	buf_put(&w->b, "~\n", 2);
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
