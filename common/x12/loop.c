/*
 * loop.c - writes one loop: its rows of x12_837_order.def in order, each from its fields or list, then the
 * kept segments of the same id. Never decides which loops a claim has.
 */
#include "x12/plan.h"

#include <string.h>

/* What the record keeps of this loop and its owner. */
struct kept { const struct extra *v; size_t n; struct str loop; };

static bool
is_of(const struct extra *x, struct str name, const char *id, bool rest)
{
	struct str text = x->segment, loop = x->loop;
	bool has = loop.n && loop.p[loop.n - 1] == '+';

	return has == rest && (!id || (text.n && *text.p == *id && str_is(str_cut(&text, '*'), id))) &&
	    str_eq((struct str){ loop.p, loop.n - has }, name);
}

static void
kept_write(struct x12_put *w, const struct kept *x, const char *id)
{
	for (size_t i = 0; i < x->n; i++)
		if (is_of(&x->v[i], x->loop, id, false))
			x12_put_raw(w, x->v[i].segment);
}

static void
mapped_write(struct x12_put *w, const struct x12_step *r, const struct x12_place *at, const struct kept *x)
{
	x12_put_seg(w, r->id);
	x12_map_write(w, r, at);
	for (size_t i = 0; i < x->n; i++)
		if (is_of(&x->v[i], x->loop, r->id, true)) {
			x12_put_merge(w, x->v[i].segment);
			break;
		}
	if (w->el && x12_id_is(S("PER"), r->id) && !x12_put_has(w, 1, 0))
		x12_put_c(w, 1, at->type == T_R ? "CX" : "IC");
	x12_put_end(w, r->how == HOW_MUST);
}

/* A party each, with the rows of the loop their names have only here. */
static void
names_write(struct x12_put *w, const struct x12_place *at)
{
	struct x12_place name = *at;
	const char *was = w->loop;

	name.loop = L_2100N;
	for (size_t i = 0; i < at->pc->n_parties; i++) {
		name.p = &at->pc->parties[i];
		x12_loop_write(w, &name, NULL);
	}
	w->loop = was;
}

static void
step_write(struct x12_put *w, const struct x12_step *r, const struct x12_place *at, const struct claim_view *view,
    const struct kept *x)
{
	w->id = r->id;
	switch (r->how) {
	case HOW_CODE: case HOW_OLD:
		return;
	case HOW_RAW:
		break;
	case HOW_MAPPED: case HOW_MUST:
		mapped_write(w, r, at, x);
		break;
	case HOW_HI:
		x12_hi_write(w, at, view);
		break;
	case HOW_NAMES:
		names_write(w, at);
		break;
	default:
		x12_list_write(w, r->how, at);
	}
	kept_write(w, x, r->id);
}

/*
 * A kept segment must have a place in some loop, or it would be dropped without a word; and none that opens a loop or a
 * level, for behind it would begin another claim, line, payer or party.
 */
static void
kept_check(struct x12_put *w, const struct x12_place *at, const struct kept *x)
{
	const struct extra *v = x->v;
	const struct x12_step *step;

	if (at->loop == L_2000A || at->loop == L_2410 || at->loop == L_2440 || at->type == T_R)
		return;				/* its owner is checked with 2010AA or 2400; strays_write has those of an 835 */
	for (size_t i = 0; i < x->n; i++) {
		struct str loop = v[i].loop, text = v[i].segment;

		bool rest = loop.n && loop.p[loop.n - 1] == '+';

		loop.n -= rest;
		w->id = NULL;
		step = x12_step_of(at->plan, x12_loop_named(loop), str_cut(&text, '*'));
		if (step && !rest && (step->how == HOW_MUST || step->how == HOW_CODE))
			x12_put_refuse(w, E_VALUE, 0, "a kept segment (extras) that opens a loop: CLM, LX, HL, SBR, NM1 ...",
			    "remove it; what it says belongs into fields of the record");
		else if (!step)
			x12_put_refuse(w, E_VALUE, 0, "a kept segment (extras) whose loop or segment id this guide does not have",
			    "remove it, or name its loop");
	}
}

/* What a payer sent that its guide does not have is handed on behind the rest of its loop. */
static void
strays_write(struct x12_put *w, const struct x12_place *at, const struct kept *x)
{
	const struct extra *v = x->v;

	for (size_t i = 0; i < x->n; i++) {
		struct str text = v[i].segment;

		if (str_eq(v[i].loop, x->loop) && !x12_step_of(at->plan, at->loop, str_cut(&text, '*')))
			x12_put_raw(w, v[i].segment);
	}
}

void
x12_loop_write(struct x12_put *w, const struct x12_place *at, const struct claim_view *view)
{
	const struct x12_span *own = &at->plan->loops[at->loop];
	struct x12_list l;
	struct kept x;

	must(x12_list_of(at, HOW_RAW, &l));
	w->loop = x12_loop_name(at->loop);
	x = (struct kept){ *l.arr, *l.n, *l.n ? str_of(w->loop) : STR_NONE };
	kept_check(w, at, &x);
	if (at->loop == L_2440) {		/* LQ and FRM alternate: as they came */
		kept_write(w, &x, NULL);
		return;
	}
	for (size_t i = own->first; i < own->end; i++)
		if (x.n || !at->plan->steps[i].kept)
			step_write(w, &at->plan->steps[i], at, view, &x);
	if (at->type == T_R)
		strays_write(w, at, &x);
}
