/*
 * split.c - parts of an 837. What stands above a claim (header, provider, subscriber, patient) is kept as text and
 * written when a claim below it is; the claim itself passes by. Never changes a segment but ISA, GS, ST, BHT03, HL and
 * the trailers.
 */
#include "x12/split.h"
#include "x12/trailers.h"

#define TEXT_ROOM	32
#define BHT03_MOST	30			/* characters the guides of claims give it */

enum level { OF_SET, OF_BILLING, OF_SUBSCRIBER, OF_PATIENT, OF_CLAIM, LEVELS };

/* The segments of one level: its HL apart, for it is numbered anew in each part. */
struct kept {
	struct arena	 a;
	struct buf	 text;
	int64_t		 n_segs;
	int64_t		 hl;			/* its number in this part; 0: not written yet */
	uint64_t	 child_at;		/* place of HL04 in the part */
	char		 child;			/* HL04 as it stands there */
};

struct split {
	struct x12_reader	*r;
	struct faults		*f;
	const struct x12_split_spec *spec;
	struct x12_split_done	 done;
	struct x12_trailers	 ends;
	struct x12_seps		 s;
	struct arena		 a;			/* of a segment being made */
	struct kept		 at[OF_CLAIM];
	enum level		 now;
	char			 isa[106];
	struct arena		 head;			/* GS and ST as they came */
	struct str		 gs, st;
	char			 room[3][TEXT_ROOM];
	struct str		 isa13, gs06, st02;
	int64_t			 control;
	bool			 in_set, in_part;
	size_t			 n, set_parts;		/* claims in the part; parts of this set */
	int64_t			 n_segs, n_hl;
	uint64_t		 put;			/* bytes of the part */
	size_t			 ordinal;
	int			 rc;
};

static int
refuse(struct split *w, const char *words, const char *fix)
{
	return w->rc = fault_add(w->f, E_VALUE, arena_fmt(w->f->a, "segment %zu", w->ordinal), str_of(words), str_of(fix));
}

static struct str
hold(struct split *w, int slot, struct str s)
{
	return x12_held(w->room[slot], TEXT_ROOM, s);
}

/* The bytes of a segment without its terminator: elements stand in one run, empty ones at the end among them. */
static struct str
raw(const struct split *w, const struct x12_seg *s)
{
	const char *from = s->el[0].p, *end = s->el[s->n].p ? s->el[s->n].p + s->el[s->n].n : from + s->el[0].n;

	while (!(s->marks & X12_CUT) && *end == w->s.elem)
		end++;
	return (struct str){ from, (size_t)(end - from) };
}

/* ---- the part being written ---- */

static void
put(struct split *w, struct str s)
{
	int rc = w->rc ? 0 : w->spec->put(w->spec->self, s);

	w->put += s.n;
	if (rc < 0)
		w->rc = rc;
}

static void
segment_end(struct split *w)
{
	put(w, (struct str){ &w->s.term, 1 });
	put(w, w->spec->line_end);
	w->n_segs++;
}

static void
segment(struct split *w, struct str text)
{
	put(w, text);
	segment_end(w);
}

/* A segment with one element replaced. */
static struct str
with(struct split *w, struct str text, unsigned el, struct str v)
{
	struct buf b;
	bool more = true;

	buf_init(&b, &w->a);
	for (unsigned i = 0; more; i++) {
		struct str one;

		more = memchr(text.p, w->s.elem, text.n) != NULL;
		one = str_cut(&text, w->s.elem);
		if (i)
			buf_ch(&b, w->s.elem);
		buf_str(&b, i == el ? v : one);
	}
	return buf_view(&b);
}

/* Too long with its number: cut, so that no two parts have the same. */
static struct str
numbered(struct split *w, struct str bht03)
{
	struct str suffix = arena_fmt(&w->a, "-%zu", w->set_parts);

	if (bht03.n + suffix.n > BHT03_MOST)
		bht03.n = BHT03_MOST - suffix.n;
	return arena_fmt(&w->a, STR_FMT STR_FMT, STR_ARG(bht03), STR_ARG(suffix));
}

