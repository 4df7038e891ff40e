/*
 * test_samples.c - claim files and bundles that nobody of us wrote go through all five daemons: every sound 837P/I comes
 * out as it went in, and what a hospital sends settles, once. A person's part is played by the command line.
 */
#include "base/file.h"
#include "support/samples.h"
#include "support/claims.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define X12	SAMPLES "/x12/"
#define FHIR	SAMPLES "/fhir/"

/* ---- claims in ---- */

struct one {				/* a claim that went in */
	struct encounter	*e;
	struct eid		 id;
	struct str		 file;
	struct encounter	*out;	/* as read from the written file */
};

/* What must be as many on both sides, counted in the bytes, without our reader. */
#define TALLIES	6
static const char *const tallied[TALLIES] = { "CLM", "LX", "SV1", "SV2", "HI", "DTP" };

struct round {
	struct site	 site;
	struct arena	 a;
	char		 usage;
	struct one	*v;
	size_t		 n, files, released;
	size_t		 in[TALLIES], out[TALLIES];
};

static bool
holds(struct str s, const char *what)
{
	return memmem(s.p ? s.p : "", s.n, what, strlen(what)) != NULL;
}

static void
tally(struct str bytes, size_t out[TALLIES])
{
	const char *isa = memmem(bytes.p, bytes.n, "ISA", 3);
	char elem, term;

	cr_assert(isa && isa + 106 <= bytes.p + bytes.n);
	elem = isa[3];
	term = isa[105];
	while (bytes.n) {
		struct str seg = str_trim(str_cut(&bytes, term)), id = str_cut(&seg, elem);

		for (size_t i = 0; i < TALLIES; i++)
			out[i] += str_is(id, tallied[i]);
	}
}

/* The claims of one file with the usage of this site, as the reader has them; their ids as ingest will make them. */
static void
remember(struct round *r, struct str file, struct str bytes)
{
	struct x12_intake in;

	cr_assert(claims_read(&r->a, bytes, &in) > 0 && in.faults.n == 0, "%s", file.p);
	for (size_t i = 0; i < in.n_claims; i++) {
		struct one x = { .e = in.claims[i].e, .file = file }, *slot;

		x.e->tenant = S("main");
		x.id = rec_eid(x.e);
		cr_assert(in.interchanges[in.claims[i].interchange].usage == r->usage, "%s: one usage in a file", file.p);
		slot = arena_push(&r->a, r->v, r->n);
		cr_assert(slot);
		*slot = x;
	}
}

static bool
is_of(struct str bytes, char usage)
{
	struct x12_intake in;
	struct arena a;
	bool is;

	arena_init(&a, 0);
	is = holds(bytes, "CLM") && (holds(bytes, "005010X222") || holds(bytes, "005010X223")) &&
	    claims_read(&a, bytes, &in) > 0 && in.interchanges[0].usage == usage;
	arena_free(&a);
	return is;
}

/*
 * The collections use each other's control numbers with other content, which ingest must and does refuse. Here each file
 * comes from a sender of its own: ISA06, fifteen characters.
 */
static void
from_own_sender(struct str bytes, size_t k)
{
	char *isa = memmem(bytes.p, bytes.n, "ISA", 3), own[24];

	cr_assert(isa && isa + 50 <= bytes.p + bytes.n);
	(void)snprintf(own, sizeof own, "SENDER%09zu", k);
	memcpy(isa + 35, own, 15);
}

static void
offer_files(struct round *r)
{
	struct site_answer ans;
	struct str facts, line;

	cr_assert(file_read(&r->a, X12 "envelope-facts.tsv", LIMIT_INPUT, &facts) >= 0);
	(void)str_cut(&facts, '\n');
	while (facts.n) {
		struct str path, bytes;

		line = str_trim(str_cut(&facts, '\n'));
		path = arena_str(&r->a, str_cut(&line, '\t'));
		if (!str_is(line, "ok") || file_read(&r->a, arena_fmt(&r->a, X12 "%s", path.p).p, LIMIT_INPUT, &bytes) < 0 ||
		    !is_of(bytes, r->usage))
			continue;
		from_own_sender(bytes, ++r->files);
		remember(r, path, bytes);
		tally(bytes, r->in);
		cr_assert(site_offer(&r->site, 0, bytes, SITE_WAIT_MS, &ans), "%s: no answer", path.p);
		cr_expect_str_eq(ans.verdict, "accepted", "%s: %s", path.p, ans.text.p);
	}
}


