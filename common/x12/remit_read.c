/*
 * remit_read.c - the envelopes of a file of remittance advices: which sets are sound, and which payments are therefore
 * taken. One wrong count of a set leaves that set out, and nothing around it.
 */
#include "x12/remit.h"
#include "x12/remit_wire.h"

#include <string.h>

struct walk {
	struct arena		*a;
	struct x12_reader	*r;
	struct x12_remits	*out;
	bool			 bare;
	struct str		 isa06, isa08, isa13, isa15, gs06, gs08;
	bool			 in_group;
	struct payment		*now;		/* the set being read, NULL outside of one and in those of other kinds */
	struct x12_remit	*set;
	struct str		 st02;
	int64_t			 found, n_groups, n_sets;
};

static void
fault(struct walk *w, const struct x12_seg *s, int rc, const char *el, struct str words)
{
	struct str at = s ? arena_fmt(w->a, "segment %zu, %s", s->ordinal, el) : arena_fmt(w->a, "end of the input, %s", el);

	(void)fault_add(&w->out->faults, rc, at, words, S("ask the payer to send this payment again"));
}

static void
note(struct walk *w, const struct x12_seg *s, const char *el, const char *words)
{
	(void)fault_add(&w->out->notes, E_NONE, arena_fmt(w->a, "segment %zu, %s", s->ordinal, el), str_of(words),
	    S("tell the sender"));
}

static struct str
copy_of(struct walk *w, const struct x12_seg *s, unsigned el)
{
	return arena_str(w->a, str_trim(x12_elem(s, el)));
}

/* ---- sets ---- */

static void
st_open(struct walk *w, const struct x12_seg *s)
{
	struct str set = x12_elem(s, 1), guide = x12_elem(s, 3).n ? x12_elem(s, 3) : w->gs08;
	const char *what, *unused;

	w->found = 1;
	w->n_sets++;
	w->st02 = copy_of(w, s, 2);
	w->now = NULL;
	x12_named(set, &what, &unused);
	if (!str_is(set, "835")) {
		fault(w, s, E_UNSUPPORTED, "ST01", arena_fmt(w->a, "%s, not a remittance advice", what));
		return;
	}
	if (x12_guide_type(set, guide) != T_R && !(w->bare && guide.n == 0)) {
		fault(w, s, E_UNSUPPORTED, "GS08", S("a remittance advice of another guide than 005010X221"));
		return;
	}
	w->now = arena_alloc(w->a, sizeof *w->now);
	if (!w->now)
		return;
	rec_init(&rec_payment, w->now);
	w->now->sender = w->isa06;
	w->now->receiver = w->isa08;
	w->now->usage = w->isa15;
	w->now->isa13 = w->isa13;
	w->now->gs06 = w->gs06.n <= 9 ? w->gs06 : STR_NONE;
	w->now->st02 = w->st02.n <= 9 ? w->st02 : STR_NONE;
	w->set = x12_remit_begin(w->a, x12_seps(w->r), w->now, &w->out->faults, &w->out->notes);
	if (!w->set)
		w->now = NULL;
}

/* What has no envelope was cut out of one, mostly by hand: its count is not held against it. */
static bool
se_fits(struct walk *w, const struct x12_seg *s)
{
	int64_t declared;
	bool counts = str_to_int(x12_elem(s, 1), &declared) && declared == w->found;

	if (!counts && w->bare) {
		note(w, s, "SE01", "counts wrong: something may be missing");
	} else if (!counts) {
		fault(w, s, E_VALUE, "SE01", arena_fmt(w->a, "says another number of segments than the %lld that were counted",
		    (long long)w->found));
		return false;
	}
	if (!str_eq(x12_elem(s, 2), w->st02)) {
		fault(w, s, E_VALUE, "SE02", S("is not the control number of ST02"));
		return false;
	}
	return true;
}

static void
se(struct walk *w, const struct x12_seg *s)
{
	struct payment **one;

	if (w->now && x12_remit_end(w->set) == 0 && se_fits(w, s)) {
		one = arena_push(w->a, w->out->v, w->out->n);
		if (one)
			*one = w->now;
	}
	w->now = NULL;
	w->found = 0;
}

