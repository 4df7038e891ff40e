/*
 * read_x12.c - 837 files to encounters and their TA1 and 999, each with an envelope of ours. What is accepted, and what the
 * answers say of the rest, is common/x12's affair.
 */
#include "ingest/parts.h"
#include "x12/take.h"

/*
 * Our control number follows from the one answered (two answers each): the same file again gets the
 * same answer, and no counter has to be kept.
 */
static int64_t
control_of(const struct x12_interchange *x, bool is_999)
{
	int64_t v;

	if (!str_to_int(x->isa13, &v) || v < 0)
		v = 0;
	return (v % 1000000000 * 2 + is_999) % 999999999 + 1;
}

#define NO_INTERCHANGE	SIZE_MAX	/* an ISA that cannot be read; answered last */

/* One TA1 or 999, which grows while its interchange is read and may be taken back. */
struct answer { struct buf b; struct x12_ends ends; size_t interchange; bool refused; };	/* or NO_INTERCHANGE */
struct answers { struct answer *v; size_t n, put, base; };	/* bytes of all; of those before the last */
struct range { size_t first, n; int lost; };		/* items; why a claim became none */
struct answering { struct reading *r; const struct x12_intake *in; struct answers of[X12_ACK_KINDS]; struct range *items; };

/* The interchange at hand. What is answered after the verdict on the last one is of no interchange. */
static size_t
at_hand(const struct x12_intake *in)
{
	return in->n_interchanges && !in->interchanges[in->n_interchanges - 1].ta104 ? in->n_interchanges - 1 : NO_INTERCHANGE;
}

static int
ends(void *self, enum x12_ack_kind kind, const struct x12_interchange *x, const struct x12_group *g, struct x12_ends *out)
{
	struct answering *w = self;
	struct answers *k = &w->of[kind];
	struct arena *a = w->r->a;
	struct answer *one = arena_push(a, k->v, k->n);

	(void)g;
	if (!one)
		return E_NOMEM;
	buf_init(&one->b, a);
	one->interchange = at_hand(w->in);
	one->refused = kind == X12_ACK_TA1 && x->ta104 == 'R';
	k->base = k->put;
	out->usage = w->r->rules->usage;
	out->at = w->r->rules->at;
	out->control = control_of(x, kind == X12_ACK_999);
	one->ends = (struct x12_ends){ .isa05 = arena_str(a, out->isa05), .isa06 = arena_str(a, out->isa06),
	    .isa07 = arena_str(a, out->isa07), .isa08 = arena_str(a, out->isa08), .gs02 = arena_str(a, out->gs02),
	    .gs03 = arena_str(a, out->gs03), .usage = out->usage, .control = out->control, .at = out->at };
	return 0;
}

static int
put(void *self, struct str bytes)
{
	struct answers *k = self;

	buf_str(&k->v[k->n - 1].b, bytes);
	k->put += bytes.n;
	return 0;
}

/* Only the answer at hand is ever taken back. */
static int
cut(void *self, size_t n)
{
	struct answers *k = self;

	must(k->n && n >= k->base && n <= k->put);
	k->v[k->n - 1].b.n = n - k->base;
	k->put = n;
	return 0;
}

static bool
has_refused(const struct x12_interchange *x)
{
	for (size_t i = 0; i < x->n_groups; i++)
		if (x->groups[i].ak901 == 'R')
			return true;
	return false;
}

/* What speaks for claims can be taken back: x12_nak. */
static int
reply(struct answering *w, const struct answer *one, bool refused)
{
	const struct range *items = one->interchange != NO_INTERCHANGE ? &w->items[one->interchange] : NULL;
	struct intake_reply *to;

	if (one->b.n == 0)
		return 0;
	to = arena_push(w->r->a, w->r->out->replies, w->r->out->n_replies);
	if (!to)
		return E_NOMEM;
	*to = (struct intake_reply){ .bytes = buf_view(&one->b), .rc = refused ? E_MALFORMED : 0, .item = INTAKE_NO_ITEM };
	if (items && !items->n && !to->rc)
		to->rc = items->lost;
	if (items && (items->n || items->lost < 0)) {
		to->item = items->n ? items->first : INTAKE_NO_ITEM;
		to->n_items = items->n;
		to->lost = items->lost;
		to->about = &w->in->interchanges[one->interchange];
		to->ends = &one->ends;
	}
	return 0;
}

