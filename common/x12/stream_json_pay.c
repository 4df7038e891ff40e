/*
 * stream_json_pay.c - an 835 as a line for each of its claims: the head of the payment and the section are read once more
 * for every claim, so that nothing of a claim has to be kept. Knows no field of a payment but where it came from.
 */
#include "x12/claims.h"
#include "x12/stream_json_parts.h"

#define HEAD_SEGS	1000		/* more is no head */

void
json_pay_open(struct json_pay *y, struct faults *f, x12_line_fn *line, void *self)
{
	arena_init(&y->head, 0);
	arena_init(&y->section, 0);
	arena_init(&y->claim, (size_t)256 << 20);
	y->f = f;
	y->line = line;
	y->self = self;
}

void
json_pay_close(struct json_pay *y)
{
	arena_free(&y->head);
	arena_free(&y->section);
	arena_free(&y->claim);
}

void
json_pay_begin(struct json_pay *y, const struct json_from *from, char usage, struct x12_seps seps)
{
	arena_reset(&y->head);
	arena_reset(&y->section);
	arena_reset(&y->claim);
	y->n_heads = y->n_sections = 0;
	y->now = NULL;
	y->from = *from;
	y->usage = usage;
	y->seps = seps;
	y->at = PAY_HEAD;
}

static void
keep(struct arena *a, struct x12_seg **v, size_t *n, const struct x12_seg *s)
{
	struct x12_seg *one = *n < HEAD_SEGS ? arena_push(a, *v, *n) : NULL;

	if (!one)
		a->spent = true;
	else
		(void)x12_seg_copy(a, s, one);
}

static int
begin(struct json_pay *y, size_t ordinal)
{
	y->p = arena_alloc(&y->claim, sizeof *y->p);
	if (!y->p)
		return E_NOMEM;
	rec_init(&rec_payment, y->p);
	y->p->isa13 = y->from.isa13;
	y->p->gs06 = y->from.gs06;
	y->p->st02 = y->from.st02;
	y->p->sender = y->from.sender;
	y->p->usage = y->usage == 'P' ? S("P") : S("T");
	y->lost = (struct faults){ .a = &y->claim };
	y->ordinal = ordinal;
	y->now = x12_remit_begin(&y->claim, y->seps, y->p, y->f, &y->lost);
	for (size_t i = 0; y->now && i < y->n_heads; i++)
		x12_remit_seg(y->now, &y->heads[i]);
	for (size_t i = 0; y->now && i < y->n_sections; i++)
		x12_remit_seg(y->now, &y->sections[i]);
	return y->now ? 0 : E_NOMEM;
}

static int
finish(struct json_pay *y)
{
	struct str text;
	struct buf b;
	int rc;

	if (!y->now)
		return 0;
	rc = x12_remit_end(y->now);		/* what kept it from being read is a fault already */
	y->now = NULL;
	if (rc == 0) {
		rc = rec_object_to_json(&y->claim, &rec_payment, y->p, false, &text);
		buf_init(&b, &y->claim);
		buf_ch(&b, '{');
		json_from(&b, &y->from, y->ordinal);
		buf_cstr(&b, ",\"payment\":");
		buf_str(&b, str_trim(text));
		buf_ch(&b, '}');
		rc = rc < 0 ? rc : y->claim.spent ? E_NOMEM : y->line(y->self, buf_view(&b));
	} else if (rc != E_NOMEM) {
		rc = 0;
	}
	arena_reset(&y->claim);
	return rc;
}

int
json_pay_seg(struct json_pay *y, const struct x12_seg *s)
{
	int rc = 0;

	if (str_is(s->id, "LX")) {
		rc = finish(y);
		arena_reset(&y->section);
		y->n_sections = 0;
		y->at = PAY_SECTION;
	} else if (str_is(s->id, "CLP") || (str_is(s->id, "PLB") && y->at != PAY_REST)) {
		rc = finish(y);
		y->at = *s->id.p == 'C' ? PAY_CLAIM : PAY_REST;
		if (y->at == PAY_REST)
			y->n_sections = 0;
		rc = rc < 0 ? rc : begin(y, s->ordinal);
	}
	if (rc < 0)
		return rc;
	if (y->at == PAY_HEAD)
		keep(&y->head, &y->heads, &y->n_heads, s);
	else if (y->at == PAY_SECTION)
		keep(&y->section, &y->sections, &y->n_sections, s);
	else
		x12_remit_seg(y->now, s);
	return y->head.spent || y->section.spent || y->claim.spent ? E_NOMEM : 0;
}

/* A payment without a claim is one line too. */
int
json_pay_end(struct json_pay *y)
{
	int rc = 0;

	if (y->at == PAY_HEAD && y->n_heads)
		rc = begin(y, y->heads->ordinal);
	return rc < 0 ? rc : finish(y);
}