/* The partner file of the site, as it would be in production. */
static void
make_partner_real(struct round *r)
{
	struct str path = site_path(&r->site, "config/partners/payer.yaml"), text;
	struct buf b;

	cr_assert(file_read(&r->a, path.p, LIMIT_CONF, &text) >= 0);
	buf_init(&b, &r->a);
	while (text.n) {
		struct str line = str_cut(&text, '\n');

		buf_str(&b, str_is(line, "usage: T") ? S("usage: P") : line);
		buf_ch(&b, '\n');
	}
	cr_assert(holds(buf_view(&b), "usage: P") && file_write_atomic(path.p, buf_view(&b), true) >= 0);
}

/* ---- a person releases what was held ---- */

static void
release_held(struct round *r)
{
	struct site_at *at;
	struct arena a;
	int64_t n;

	arena_init(&a, 0);
	n = site_where(&r->site, &a, &at);
	cr_assert(n == (int64_t)r->n, "%lld encounters, not %zu", (long long)n, r->n);
	for (int64_t i = 0; i < n; i++) {
		const char *args[] = { "work", "release", eid_text(&a, at[i].id).p, "--actor", "biller", "--reason",
		    "sent as it came", "--to",
			"cleared", NULL };
		struct str said;

		if (!state_is_held(at[i].state))
			continue;
		cr_expect(site_cli(&r->site, &said, args) == 0, "release: %s", said.p);
		r->released++;
	}
	arena_free(&a);
}

/* ---- claims out ---- */

/* The encounter's claim in the file that its record names; NULL with a failed expectation when it is not there. */
static struct encounter *
find_written(struct round *r, const struct one *x)
{
	struct store *st = r->site.store;
	struct encounter *e = rec_new(&r->a);
	struct x12_intake in;
	struct snapshot s;
	struct str raw, bytes;
	unsigned lane;

	if (st->ops->find(st, x->id, &lane) < 0 || st->ops->get(st, x->id, lane, &r->a, &s) < 0 ||
	    part_open(&r->a, s.w.part[PART_SUBMIT], &raw) < 0 || rec_unpack(&r->a, raw, PART_SUBMIT, e) < 0)
		return NULL;
	if (s.w.state != ST_SENT || file_read(&r->a, site_path(&r->site, "out/" STR_FMT "/" STR_FMT, STR_ARG(e->partner),
	    STR_ARG(e->file)).p, LIMIT_INPUT, &bytes) < 0 || claims_read(&r->a, bytes, &in) < 0)
		return NULL;
	for (size_t i = 0; i < in.n_claims; i++)
		if (str_eq(in.claims[i].st02, e->st02) && str_eq(in.claims[i].e->pcn, x->e->pcn))
			return in.claims[i].e;
	return NULL;
}

static void
tally_out(struct round *r)
{
	struct str dir = site_path(&r->site, "out/payer"), bytes;
	struct file_list files;

	cr_assert(dir_list(&r->a, dir.p, 1000, &files) >= 0);
	for (size_t i = 0; i < files.n; i++) {
		cr_assert(file_read(&r->a, path_join(&r->a, dir, files.v[i].name).p, LIMIT_INPUT, &bytes) >= 0);
		tally(bytes, r->out);
	}
	for (size_t i = 0; i < TALLIES; i++)
		cr_expect_eq(r->out[i], r->in[i], "%s: %zu came, %zu went", tallied[i], r->in[i], r->out[i]);
}

