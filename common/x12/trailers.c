/* trailers.c - counts sets and segments against SE, GE and IEA. Never stops a reader, and tells no control numbers. */
#include "x12/trailers.h"

static void
tell(const struct x12_trailers *t, size_t ordinal, const char *words, const char *fix)
{
	(void)fault_add(t->f, E_INCOMPLETE, arena_fmt(t->f->a, "segment %zu", ordinal), str_of(words), str_of(fix));
}

static void
counted(const struct x12_trailers *t, const struct x12_seg *s, int64_t n, const char *words)
{
	int64_t said;

	if (!t->mends && (!str_to_int(x12_elem(s, 1), &said) || said != n))
		tell(t, s->ordinal, words, "ask the sender whether something was lost; claimline x12 repair counts anew");
}

static void
set_end(struct x12_trailers *t, size_t ordinal)
{
	if (t->mends && t->in_set)
		tell(t, ordinal, "a transaction set has no SE", "send the whole file again");
	t->in_set = false;
}

static void
group_end(struct x12_trailers *t, size_t ordinal)
{
	set_end(t, ordinal);
	if (t->in_group)
		tell(t, ordinal, "a functional group has no GE", "send the whole file again");
	t->in_group = false;
}

static void
interchange_end(struct x12_trailers *t, size_t ordinal)
{
	group_end(t, ordinal);
	if (t->in_ic)
		tell(t, ordinal, "an interchange has no IEA: it is cut short", "send the whole file again");
	t->in_ic = false;
}

static bool
begins(struct x12_trailers *t, const struct x12_seg *s)
{
	if (str_is(s->id, "ISA")) {
		interchange_end(t, s->ordinal);
		t->in_ic = true;
		t->n_groups = 0;
	} else if (str_is(s->id, "GS")) {
		group_end(t, s->ordinal);
		t->in_group = true;
		t->n_sets = 0;
		t->n_groups++;
	} else if (str_is(s->id, "ST")) {
		set_end(t, s->ordinal);
		t->in_set = true;
		t->n_segs = 1;
		t->n_sets++;
	} else {
		return false;
	}
	return true;
}

void
x12_trailers_seg(struct x12_trailers *t, const struct x12_seg *s)
{
	t->n_segs++;
	t->is_cut = s->marks & X12_CUT;
	if ((s->id.n != 2 && s->id.n != 3) || begins(t, s))
		return;
	if (str_is(s->id, "SE") && t->in_set) {
		counted(t, s, t->n_segs, "SE01 is not the number of segments from ST to SE");
		t->in_set = false;
	} else if (str_is(s->id, "GE") && t->in_group) {
		set_end(t, s->ordinal);
		counted(t, s, t->n_sets, "GE01 is not the number of transaction sets");
		t->in_group = false;
	} else if (str_is(s->id, "IEA") && t->in_ic) {
		group_end(t, s->ordinal);
		counted(t, s, t->n_groups, "IEA01 is not the number of groups");
		t->in_ic = false;
	}
}

void
x12_trailers_end(struct x12_trailers *t, size_t ordinal)
{
	if (t->is_cut && t->in_ic)		/* an IEA without its terminator is whole */
		tell(t, ordinal, "the input ends inside a segment", "send the whole file again");
	interchange_end(t, ordinal);
}
