/* claims.c - see claims.h. */
#include "support/claims.h"

#include "x12/check.h"

const struct x12_guides *
claims_guides(void)
{
	static struct arena mem;
	static const struct x12_guides *guides;

	if (!guides) {
		arena_init(&mem, 0);
		must(x12_guides_open(&mem, &guides) == 0);
	}
	return guides;
}

struct x12_intake_spec
claims_spec(unsigned level)
{
	return (struct x12_intake_spec){ .guides = claims_guides(), .level = level };
}

int
claims_read(struct arena *a, struct str bytes, struct x12_intake *out)
{
	struct x12_intake_spec spec = claims_spec(1);

	return x12_read_837(a, &spec, bytes, out);
}

int
claims_read_strict(struct arena *a, struct str bytes, struct x12_intake *out)
{
	struct x12_intake_spec spec = claims_spec(2);

	return x12_read_837(a, &spec, bytes, out);
}

const struct x12_837_spec claims_out = {
	.ends = { { "ZZ", 2 }, { "CLAIMLINE", 9 }, { "ZZ", 2 }, { "PAYER", 5 }, { "CLAIMLINE", 9 }, { "PAYER", 5 }, 'T', 42,
	    INT64_C(1772366400000) },
	.submitter = { "OUR CLINIC", 10 }, .submitter_id = { "S9", 2 }, .contact = { "DESK", 4 }, .phone = { "5551230000", 10 },
	.receiver = { "TEST PAYER", 10 }, .receiver_id = { "R9", 2 },
};

int
claims_write(struct arena *a, const struct x12_intake *in, struct x12_written *out)
{
	struct x12_out *v = arena_array(a, in->n_claims + 1, sizeof *v);
	struct claim_view *views = arena_array(a, in->n_claims + 1, sizeof *views);

	for (size_t i = 0; i < in->n_claims; i++) {
		v[i] = (struct x12_out){ in->claims[i].e, &views[i] };
		(void)claim_view(a, v[i].e, &views[i]);
	}
	return x12_write_837(a, &claims_out, v, in->n_claims, out);
}

void
claims_drop_old(struct encounter *e)
{
	for (size_t i = 0; i < e->n_coverages; i++) {
		struct coverage *c = &e->coverages[i];
		size_t n = 0;

		for (size_t k = 0; k < c->n_extras; k++)
			if (!str_is(c->extras[k].loop, "2320") || !str_starts(c->extras[k].segment, S("DMG*")))
				c->extras[n++] = c->extras[k];
		c->n_extras = n;
	}
}