/* In the order of the interchanges, TA1 first. */
static int
reply_all(struct answering *w)
{
	struct answers *ta1 = &w->of[X12_ACK_TA1], *f999 = &w->of[X12_ACK_999];
	size_t i = 0, k = 0;
	int rc = 0;

	while (rc == 0 && (i < ta1->n || k < f999->n)) {
		if (i < ta1->n && (k == f999->n || ta1->v[i].interchange <= f999->v[k].interchange)) {
			rc = reply(w, &ta1->v[i], ta1->v[i].refused);
			i++;
		} else {
			rc = reply(w, &f999->v[k], has_refused(&w->in->interchanges[f999->v[k].interchange]));
			k++;
		}
	}
	return rc;
}

int
x12_nak(struct arena *a, const struct intake_reply *reply, int rc, int64_t at, struct str *out)
{
	struct x12_interchange refused = *reply->about;
	struct x12_ends ends = *reply->ends;

	refused.ta104 = 'R';
	refused.ta105 = rc == E_CONFLICT ? "025" : "024";	/* ISA13 was used for something else; what it holds is too much */
	ends.at = at;
	ends.control = control_of(&refused, false);
	return x12_write_ta1(a, &ends, &refused, out);
}

static void
copy_faults(struct faults *to, const struct faults *from)
{
	for (size_t i = 0; i < from->n; i++)
		(void)fault_add(to, from->v[i].rc, from->v[i].place, from->v[i].words, from->v[i].fix);
	to->more = to->more || from->more;
}

static int
add_all(struct reading *r, struct answering *w)
{
	w->items = arena_array(r->a, w->in->n_interchanges, sizeof *w->items);
	for (size_t i = 0; w->items && i < w->in->n_claims; i++) {
		const struct x12_claim *c = &w->in->claims[i];
		struct range *of = &w->items[c->interchange];
		size_t before = r->out->n_items;
		int rc;

		c->e->usage = arena_str(r->a, (struct str){ &r->rules->usage, 1 });
		rc = reading_add(r, c->e, arena_fmt(r->a, "claim %zu", i + 1));
		if (rc == E_NOMEM)
			return rc;
		of->lost = of->lost < 0 ? of->lost : rc;
		of->first = of->n ? of->first : before;
		of->n += r->out->n_items - before;
	}
	return w->items ? 0 : E_NOMEM;
}

int
read_x12(struct reading *r, struct str bytes)
{
	struct x12_intake *got = arena_alloc(r->a, sizeof *got);	/* its interchanges stay with the replies */
	struct answering w = { .r = r, .in = got };
	struct x12_ack_spec answers = { .ends = ends, .self = &w };
	struct x12_taking how = { r->rules->x12, r->rules->usage, &answers };
	int rc;

	for (enum x12_ack_kind k = X12_ACK_TA1; k <= X12_ACK_999; k++)
		answers.sink[k] = (struct x12_sink){ &w.of[k], put, cut };
	if (!got)
		return E_NOMEM;
	rc = x12_take_837(r->a, &how, bytes, got);
	copy_faults(&r->out->faults, &got->faults);
	copy_faults(&r->out->notes, &got->notes);
	r->out->n_refused += got->n_refused;
	if (rc != E_NOMEM)
		rc = add_all(r, &w) < 0 || reply_all(&w) < 0 ? E_NOMEM : rc;
	return rc < 0 ? rc : 0;
}
