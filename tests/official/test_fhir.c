/*
 * test_fhir.c - the FHIR samples nobody of us wrote: Synthea bundles (one encounter per Claim, every
 * reference resolves) and Bulk Data lines (each note joins to its Encounter).
 */
#include "support/claims.h"
#include "support/shared.h"
#include "base/file.h"
#include "fhir/fhir.h"
#include "ingest/ingest.h"

#include <criterion/criterion.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define SAMPLES SHARED "samples/fhir"

static struct ingest_rules
rules(void)
{
	return (struct ingest_rules){ S("main"), 'T', HL7_ON_CHARGES, INT64_C(1789000000000), claims_spec(1) };
}

/* What a bundle holds, counted without our reader. */
struct counts { size_t claims, visits, conditions; int64_t total; };

static struct counts
count(struct str text)
{
	json_t *bundle = json_loadb(text.p, text.n, 0, NULL), *entry;
	struct counts c = { 0 };
	size_t i;

	cr_assert(bundle);
	json_array_foreach(json_object_get(bundle, "entry"), i, entry) {
		json_t *r = json_object_get(entry, "resource");
		const char *type = json_string_value(json_object_get(r, "resourceType"));

		c.claims += strcmp(type, "Claim") == 0;
		c.visits += strcmp(type, "Encounter") == 0;
		if (strcmp(type, "Claim") == 0)
			c.total += (int64_t)(json_number_value(json_object_get(json_object_get(r, "total"), "value")) *
			    100 + 0.5);
	}
	json_decref(bundle);
	return c;
}

static void
check_encounter(const struct encounter *e, const char *name)
{
	cr_expect(e->control.n && e->account.n && e->sender.n > 1 && e->patient.last.n, "%s: who and whose", name);
	cr_expect(e->from != DAY_NONE && e->to >= e->from && e->visit_class.n, "%s: when", name);
	cr_expect(e->n_coverages == 1 && e->coverages[0].payer.last.n, "%s: payer", name);
	cr_expect(e->n_diagnoses == 0, "%s: no ICD-10-CM is in these bundles", name);
	for (size_t i = 0; i < e->n_lines; i++)
		cr_expect(e->lines[i].code.n == 0 && e->lines[i].words.n, "%s: a SNOMED code is no HCPCS", name);
}

Test(fhir_official, synthea_bundles)
{
	struct counts all = { 0 };
	size_t encounters = 0, with_words = 0, files = 0;
	struct file_list list;
	struct arena dir;
	int64_t total = 0;

	if (!shared_has("samples/fhir"))
		return;
	arena_init(&dir, 0);
	cr_assert(dir_list(&dir, SAMPLES "/synthea-r4-bundles", 100, &list) >= 0);
	for (size_t i = 0; i < list.n; i++) {
		struct ingest_rules r = rules();
		struct fhir_out got;
		struct intake in;
		struct faults f;
		struct counts c;
		struct str text;
		struct arena a;
		int rc;

		if (!strstr(list.v[i].name.p, ".json"))
			continue;
		arena_init(&a, 0);
		f = (struct faults){ .a = &a };
		cr_assert(file_read(&a, arena_fmt(&a, SAMPLES "/synthea-r4-bundles/%s", list.v[i].name.p).p, LIMIT_INPUT,
		    &text) >= 0);
		c = count(text);
		rc = fhir_read(&a, &text, 1, &got, &f);
		cr_expect(rc == (int)c.claims && f.n == 0, "%s: %d encounters of %zu claims", list.v[i].name.p, rc, c.claims);
		cr_expect(got.dangling == 0, "%s: %zu references lead nowhere", list.v[i].name.p, got.dangling);
		rc = ingest_read(&a, &r, text, STR_NONE, &in);
		cr_expect(rc == (int)c.claims && in.kind == INTAKE_FHIR && in.faults.n == 0, "%s: %d", list.v[i].name.p, rc);
		for (size_t k = 0; k < in.n_items; k++) {
			check_encounter(in.items[k].e, list.v[i].name.p);
			total += in.items[k].e->charge;
			with_words += in.items[k].e->n_documents > 0;
		}
		all.claims += c.claims;
		all.visits += c.visits;
		all.total += c.total;
		encounters += in.n_items;
		files++;
		arena_free(&a);
	}
	printf("synthea bundles: %zu files, %zu Encounters, %zu Claims, %zu encounters (%zu with a problem list), %lld cents\n",
	    files, all.visits, all.claims, encounters, with_words, (long long)total);
	cr_expect(files == 10 && encounters == all.claims && total == all.total && with_words > 0);
	arena_free(&dir);
}

/* ---- Bulk Data: one input of all the lines ---- */

static size_t
lines_of(struct str s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] == '\n';
	return n;
}

static struct str
bulk(struct arena *a, size_t *visits, size_t *notes)
{
	static const char *const kinds[] = { "Patient", "Organization", "Practitioner", "Location", "Encounter", "Condition" };
	struct str s;
	struct buf b;

	buf_init(&b, a);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		cr_assert(file_read(a, arena_fmt(a, SAMPLES "/synthea-bulk-10/%s.000.ndjson", kinds[i]).p, LIMIT_INPUT, &s) >= 0);
		buf_str(&b, s);
		if (strcmp(kinds[i], "Encounter") == 0)
			*visits = lines_of(s);
	}
	s = shared_unpacked(a, "samples/fhir/synthea-bulk-10/DocumentReference.000.ndjson.zst");
	*notes = lines_of(s);
	buf_str(&b, s);
	return buf_view(&b);
}

Test(fhir_official, bulk_data)
{
	struct ingest_rules r = rules();
	size_t visits = 0, notes = 0, joined = 0, one = 0, problems = 0, npi = 0;
	struct intake in;
	struct arena a, input;
	int rc;

	if (!shared_has("samples/fhir"))
		return;
	arena_init(&a, 0);
	arena_init(&input, 0);
	rc = ingest_read(&a, &r, bulk(&input, &visits, &notes), STR_NONE, &in);
	cr_assert(rc == (int)visits, "%s, %d of %zu", err_name(rc), rc, visits);
	for (size_t i = 0; i < in.n_items; i++) {
		const struct encounter *e = in.items[i].e;
		size_t here_joined = 0;

		for (size_t k = 0; k < e->n_documents; k++)
			if (str_is(e->documents[k].type, "problem list"))
				problems++;
			else
				here_joined++;
		joined += here_joined;
		one += here_joined == 1;
		npi += e->n_parties == 1 && e->parties[0].id.n == 10;
		cr_expect(e->sender.n > 1 && e->account.n && e->from != DAY_NONE && e->n_diagnoses == 0);
	}
	cr_expect(in.faults.n == 0 && in.notes.n == 0);
	cr_expect(joined == notes && one == notes && notes == 1215, "%zu joined of %zu", joined, notes);
	printf("bulk data: %zu Encounters, %zu notes joined, %zu problem lists, %zu providers with an NPI, %zu MB\n",
	    visits, joined, problems, npi, a.used >> 20);
	arena_free(&a);
	arena_free(&input);
}