static void
part_open(struct split *w)
{
	struct kept *h = &w->at[OF_SET];
	struct str control = digits_text(&w->a, w->control, 9), rest = buf_view(&h->text);
	int rc = w->spec->open(w->spec->self, w->isa13, w->done.parts + 1);

	if (rc < 0) {
		w->rc = rc;
		return;
	}
	w->in_part = true;
	w->done.anew = w->done.anew || (w->done.parts && w->control == 1);
	w->done.parts++;
	w->set_parts++;
	w->n = 0;
	w->n_hl = 0;
	w->put = 0;
	memcpy(w->isa + 90, control.p, 9);
	segment(w, (struct str){ w->isa, 105 });
	segment(w, w->gs);
	w->n_segs = 0;
	segment(w, w->st);
	while (rest.n) {			/* BHT03 names a batch: two parts are not one batch */
		struct str one = str_cut(&rest, w->s.term), v = one, bht03;

		if (w->set_parts > 1 && str_starts(one, S("BHT"))) {
			for (int i = 0; i < 3; i++)
				(void)str_cut(&v, w->s.elem);
			bht03 = str_cut(&v, w->s.elem);
			if (bht03.n)
				one = with(w, one, 3, numbered(w, bht03));
		}
		segment(w, one);
	}
	for (int i = OF_BILLING; i < OF_CLAIM; i++)
		w->at[i].hl = 0;
}

static void
part_close(struct split *w)
{
	char e = w->s.elem;
	int rc;

	if (!w->in_part)
		return;
	w->in_part = false;
	segment(w, arena_fmt(&w->a, "SE%c%lld%c" STR_FMT, e, (long long)w->n_segs + 1, e, STR_ARG(w->st02)));
	segment(w, arena_fmt(&w->a, "GE%c1%c" STR_FMT, e, e, STR_ARG(w->gs06)));
	segment(w, arena_fmt(&w->a, "IEA%c1%c%09lld", e, e, (long long)w->control));
	w->control = w->control % 999999999 + 1;
	rc = w->spec->close(w->spec->self, w->n);
	if (rc < 0 && w->rc == 0)
		w->rc = rc;
}

/* HL04 says whether a level below follows; it is known when one does. */
static void
has_child(struct split *w, struct kept *k)
{
	int rc;

	if (k->child == '1')
		return;
	rc = w->rc ? 0 : w->spec->patch(w->spec->self, k->child_at, '1');
	k->child = '1';
	if (rc < 0)
		w->rc = rc;
}

static void
level_write(struct split *w, enum level level, int64_t parent)
{
	static const char *const codes[] = { "", "20", "22", "23" };
	struct kept *k = &w->at[level];
	struct str rest = buf_view(&k->text), up = parent ? digits_text(&w->a, parent, 1) : S("");
	char e = w->s.elem;

	if (k->hl || !k->n_segs)
		return;
	k->hl = ++w->n_hl;
	put(w, arena_fmt(&w->a, "HL%c%lld%c" STR_FMT "%c%s%c0", e, (long long)k->hl, e, STR_ARG(up), e, codes[level], e));
	k->child_at = w->put - 1;
	k->child = '0';
	segment_end(w);
	while (rest.n)
		segment(w, str_cut(&rest, w->s.term));
}

static void
claim_open(struct split *w)
{
	struct kept *at = w->at;

	if (!at[OF_SUBSCRIBER].n_segs) {
		(void)refuse(w, "a claim before its subscriber", "claimline x12 check tells what is wrong");
		return;
	}
	if (w->in_part && w->n == w->spec->claims)
		part_close(w);
	if (!w->in_part)
		part_open(w);
	level_write(w, OF_BILLING, 0);
	level_write(w, OF_SUBSCRIBER, at[OF_BILLING].hl);
	has_child(w, &at[OF_BILLING]);
	if (at[OF_PATIENT].n_segs) {
		level_write(w, OF_PATIENT, at[OF_SUBSCRIBER].hl);
		has_child(w, &at[OF_SUBSCRIBER]);
	}
	w->n++;
	w->done.claims++;
	w->now = OF_CLAIM;
}

/* ---- what came ---- */

static void
forget(struct split *w, enum level from)
{
	for (int i = from; i < OF_CLAIM; i++) {
		arena_reset(&w->at[i].a);
		buf_init(&w->at[i].text, &w->at[i].a);
		w->at[i].n_segs = 0;
		w->at[i].hl = 0;
	}
}

static void
hl(struct split *w, const struct x12_seg *s)
{
	struct str level = x12_elem(s, 3);
	enum level to = str_is(level, "20") ? OF_BILLING : str_is(level, "22") ? OF_SUBSCRIBER :
	    str_is(level, "23") ? OF_PATIENT : OF_SET;

	if (to == OF_SET || (to != OF_BILLING && !w->at[to - 1].n_segs)) {
		(void)refuse(w, "HL03 names no level (20, 22, 23) below its parent", "claimline x12 check tells what is wrong");
		return;
	}
	forget(w, to);
	w->now = to;
	w->at[to].n_segs = 1;		/* the HL itself */
}

