/* cold_answers.h - what a person types about the claims of cold.h, and 277CA files for them. */
#ifndef CLAIMLINE_TEST_COLD_ANSWERS_H
#define CLAIMLINE_TEST_COLD_ANSWERS_H

#include "support/claims.h"
#include "integration/cold.h"

static inline struct str
cli(int code, const char *const *args)
{
	struct str out = STR_NONE;
	int rc = site_cli(&site, &out, args);

	cr_expect(rc == code, "claimline %s: exit %d\n" STR_FMT, args[0], rc, STR_ARG(out));
	return out;
}

#define CLI(code, ...)	cli(code, (const char *const[]){ __VA_ARGS__, NULL })

static inline bool
has(struct str text, const char *words)
{
	return text.n && strstr(text.p, words);
}

/* ---- answers ---- */

static const char *refused_pcn __attribute__((unused));

/* A 277CA for the claim file with this number: one claim refused, the others taken (only when that is asked). */
static inline void
answer(int64_t number, const char *name, bool others)
{
	struct str path = site_path(&site, "out/payer/payer-%09lld.837", (long long)number), bytes, out;
	const struct x12_interchange *ic;
	struct x12_277ca_spec spec;
	struct x12_verdict *v;
	struct x12_intake in;
	size_t n = 0;

	cr_assert(file_read(&mem, path.p, LIMIT_INPUT, &bytes) == 0 && claims_read(&mem, bytes, &in) > 0, "%s", path.p);
	ic = in.interchanges;
	spec = (struct x12_277ca_spec){ { ic->isa07, ic->isa08, ic->isa05, ic->isa06, ic->groups[0].gs03, ic->groups[0].gs02,
		ic->usage, 700 + number, INT64_C(1793577600000) }, S("EXAMPLE PAYER"), S("EX001"), S("EXAMPLE HEALTH SYSTEM"),
		S("CLAIMLINE"), ic->groups[0].sets[0].bht03 };
	v = arena_array(&mem, in.n_claims, sizeof *v);
	for (size_t i = 0; i < in.n_claims; i++) {
		bool no = str_is(in.claims[i].e->pcn, refused_pcn);

		if (no || others)
			v[n++] = (struct x12_verdict){ .e = in.claims[i].e, .category = no ? S("A3") : S("A2"),
				.status = no ? S("33") : S("20"), .entity = no ? S("IL") : S("PR"), .accepted = !no };
	}
	cr_assert(x12_write_277ca(&mem, &spec, v, n, &out) == 0 && mkdir_p(site_path(&site, "answers/payer").p) == 0);
	cr_assert(file_write_atomic(site_path(&site, "answers/payer/%s", name).p, out, false) == 0);
}

static inline bool
is_file(struct site *s, void *arg)
{
	return file_exists(site_path(s, "%s", (const char *)arg).p);
}

static inline void
wait_file(const char *name)
{
	cr_expect(site_wait(&site, is_file, (void *)(uintptr_t)name, name), "%s", site.why);
}

#endif
