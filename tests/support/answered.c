/* answered.c - the check and its answers on bytes in memory. */
#include "support/answered.h"

#include <stdio.h>

struct run { struct answered *v; const struct answer_how *how; struct buf out[X12_ACK_KINDS]; struct str left; int64_t control; };
struct pipe { struct run *run; enum x12_ack_kind kind; };

static int64_t
fill(void *self, char *p, size_t n)
{
	struct run *r = self;

	n = n < r->how->chunk ? n : r->how->chunk;
	n = n < r->left.n ? n : r->left.n;
	if (n)
		memcpy(p, r->left.p, n);
	r->left = (struct str){ r->left.p + n, r->left.n - n };
	return (int64_t)n;
}

static int
put(void *self, struct str bytes)
{
	struct pipe *to = self;

	buf_str(&to->run->out[to->kind], bytes);
	return 0;
}

static int
cut(void *self, size_t n)
{
	struct pipe *to = self;

	must(n <= to->run->out[to->kind].n);
	to->run->out[to->kind].n = n;
	return 0;
}

static int
ends(void *self, enum x12_ack_kind kind, const struct x12_interchange *ic, const struct x12_group *g, struct x12_ends *out)
{
	struct run *r = self;

	(void)ic;
	(void)g;
	(void)kind;
	out->control = ++r->control;
	out->at = INT64_C(1772366400000);
	return 0;
}

/* Both watches have their own self. */
static int
segment(void *self, const struct x12_check *c, const struct x12_seg *s)
{
	const struct x12_watch *w = ((struct run *)self)->how->also;

	return w && w->segment ? w->segment(w->self, c, s) : 0;
}

static int
set(void *self, const struct x12_set *t)
{
	const struct x12_watch *w = ((struct run *)self)->how->also;

	return w && w->set ? w->set(w->self, t) : 0;
}

static void
mix(uint64_t *sum, const void *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		*sum = (*sum ^ ((const unsigned char *)p)[i]) * UINT64_C(1099511628211);
}

static int
found(void *self, const struct x12_finding *f)
{
	struct run *r = self;
	uint64_t place[] = { f->at, f->ordinal, f->element, f->component, f->repeat };

	r->v->n_found++;
	mix(&r->v->sum, f->id, strlen(f->id));
	mix(&r->v->sum, place, sizeof place);
	mix(&r->v->sum, f->value.p, f->value.n);
	if (f->severity == X12_ERROR && !*r->v->first)
		(void)snprintf(r->v->first, sizeof r->v->first, "%s segment %zu " STR_FMT "%02u", f->id, f->ordinal,
		    STR_ARG(f->segment), f->element);
	return 0;
}

void
answered_run(struct answered *v, const struct answer_how *how, struct str bytes)
{
	struct run run = { .v = v, .how = how, .left = bytes };
	struct pipe pipes[X12_ACK_KINDS];
	struct x12_watch also = { .self = &run, .found = found, .segment = segment, .set = set };
	struct x12_ack_spec spec = { .ends = ends, .self = &run, .payer = S("TEST PAYER"), .payer_id = S("P0001"),
		.ta1_always = !how->ta1_asked,
		.claims_per_st = how->claims_per_st, .also = &also };
	struct x12_check_spec check = { .guides = how->guides, .snip = how->snip, .rejects = how->rejects, .rules = how->rules };
	struct x12_reader *r = NULL;
	struct x12_ack *ack;

	if (v->a.limit)
		arena_reset(&v->a);
	else
		arena_init(&v->a, 256u << 20);
	*v = (struct answered){ .a = v->a };
	v->f.a = &v->a;
	for (enum x12_ack_kind k = X12_ACK_TA1; k < X12_ACK_KINDS; k++) {
		buf_init(&run.out[k], &v->a);
		pipes[k] = (struct pipe){ &run, k };
		spec.sink[k] = (struct x12_sink){ &pipes[k], put, cut };
	}
	must(x12_ack_open(&v->a, &spec, &ack) == 0);
	check.watch = x12_ack_watch(ack);
	v->rc = how->chunk ? x12_open_source(&v->a, (struct x12_src){ fill, &run }, &v->f, &r) :
	    x12_open_as_is(&v->a, bytes, &v->f, &r);
	if (v->rc >= 0)
		v->rc = x12_check_run(&v->a, r, &check, &v->t);
	v->ack_rc = x12_ack_close(ack, r);
	for (enum x12_ack_kind k = X12_ACK_TA1; k < X12_ACK_KINDS; k++)
		v->out[k] = buf_view(&run.out[k]);
}

void
answered_free(struct answered *v)
{
	arena_free(&v->a);
}
