/*
 * in_drgm_mdcs.c - the MDC chapters of the Definitions Manual, a file for several MDCs (mdcs_00_07 and so on).
 * The name says which; a file that lacks one of them is cut.
 */
#include "codebook/drg.h"

struct chapters {
	struct cb_chapter	c;
	bool			boxed;		/* between the lines of the box an MDC begins with */
	bool			seen[100];
};

/* "|  MDC 22 Burns  |", "|  Pre-MDC  |" */
static int
mdc_head(struct chapters *x, struct str line, size_t no)
{
	struct str rest = line, word;
	int64_t mdc = CELL_NONE;

	(void)cb_drg_word(&rest);
	word = cb_drg_word(&rest);
	if (str_is(word, "Pre-MDC"))
		mdc = 0;
	else if (!str_is(word, "MDC") || !cb_drg_mdc(cb_drg_word(&rest), &mdc) || mdc < 1)
		return cb_fault(x->c.in, E_MALFORMED, no, 1, "expected the box of an MDC: \"MDC nn title\" or \"Pre-MDC\"");
	if (x->seen[mdc])
		return cb_fault(x->c.in, E_DUPLICATE, no, 1, "the MDC comes twice");
	x->seen[mdc] = true;
	cb_chapter_mdc(&x->c, mdc, no);
	return 0;
}

static int
line_read(struct chapters *x, struct str line, size_t no)
{
	if (str_starts(line, S(":="))) {
		x->boxed = !x->boxed;
		return 0;
	}
	if (x->boxed)
		return mdc_head(x, line, no);
	if (x->c.mdc < 0)
		return str_trim(line).n ? cb_fault(x->c.in, E_MALFORMED, no, 1, "expected the box of an MDC first") : 0;
	return cb_chapter_line(&x->c, line, no);
}

/* mdcs_00_07: the file of its name is what follows it in the next version. */
static bool
range_of(struct cb_in *in, int64_t *first, int64_t *last)
{
	for (size_t i = 0; i + 10 <= in->name.n; i++) {
		struct str s = { in->name.p + i, 10 };

		if (str_ieq((struct str){ s.p, 4 }, S("mdcs")) && str_to_int((struct str){ s.p + 5, 2 }, first) &&
		    str_to_int((struct str){ s.p + 8, 2 }, last) && *first >= 0 && *last >= *first) {
			in->b->sources[in->source].stream = arena_fmt(&in->b->a, "drgm_mdcs_%lld", (long long)*first);
			return true;
		}
	}
	return false;
}

int
cb_read_drgm_mdcs(struct cb_in *in)
{
	struct chapters x = { 0 };
	struct cb_lines l = cb_lines(in);
	struct str line;
	int64_t first, last;
	int rc = cb_drg_release(in, cb_drg_head(in->bytes));

	if (rc >= 0 && !range_of(in, &first, &last))
		rc = cb_fault(in, E_UNSUPPORTED, 0, 0, "expected the MDCs in the name, as in mdcs_00_07.txt");
	cb_chapter_begin(&x.c, in);
	while (rc >= 0 && cb_line(&l, &line) && !in->b->a.spent && !in->faults->more)
		(void)line_read(&x, line, l.no);
	if (rc < 0)
		return rc;
	cb_chapter_end(&x.c, l.no);
	for (int64_t mdc = first; mdc <= last; mdc++)
		if (!x.seen[mdc])
			(void)cb_fault_str(in, E_INCOMPLETE, l.no, 1, arena_fmt(in->faults->a,
			    "the file ends without MDC %02lld, which its name has", (long long)mdc));
	return x.c.records;
}
