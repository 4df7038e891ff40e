/*
 * write_835.c - payments to one interchange of 835, as a payer sends it. The tables say what each loop holds; here is
 * only which loops a payment has. Adds no data of its own, and no amounts up.
 */
#include "x12/remit.h"
#include "x12/plan.h"
#include "x12/remit_wire.h"

static void
head_check(struct x12_put *w, const struct payment *y)
{
	x12_put_need(w, y->method.n > 0, "HEADER", "BPR", 4);
	x12_put_need(w, y->trace.n > 0, "HEADER", "TRN", 2);
	x12_put_need(w, y->payer.last.n > 0 || y->payer.id.n > 0, "1000A", "N1", 2);
	x12_put_need(w, y->payee.last.n > 0 || y->payee.id.n > 0, "1000B", "N1", 2);
}

static void
claims_check(struct x12_put *w, const struct payment *y)
{
	int64_t section = 0;

	for (size_t i = 0; i < y->n_claims; i++) {
		const struct paid_claim *c = &y->claims[i];

		if (c->section < section || c->section > (int64_t)y->n_sections) {
			w->loop = "2100";
			w->id = "CLP";
			x12_put_refuse(w, E_VALUE, 0, "a claim of no section, or of one before that of the last claim",
			    "put the claims in the order of their sections");
			return;
		}
		section = c->section;
	}
}

static void
loop_put(struct x12_put *w, struct x12_place *at, enum x12_loop loop)
{
	at->loop = loop;
	x12_loop_write(w, at, NULL);
}

static void
party_put(struct x12_put *w, struct x12_place *at, enum x12_loop loop, const struct party *from)
{
	struct party p = *from;

	p.role = loop == L_1000A ? S("PR") : S("PE");
	if (p.id.n && p.id_qual.n == 0)
		p.id_qual = loop == L_1000A ? S("XV") : S("XX");
	at->p = &p;
	loop_put(w, at, loop);
}

/* ---- a payment in pieces; what is written from is never written to, so copies of it are shallow ---- */

void
x12_835_head(struct x12_put *w, const struct payment *from)
{
	struct payment y = *from;
	struct x12_place at = { .type = T_R, .plan = w->plan, .pay = &y };

	head_check(w, from);
	loop_put(w, &at, L_HEADER);
	party_put(w, &at, L_1000A, &y.payer);
	party_put(w, &at, L_1000B, &y.payee);
}

void
x12_835_section(struct x12_put *w, const struct paid_section *from)
{
	struct paid_section s = *from;
	struct x12_place at = { .type = T_R, .plan = w->plan, .sec = &s };

	loop_put(w, &at, L_2000);
}

void
x12_835_claim(struct x12_put *w, const struct paid_claim *from)
{
	struct paid_claim c = *from;
	struct x12_place at = { .type = T_R, .plan = w->plan, .pc = &c };

	x12_put_need(w, c.pcn.n > 0, "2100", "CLP", 1);
	x12_put_need(w, c.status.n > 0, "2100", "CLP", 2);
	loop_put(w, &at, L_2100);
	for (size_t i = 0; i < c.n_lines; i++) {
		at.pl = &c.lines[i];
		loop_put(w, &at, L_2110);
	}
}

void
x12_835_summary(struct x12_put *w, const struct payment *from)
{
	struct payment y = *from;
	struct x12_place at = { .type = T_R, .plan = w->plan, .pay = &y };

	loop_put(w, &at, L_SUMMARY);
}

/* The claims before the first section, then each section with its own. */
static void
payment_put(struct x12_put *w, const struct payment *y)
{
	size_t c = 0;

	claims_check(w, y);
	x12_835_head(w, y);
	for (size_t i = 0; i <= y->n_sections; i++) {
		if (i)
			x12_835_section(w, &y->sections[i - 1]);
		for (; c < y->n_claims && y->claims[c].section == (int64_t)i; c++)
			x12_835_claim(w, &y->claims[c]);
	}
	x12_835_summary(w, y);
}

int
x12_write_835(struct arena *a, const struct x12_ends *ends, const struct payment *const *v, size_t n, struct x12_written *out)
{
	struct x12_put put, *w = &put;
	const struct x12_plan *plan = x12_plan_open(a, T_R);
	int rc;

	*out = (struct x12_written){ .faults.a = a, .st02 = arena_array(a, n + 1, sizeof *out->st02), .n_sets = n };
	if (!out->st02 || !plan)
		return E_NOMEM;
	if (n == 0)
		return fault_add(&out->faults, E_INCOMPLETE, S("ST"), S("no payment to write"), S("give one at least"));
	rc = x12_ends_check(a, ends, &out->faults);
	x12_put_open(w, a, &out->faults);
	w->plan = plan;
	if (rc == 0)
		rc = x12_frame_open(w, ends, "HP", x12_guide_out(T_R));
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < n && !a->spent; i++) {
		w->claim = i + 1;
		out->st02[i] = digits_text(a, (int64_t)i + 1, 4);
		x12_st_open(w, "835", out->st02[i], "");	/* this guide has no ST03 */
		payment_put(w, v[i]);
		x12_st_close(w, out->st02[i]);
	}
	x12_frame_close(w, ends, n);
	if (a->spent)
		return E_NOMEM;
	if (out->faults.n)
		return out->faults.v[0].rc;
	out->bytes = buf_view(&w->b);
	return 0;
}