static void
keep(struct split *w, const struct x12_seg *s)
{
	struct kept *k = &w->at[w->now];

	buf_str(&k->text, raw(w, s));
	buf_ch(&k->text, w->s.term);
	k->n_segs++;
	if (k->a.spent)
		w->rc = E_NOMEM;
}

static void
set_end(struct split *w)
{
	part_close(w);
	w->in_set = false;
}

static void
set_begin(struct split *w, const struct x12_seg *s)
{
	struct str gs = arena_str(&w->a, w->gs);

	set_end(w);
	if (!str_is(x12_elem(s, 1), "837") || !w->gs.n) {
		(void)refuse(w, "only sets of claims (837) in a group can be split", "give an 837");
		return;
	}
	arena_reset(&w->head);
	w->gs = arena_str(&w->head, gs);
	w->st = arena_str(&w->head, raw(w, s));
	w->st02 = hold(w, 2, x12_elem(s, 2));
	forget(w, OF_SET);
	w->now = OF_SET;
	w->in_set = true;
	w->set_parts = 0;
}

static void
isa(struct split *w, const struct x12_seg *s)
{
	int64_t n;

	set_end(w);
	w->s = x12_seps(w->r);
	memcpy(w->isa, s->el[0].p, 105);
	w->isa13 = hold(w, 0, x12_elem(s, 13));
	if (!w->control)
		w->control = w->spec->control ? w->spec->control : str_to_int(w->isa13, &n) && n > 0 ? n : 1;
	w->gs = STR_NONE;
}

static bool
is_envelope(struct str id)
{
	return str_is(id, "ISA") || str_is(id, "GS") || str_is(id, "ST") || str_is(id, "GE") || str_is(id, "IEA");
}

static void
step(struct split *w, const struct x12_seg *s)
{
	w->ordinal = s->ordinal;
	arena_reset(&w->a);
	if (w->in_set && is_envelope(s->id)) {
		(void)refuse(w, "a transaction set has no SE", "send the whole file again");
	} else if (str_is(s->id, "ISA")) {
		isa(w, s);
	} else if (str_is(s->id, "GS")) {
		set_end(w);
		arena_reset(&w->head);
		w->gs = arena_str(&w->head, raw(w, s));
		w->gs06 = hold(w, 1, x12_elem(s, 6));
	} else if (str_is(s->id, "ST")) {
		set_begin(w, s);
	} else if (str_is(s->id, "SE")) {
		set_end(w);
	} else if (w->in_set && str_is(s->id, "HL")) {
		hl(w, s);
	} else if (w->in_set) {
		if (str_is(s->id, "CLM"))
			claim_open(w);
		if (w->now == OF_CLAIM)
			segment(w, raw(w, s));
		else
			keep(w, s);
	}
}

int
x12_split_run(struct arena *a, struct x12_reader *r, struct faults *f, const struct x12_split_spec *spec,
    struct x12_split_done *out)
{
	struct split *w = arena_alloc(a, sizeof *w);
	struct x12_seg s;
	int rc = 1;

	*out = (struct x12_split_done){ 0, 0, false };
	if (!w)
		return E_NOMEM;
	must(spec->claims > 0);
	w->r = r;
	w->f = w->ends.f = f;
	w->spec = spec;
	arena_init(&w->a, 0);
	arena_init(&w->head, 0);
	for (int i = 0; i < OF_CLAIM; i++)
		arena_init(&w->at[i].a, 0);
	while (w->rc == 0 && (rc = x12_next(r, &s)) > 0) {
		x12_trailers_seg(&w->ends, &s);
		step(w, &s);
	}
	if (w->rc == 0 && rc == 0 && w->in_set)
		(void)refuse(w, "a transaction set has no SE", "send the whole file again");
	if (w->rc == 0 && rc == 0 && !w->done.claims)
		(void)refuse(w, "there is no claim to be split", "give an 837");
	if (w->rc == 0 && rc == 0)
		x12_trailers_end(&w->ends, w->ordinal);
	*out = w->done;
	for (int i = 0; i < OF_CLAIM; i++)
		arena_free(&w->at[i].a);
	arena_free(&w->a);
	arena_free(&w->head);
	return rc < 0 ? rc : w->rc;
}