static void
cut_short(struct walk *w, const struct x12_seg *s)
{
	if (w->found && w->now)
		fault(w, s, E_INCOMPLETE, "SE", S("a payment without its end"));
	w->now = NULL;
	w->found = 0;
}

/* ---- envelopes ---- */

static void
isa(struct walk *w, const struct x12_seg *s)
{
	cut_short(w, s);
	w->isa06 = copy_of(w, s, 6);
	w->isa08 = copy_of(w, s, 8);
	w->isa13 = copy_of(w, s, 13);
	w->isa15 = copy_of(w, s, 15);
	w->gs06 = w->gs08 = STR_NONE;
	w->n_groups = w->n_sets = 0;
	w->in_group = false;
}

static void
gs(struct walk *w, const struct x12_seg *s)
{
	cut_short(w, s);
	w->gs06 = copy_of(w, s, 6);
	w->gs08 = copy_of(w, s, 8);
	w->in_group = true;
	w->n_groups++;
	w->n_sets = 0;
}

/* A group or interchange that counts wrong is worth a word; its sets are whole, and each says so itself. */
static void
trailer(struct walk *w, const struct x12_seg *s)
{
	bool group = str_is(s->id, "GE");
	int64_t declared;

	cut_short(w, s);
	if (!str_to_int(x12_elem(s, 1), &declared) || declared != (group ? w->n_sets : w->n_groups))
		note(w, s, group ? "GE01" : "IEA01", "counts wrong: something may be missing");
	if (!str_eq(x12_elem(s, 2), group ? w->gs06 : w->isa13))
		note(w, s, group ? "GE02" : "IEA02", "is another control number than that of the beginning");
	w->in_group = w->in_group && !group;
}

static void
step(struct walk *w, const struct x12_seg *s)
{
	if (str_is(s->id, "ISA")) {
		isa(w, s);
	} else if (str_is(s->id, "GS")) {
		gs(w, s);
	} else if (str_is(s->id, "GE") || str_is(s->id, "IEA")) {
		trailer(w, s);
	} else if (str_is(s->id, "ST") && (w->in_group || w->bare)) {
		cut_short(w, s);
		st_open(w, s);
	} else if (w->found) {
		w->found++;
		if (str_is(s->id, "SE"))
			se(w, s);
		else if (w->now)
			x12_remit_seg(w->set, s);
	} else if (!str_is(s->id, "TA1")) {
		fault(w, s, E_MALFORMED, "between the envelopes", S("a segment outside of a transaction set"));
	}
}

/* An ISA in front of what has none: it says nothing but the separators. */
static struct str
dressed(struct arena *a, struct str bytes)
{
	struct buf b;

	buf_init(&b, a);
	buf_fmt(&b, "ISA*00*          *00*          *ZZ*%-15s*ZZ*%-15s*000101*0000*^*00501*000000000*0*P*:~", "", "");
	buf_str(&b, bytes);
	return buf_view(&b);
}

int
x12_read_remit(struct arena *a, struct str bytes, bool bare, struct x12_remits *out)
{
	struct walk w = { .a = a, .out = out, .bare = bare && str_starts(str_trim(bytes), S("ST*")) };
	struct x12_seg *s = arena_alloc(a, sizeof *s);
	int rc;

	*out = (struct x12_remits){ .faults.a = a, .notes.a = a };
	if (!s)
		return E_NOMEM;
	rc = x12_open(a, w.bare && bytes.n <= LIMIT_INPUT ? dressed(a, str_trim(bytes)) : bytes, &out->faults, &w.r);
	if (rc < 0)
		return rc;
	if (w.bare)
		(void)x12_next(w.r, s);		/* ours */
	while ((rc = x12_next(w.r, s)) > 0 && !a->spent) {
		s->ordinal -= w.bare;
		step(&w, s);
	}
	cut_short(&w, NULL);
	if (a->spent)
		return E_NOMEM;
	return rc < 0 && out->n == 0 ? rc : (int)out->n;
}
