/* test_x12_dental.c - the 837D of the samples is read, written with the same segments, and read again. Needs ../shared. */
#include "support/claims.h"
#include "support/shared.h"

#include <criterion/criterion.h>
#include <string.h>

static struct arena a;

/* From the first HL to before SE, which is what the envelope has no part in; line ends left out. */
static struct str
inner(struct str file)
{
	const char *from = memmem(file.p, file.n, "HL*1*", 5), *to = memmem(file.p, file.n, "~\nSE*", 5);
	struct buf b;

	if (!to)
		to = memmem(file.p, file.n, "~\r\nSE*", 6);
	buf_init(&b, &a);
	for (; from && to && from < to; from++)
		if (*from != '\r' && *from != '\n')
			buf_ch(&b, *from);
	return buf_view(&b);
}

Test(official_x12_dental, sample_comes_back)
{
	struct x12_intake in, again;
	struct claim_view view;
	struct x12_written w;
	struct encounter *e;
	struct str file;

	if (shared_absent())
		return;
	arena_init(&a, 0);
	file = shared_file(&a, S("moov-x12/example_5010_837d/sample.txt"));
	cr_assert_eq(claims_read(&a, file, &in), 1);
	e = in.claims[0].e;
	cr_expect(in.faults.n == 0 && in.notes.n == 0 && str_is(e->type, "D") && e->charge == 15000 && e->n_lines == 2);
	cr_expect(e->from == day_of(2006, 10, 29) && e->lines[0].n_teeth == 1 && e->lines[0].teeth[0].n_surfaces == 2);
	cr_assert(claim_view(&a, e, &view) >= 0);
	cr_assert(x12_write_837(&a, &claims_out, &(struct x12_out){ e, &view }, 1, &w) >= 0);
	cr_expect(str_eq(inner(file), inner(w.bytes)) && inner(file).n > 500, "the segments differ");
	cr_expect(claims_read(&a, w.bytes, &again) == 1 && again.faults.n == 0 && again.notes.n == 0);
	arena_free(&a);
}