/* Field by field; what comes from the envelope is another, and so it should be. */
static bool
same(struct arena *a, struct encounter *x, struct encounter *y, const char *file)
{
	struct str jx = STR_NONE, jy = STR_NONE;
	size_t k = 0;
	bool ok;

	claims_drop_old(x);
	y->tenant = x->tenant;
	y->control = x->control;
	y->sender = x->sender;
	y->usage = x->usage;
	ok = rec_to_json(a, x, true, &jx) >= 0 && rec_to_json(a, y, true, &jy) >= 0 && str_eq(jx, jy);
	while (k < jx.n && k < jy.n && jx.p[k] == jy.p[k])
		k++;
	for (size_t back = 0; k && back < 120; back++)
		k--;
	cr_expect(ok, "%s differs near:\n%.300s\n---- written:\n%.300s", file, jx.n ? jx.p + k : "", jy.n ? jy.p + k : "");
	return ok;
}

static size_t
compare_all(struct round *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++) {
		struct one *x = &r->v[i];

		x->out = find_written(r, x);
		cr_expect(x->out, "%s: its claim is not in a written file", x->file.p);
		n += x->out && same(&r->a, x->e, x->out, x->file.p);
	}
	return n;
}

static size_t
run_round(char usage, size_t *files)
{
	const char *const sets[] = { usage == 'P' ? "ingest.usage=P" : "ingest.usage=T", "site.today=2026-11-02",
	    "validate.hold_at=3",
		"submit.cutoff_ms=300", NULL };
	struct round *r = calloc(1, sizeof *r);
	size_t n;

	cr_assert(r);
	r->usage = usage;
	arena_init(&r->a, (size_t)1 << 30);
	cr_assert(site_open(&r->site, &(struct site_spec){ .sets = sets }), "%s", r->site.why);
	if (usage == 'P')
		make_partner_real(r);
	cr_assert(site_up(&r->site), "%s", r->site.why);
	offer_files(r);
	cr_assert(site_settle(&r->site, r->n), "%s", r->site.why);
	site_print_states(&r->site, "before release");
	release_held(r);
	cr_assert(site_settle(&r->site, r->n), "%s", r->site.why);
	site_print_states(&r->site, "after release");
	cr_expect(site_count(&r->site, ST_SENT) == (int64_t)r->n);
	n = compare_all(r);
	tally_out(r);
	(void)printf("samples, usage %c: %zu files, %zu claims, %zu released by a person, %zu written the same: "
	    "%zu lines, %zu HI, %zu DTP\n", usage, r->files, r->n, r->released, n, r->out[1], r->out[4], r->out[5]);
	cr_expect(n == r->n);
	*files += r->files;
	site_close(&r->site);
	arena_free(&r->a);
	free(r);
	return n;
}

Test(samples, sound_claims_go_through)
{
	size_t files = 0, claims;

	if (!samples_here())
		return;
	claims = run_round('T', &files);
	claims += run_round('P', &files);
	(void)printf("samples: %zu sound 837P/I files, %zu claims in and out without a difference\n", files, claims);
	cr_expect(files >= 35 && claims >= 45, "%zu files, %zu claims", files, claims);
}

/* Claims that share a patient control number leave in as many files: no answer could tell them apart in one. */
Test(samples, one_number_many_claims)
{
	enum { N = 9 };
	const char *const sets[] = { "submit.cutoff_ms=50", NULL };
	struct site_claims out;
	struct site_answer ans;
	struct arena a;
	struct site s;

	arena_init(&a, 0);
	cr_assert(site_open(&s, &(struct site_spec){ .sets = sets }) && site_up(&s), "%s", s.why);
	for (unsigned i = 0; i < N; i++) {
		struct str e = site_encounter(&a, "E", 1, 2000), at = S("{\"control\":\"E1\"");

		cr_assert(str_starts(e, at));
		e = arena_fmt(&a, "{\"control\":\"C%u\"%s", i, e.p + at.n);
		cr_assert(site_offer(&s, 0, e, SITE_WAIT_MS, &ans) && strcmp(ans.verdict, "accepted") == 0, "%s", ans.text.p);
	}
	cr_expect(site_settle(&s, N), "%s", s.why);
	site_print_states(&s, "one number");
	cr_expect(site_count(&s, ST_SENT) == N);
	cr_expect(site_read_out(&s, &a, &out) == 0 && out.n == N && out.files == N, "%zu claims in %zu files", out.n, out.files);
	site_close(&s);
	arena_free(&a);
}
