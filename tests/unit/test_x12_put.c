/* test_x12_put.c - segments being written: every byte in every place of a value, and every gap, against the plain way. */
#include "x12/wire.h"

#include <criterion/criterion.h>
#include <string.h>

#define LONGEST	40

static struct arena a;

static void
begin(void)
{
	arena_init(&a, 0);
}

static void
end(void)
{
	arena_free(&a);
}

static bool
separates(char c)
{
	return (unsigned char)c < ' ' || c == 0x7f || strchr("*:^~", c);
}

static void
open_segment(struct x12_put *w, struct faults *f)
{
	*f = (struct faults){ .a = &a };
	x12_put_open(w, &a, f);
	x12_put_seg(w, "NM1");
}

/* The value behind NM1*85, STR_NONE when it was refused. */
static struct str
put(struct str v, bool words)
{
	struct faults f;
	struct x12_put w;

	open_segment(&w, &f);
	x12_put_c(&w, 1, "85");
	if (words)
		x12_put_words(&w, 2, 0, v);
	else
		x12_put_id(&w, 2, 0, v);
	x12_put_end(&w, false);
	return f.n ? STR_NONE : buf_view(&w.b);
}

static struct str
plainly(struct str v)
{
	return arena_fmt(&a, "NM1*85%s" STR_FMT "~\n", v.n ? "*" : "", STR_ARG(v));
}

static void
check_value(char *text, size_t n, size_t at, char c)
{
	char was = text[at];
	struct str v = { text, n };
	bool bad = false;

	text[at] = c;
	v = str_trim(v);
	for (size_t i = 0; i < v.n; i++)
		bad |= separates(v.p[i]);
	cr_assert(str_eq(put((struct str){ text, n }, false), bad ? STR_NONE : plainly(v)), "%zu bytes, %d at %zu", n, c, at);
	v = put((struct str){ text, n }, true);
	text[at] = separates(c) ? ' ' : c;
	cr_assert(str_eq(v, plainly(str_trim((struct str){ text, n }))), "words of %zu bytes, %d at %zu", n, c, at);
	text[at] = was;
}

Test(x12_put, every_byte_in_every_place, .init = begin, .fini = end)
{
	char text[LONGEST];

	for (size_t i = 0; i < LONGEST; i++)
		text[i] = (char)('A' + i % 26);
	for (size_t n = 1; n <= LONGEST; n++)
		for (size_t at = 0; at < n; at++)
			for (int c = 1; c < 256; c++) {
				arena_reset(&a);
				check_value(text, n, at, (char)c);
			}
}

/* Two values at any two places, in either order: the same as with all separators in between. */
Test(x12_put, every_gap, .init = begin, .fini = end)
{
	enum { ELS = 14, PLACES = ELS * X12_PARTS };

	for (unsigned one = 0; one < PLACES; one++)
		for (unsigned two = 0; two < PLACES; two++) {
			unsigned low = one < two ? one : two, high = one < two ? two : one;
			struct str text;
			struct faults f;
			struct x12_put w;
			struct buf b;

			arena_reset(&a);
			if (one == two)
				continue;
			open_segment(&w, &f);
			x12_put_id(&w, 1 + one / X12_PARTS, 1 + one % X12_PARTS, S("ONE"));
			x12_put_scaled(&w, 1 + two / X12_PARTS, 1 + two % X12_PARTS, 12345, 2);
			x12_put_end(&w, false);
			text = buf_view(&w.b);
			buf_init(&b, &a);
			buf_cstr(&b, "NM1");
			for (unsigned i = 0; i <= high; i++) {
				bool same_el = i / X12_PARTS == low / X12_PARTS || i / X12_PARTS == high / X12_PARTS;
				unsigned last = i / X12_PARTS == high / X12_PARTS ? high : low;

				if (i % X12_PARTS == 0)
					buf_ch(&b, '*');
				else if (same_el && i <= last)
					buf_ch(&b, ':');
				buf_cstr(&b, i == one ? "ONE" : i == two ? "123.45" : "");
			}
			buf_cstr(&b, "~\n");
			cr_assert(f.n == 0 && str_eq(text, buf_view(&b)), "%u and %u: " STR_FMT ", not " STR_FMT, one, two, STR_ARG(text),
			    STR_ARG(buf_view(&b)));
		}
}
