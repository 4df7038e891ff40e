/*
 * loop.c - writes one loop: its rows of x12_837_order.def in order, each from its fields or list, then the
 * kept segments of the same id. Never decides which loops a claim has.
 */
#include "x12/wire.h"

#include <string.h>

static bool
is_of(const struct extra *x, struct str name, const char *id, bool rest)
{
	struct str text = x->segment, loop = x->loop;
	bool has = loop.n && loop.p[loop.n - 1] == '+';

	return has == rest && (!id || (text.n && *text.p == *id && str_is(str_cut(&text, '*'), id))) &&
	    str_eq((struct str){ loop.p, loop.n - has }, name);
}

static void
kept_write(struct x12_put *w, const struct x12_list *x, const char *id)
{
	const struct extra *v = *x->arr;

	for (size_t i = 0; i < *x->n; i++)
		if (is_of(&v[i], str_of(w->loop), id, false))
			x12_put_raw(w, v[i].segment);
}

static void
mapped_write(struct x12_put *w, const struct x12_row *r, const struct x12_place *at, const struct x12_list *x)
{
	const struct extra *v = *x->arr;

	x12_put_seg(w, r->id);
	x12_map_write(w, r->scope, at);
	for (size_t i = 0; i < *x->n; i++)
		if (is_of(&v[i], str_of(w->loop), r->id, true)) {
			x12_put_merge(w, v[i].segment);
			break;
		}
	if (w->n && !x12_put_has(w, 1, 0) && strcmp(r->id, "PER") == 0)
		x12_put_c(w, 1, "IC");
	x12_put_end(w, r->how == HOW_MUST);
}

static void
row_write(struct x12_put *w, const struct x12_row *r, const struct x12_place *at, const struct claim_view *view,
    const struct x12_list *x)
{
	if (r->how == HOW_CODE || r->how == HOW_OLD)
		return;
	w->id = r->id;
	if (r->how == HOW_MAPPED || r->how == HOW_MUST)
		mapped_write(w, r, at, x);
	else if (r->how == HOW_HI)
		x12_hi_write(w, at, view);
	else if (r->how != HOW_RAW)
		x12_list_write(w, r->how, at);
	kept_write(w, x, r->id);
}

/* A kept segment must have a place in some loop, or it would be dropped without a word. */
static void
kept_check(struct x12_put *w, const struct x12_place *at, const struct x12_list *x)
{
	const struct extra *v = *x->arr;

	if (at->loop == L_2000A || at->loop == L_2410 || at->loop == L_2440)
		return;				/* its owner is checked with 2010AA or 2400 */
	for (size_t i = 0; i < *x->n; i++) {
		struct str loop = v[i].loop, text = v[i].segment;

		if (loop.n && loop.p[loop.n - 1] == '+')
			loop.n--;
		w->id = NULL;
		if (!x12_row_of(at->type, x12_loop_named(loop), str_cut(&text, '*')))
			x12_put_refuse(w, E_VALUE, 0, "a kept segment (extras) whose loop or segment id this guide does not have",
			    "remove it, or name its loop");
	}
}

void
x12_loop_write(struct x12_put *w, const struct x12_place *at, const struct claim_view *view)
{
	struct x12_list x;

	must(x12_list_of(at, HOW_RAW, &x));
	w->loop = x12_loop_name(at->loop);
	kept_check(w, at, &x);
	if (at->loop == L_2440) {		/* LQ and FRM alternate: as they came */
		kept_write(w, &x, NULL);
		return;
	}
	for (size_t i = w->loops[at->loop].first; i < w->loops[at->loop].end; i++)
		if (x12_rows[i].types & at->type)
			row_write(w, &x12_rows[i], at, view, &x);
}
