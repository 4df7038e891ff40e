/*
 * test_x12_samples.c - every 837P and 837I of the samples: the sound ones are read, written and read again
 * without a difference; each unsound one is reported for what an independent count says is wrong with it.
 */
#include "support/claims.h"
#include "support/shared.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static struct arena keep, a;

static bool
holds(struct str s, const char *what)
{
	size_t n = strlen(what);

	for (size_t i = 0; i + n <= s.n; i++)
		if (memcmp(s.p + i, what, n) == 0)
			return true;
	return false;
}

static bool
is_claim_file(struct str bytes)
{
	return holds(bytes, "CLM") && (holds(bytes, "005010X222") || holds(bytes, "005010X223"));
}

/* ---- the sound ones ---- */

static bool
same_party(const struct party *x, const struct party *y)
{
	return str_eq(x->role, y->role) && x->person == y->person && str_eq(x->last, y->last) && str_eq(x->first, y->first) &&
	    str_eq(x->id_qual, y->id_qual) && str_eq(x->id, y->id) && str_eq(x->line1, y->line1) && str_eq(x->city, y->city) &&
	    str_eq(x->state, y->state) && str_eq(x->zip, y->zip) && x->dob == y->dob && str_eq(x->sex, y->sex) &&
	    x->n_refs == y->n_refs;
}

static bool
same_claim(const struct encounter *x, const struct encounter *y)
{
	bool ok = same_party(&x->patient, &y->patient) && same_party(&x->billing, &y->billing) &&
	    same_party(&x->pay_to, &y->pay_to) && x->n_parties == y->n_parties && x->n_coverages == y->n_coverages &&
	    x->n_diagnoses == y->n_diagnoses && x->n_procedures == y->n_procedures && x->n_infos == y->n_infos &&
	    x->n_lines == y->n_lines && x->charge == y->charge && x->from == y->from && x->to == y->to &&
	    x->n_dates == y->n_dates && x->n_amounts == y->n_amounts && x->n_refs == y->n_refs;

	for (size_t i = 0; ok && i < x->n_parties; i++)
		ok = same_party(&x->parties[i], &y->parties[i]);
	for (size_t i = 0; ok && i < x->n_coverages; i++)
		ok = same_party(&x->coverages[i].payer, &y->coverages[i].payer) &&
		    same_party(&x->coverages[i].subscriber, &y->coverages[i].subscriber);
	for (size_t i = 0; ok && i < x->n_diagnoses; i++)
		ok = str_eq(x->diagnoses[i].code, y->diagnoses[i].code) && str_eq(x->diagnoses[i].role, y->diagnoses[i].role);
	for (size_t i = 0; ok && i < x->n_lines; i++)
		ok = str_eq(x->lines[i].code, y->lines[i].code) && str_eq(x->lines[i].revenue, y->lines[i].revenue) &&
		    x->lines[i].charge == y->lines[i].charge && x->lines[i].units == y->lines[i].units &&
		    x->lines[i].from == y->lines[i].from && x->lines[i].to == y->lines[i].to &&
		    x->lines[i].n_modifiers == y->lines[i].n_modifiers && x->lines[i].n_pointers == y->lines[i].n_pointers;
	return ok;
}

static bool
has_content(const struct encounter *e)
{
	return e->pcn.n && e->billing.last.n && e->patient.last.n && e->n_coverages && e->coverages[0].payer.last.n &&
	    e->n_diagnoses && e->n_lines && e->charge > 0 && e->from != DAY_NONE &&
	    (e->lines[0].code.n || e->lines[0].revenue.n) &&
	    e->lines[0].charge > 0 && (e->pos.n || e->tob.n) && e->visit_class.n;
}

/* Writes the claims of one type and reads them again; the number of claims that came back the same. */
static size_t
round_trip(const struct x12_intake *in, const char *type, struct str file)
{
	struct x12_out *v = arena_array(&a, in->n_claims + 1, sizeof *v);
	struct claim_view *views = arena_array(&a, in->n_claims + 1, sizeof *views);
	struct x12_intake again;
	struct x12_written w;
	size_t n = 0, same = 0;

	for (size_t i = 0; i < in->n_claims; i++)
		if (str_is(in->claims[i].e->type, type)) {
			v[n] = (struct x12_out){ in->claims[i].e, &views[n] };
			(void)claim_view(&a, v[n].e, &views[n]);
			n++;
		}
	if (n == 0)
		return 0;
	cr_expect(x12_write_837(&a, &claims_out, v, n, &w) >= 0, "%.*s: %s", STR_ARG(file),
	    w.faults.n ? w.faults.v[0].place.p : "");
	cr_expect(claims_read(&a, w.bytes, &again) == (int)n && again.faults.n == 0, "%.*s", STR_ARG(file));
	for (size_t i = 0; i < n && i < again.n_claims; i++) {
		struct encounter *x = (struct encounter *)(uintptr_t)v[i].e, *y = again.claims[i].e;
		struct str jx = STR_NONE, jy = STR_NONE;

		cr_expect(has_content(x), "%.*s claim %zu", STR_ARG(file), i + 1);
		cr_expect(same_claim(x, y), "%.*s claim %zu", STR_ARG(file), i + 1);
		claims_drop_old(x);
		y->control = x->control;	/* these three come from the envelope */
		y->sender = x->sender;
		y->usage = x->usage;
		cr_expect(rec_to_json(&a, x, true, &jx) >= 0 && rec_to_json(&a, y, true, &jy) >= 0 && str_eq(jx, jy),
		    "%.*s claim %zu: field by field", STR_ARG(file), i + 1);
		same += str_eq(jx, jy);
	}
	return same;
}

