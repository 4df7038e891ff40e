/* payer.c - a claim file to its TA1, 999 and 277CA. */
#include "claimline/payer.h"

#define CONTROL_MAX	999999999
#define ANSWER_KINDS	3		/* numbers of TA1, 999 and 277CA of one file must differ */

static bool
is_chosen(struct str pcn, int64_t every)
{
	uint64_t h = UINT64_C(1469598103934665603);	/* FNV-1a: spreads, needs no secret */

	for (size_t i = 0; i < pcn.n; i++)
		h = (h ^ (unsigned char)pcn.p[i]) * UINT64_C(1099511628211);
	return every > 0 && h % (uint64_t)every == 0;
}

static struct x12_ends
ends_back(const struct x12_interchange *in, const struct payer_rules *r, int kind)
{
	int64_t n = 0;

	(void)str_to_int(in->isa13, &n);
	return (struct x12_ends){ .isa05 = in->isa07, .isa06 = in->isa08, .isa07 = in->isa05, .isa08 = in->isa06,
	    .gs02 = in->n_groups ? in->groups[0].gs03 : in->isa08, .gs03 = in->n_groups ? in->groups[0].gs02 : in->isa06,
	    .usage = in->usage, .control = (n > 0 ? n : 1) * ANSWER_KINDS % CONTROL_MAX + kind + 1, .at = r->at };
}

static void
judge(struct arena *a, const struct x12_claim *c, const struct payer_rules *r, size_t i, struct x12_verdict *v)
{
	bool over = r->reject_over > 0 && c->e->charge > r->reject_over, chosen = is_chosen(c->e->pcn, r->reject_every);

	*v = (struct x12_verdict){ .e = c->e, .accepted = !over && !chosen };
	if (over) {
		v->category = S("A3");
		v->status = S("178");		/* submitted charges */
	} else if (chosen) {
		v->category = S("A3");
		v->status = S("481");		/* format: no claim is wrong, some are chosen */
	} else {
		v->category = S("A2");
		v->status = S("20");		/* accepted for processing */
		v->payer_control = arena_fmt(a, "SIM" STR_FMT "%05zu", STR_ARG(c->isa13), i + 1);
	}
}

static const struct x12_set *
first_set(const struct x12_interchange *in)
{
	for (size_t g = 0; g < in->n_groups; g++)
		if (in->groups[g].n_sets)
			return &in->groups[g].sets[0];
	return NULL;
}

static int
write_277ca(struct arena *a, const struct x12_intake *all, const struct payer_rules *r, struct payer_answers *out)
{
	const struct x12_interchange *in = &all->interchanges[0];
	const struct x12_set *set = first_set(in);
	struct x12_verdict *v = arena_array(a, all->n_claims, sizeof *v);
	struct x12_277ca_spec spec;

	if (!v || !set)
		return v ? E_INCOMPLETE : E_NOMEM;
	for (size_t i = 0; i < all->n_claims; i++) {
		judge(a, &all->claims[i], r, i, &v[i]);
		out->accepted += v[i].accepted;
		out->rejected += !v[i].accepted;
	}
	spec = (struct x12_277ca_spec){ .ends = ends_back(in, r, 2), .payer = S("SIMULATED PAYER"), .payer_id = in->isa08,
	    .receiver = set->submitter.n ? set->submitter : in->isa06,
	    .receiver_id = set->submitter_id.n ? set->submitter_id : in->isa06, .batch = set->bht03 };
	return x12_write_277ca(a, &spec, v, all->n_claims, &out->f277ca);
}

int
payer_answer(struct arena *a, struct str bytes, const struct payer_rules *r, struct payer_answers *out, struct faults *f)
{
	struct x12_intake all = { 0 };
	const struct x12_interchange *in;
	struct x12_ends ends;
	int rc = x12_read_837(a, &r->x12, bytes, &all);

	*out = (struct payer_answers){ 0 };
	if (rc < 0 || all.n_interchanges == 0) {
		for (size_t i = 0; i < all.faults.n; i++)
			(void)fault_add(f, all.faults.v[i].rc, all.faults.v[i].place, all.faults.v[i].words, all.faults.v[i].fix);
		return rc < 0 ? rc : E_MALFORMED;
	}
	in = &all.interchanges[0];
	ends = ends_back(in, r, 0);
	rc = in->wants_ta1 || r->ta1 || in->ta104 == 'R' ? x12_write_ta1(a, &ends, in, &out->ta1) : 0;
	ends = ends_back(in, r, 1);
	if (rc >= 0 && in->ta104 != 'R')
		rc = x12_write_999(a, &ends, in, &out->f999);
	if (rc >= 0 && all.n_claims)
		rc = write_277ca(a, &all, r, out);
	return rc < 0 ? rc : 0;
}