static size_t
sound(struct str path, struct str bytes)
{
	struct x12_intake in;
	size_t clm = 0, same;

	for (size_t i = 0; i + 4 <= bytes.n; i++)
		clm += memcmp(bytes.p + i, "CLM*", 4) == 0 && i > 0 && memchr("~\r\n \t", bytes.p[i - 1], 5);
	cr_expect_eq(claims_read(&a, bytes, &in), (int)clm, "%.*s: %zu of %zu claims", STR_ARG(path), in.n_claims, clm);
	cr_expect(in.faults.n == 0 && in.n_refused == 0, "%.*s: %s", STR_ARG(path), in.faults.n ? in.faults.v[0].words.p : "");
	same = round_trip(&in, "P", path) + round_trip(&in, "I", path);
	cr_expect_eq(same, clm, "%.*s", STR_ARG(path));
	return same;
}

/* ---- the unsound ones ---- */

/* One wrong thing of envelope-facts, such as "SE01 25!=34": the element, and the number counted. */
static bool
reported(const struct x12_intake *in, struct str fact)
{
	struct str element = str_cut(&fact, ' '), declared = str_cut(&fact, '!');
	struct str counted = fact.n ? (struct str){ fact.p + 1, fact.n - 1 } : STR_NONE;

	if (str_is(element, "no") || in->n_interchanges == 0)	/* no ISA, no IEA, an ISA of wrong width */
		return in->faults.n > 0;
	for (size_t i = 0; i < in->faults.n; i++) {
		const struct fault *f = &in->faults.v[i];

		if (holds(f->place, element.p ? arena_str(&a, element).p : "") &&
		    (!counted.n || (holds(f->words, arena_fmt(&a, "says " STR_FMT ",", STR_ARG(declared)).p) &&
		    holds(f->words, arena_fmt(&a, " " STR_FMT " were counted", STR_ARG(counted)).p))))
			return true;
	}
	return in->faults.more;
}

static size_t
unsound(struct str path, struct str bytes, struct str facts)
{
	struct x12_intake in;
	size_t n = 0;

	cr_expect(claims_read(&a, bytes, &in) <= 0, "%.*s: %zu claims of an unsound file", STR_ARG(path), in.n_claims);
	cr_expect(in.faults.n > 0, "%.*s", STR_ARG(path));
	while (facts.n) {
		struct str fact = str_trim(str_cut(&facts, ';'));

		cr_expect(reported(&in, fact), "%.*s: %.*s", STR_ARG(path), STR_ARG(fact));
		n++;
	}
	return n;
}

static void
each(bool want_sound, size_t *files, size_t *things)
{
	struct str facts, line;

	arena_init(&keep, 0);
	facts = shared_file(&keep, S("envelope-facts.tsv"));
	(void)str_cut(&facts, '\n');
	while (facts.n) {
		struct str path, bytes;

		line = str_trim(str_cut(&facts, '\n'));
		path = str_cut(&line, '\t');
		arena_init(&a, 0);
		bytes = shared_file(&a, path);
		if (is_claim_file(bytes) && str_is(line, "ok") == want_sound) {
			++*files;
			*things += want_sound ? sound(path, bytes) : unsound(path, bytes, line);
		}
		arena_free(&a);
	}
	arena_free(&keep);
}

Test(x12_samples, sound_claims_come_back)
{
	size_t files = 0, claims = 0;

	if (shared_absent())
		return;
	each(true, &files, &claims);
	(void)printf("x12 samples: %zu sound 837P/I files, %zu claims read, written and read again\n", files, claims);
	cr_expect(files >= 35 && claims >= 48, "%zu files, %zu claims", files, claims);
}

Test(x12_samples, unsound_files_are_reported)
{
	size_t files = 0, facts = 0;

	if (shared_absent())
		return;
	each(false, &files, &facts);
	(void)printf("x12 samples: %zu unsound 837P/I files, %zu faults expected and found\n", files, facts);
	cr_expect(files >= 25, "%zu files", files);
}
