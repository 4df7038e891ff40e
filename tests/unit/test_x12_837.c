/* test_x12_837.c - claims in and out: goldens, envelope faults, body faults, data that holds separators. */
#include "support/claims.h"
#include "support/shared.h"
#include "x12/claims.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GOLDEN	"tests/golden/x12/"

static struct arena a;

static struct str
slurp(const char *name)
{
	return repo_file(&a, arena_fmt(&a, GOLDEN "%s", name).p);
}

static bool
same_json(struct encounter *x, struct encounter *y)
{
	struct str jx, jy;

	y->control = x->control;	/* both come from the envelope */
	y->sender = x->sender;
	return rec_to_json(&a, x, false, &jx) >= 0 && rec_to_json(&a, y, false, &jy) >= 0 && str_eq(jx, jy);
}

static void
golden(const char *name, size_t n)
{
	char in_name[64], ref_name[64], path[512];
	struct x12_intake in, again;
	struct x12_written w, twice;
	FILE *f;

	(void)snprintf(in_name, sizeof in_name, "%s.in", name);
	(void)snprintf(ref_name, sizeof ref_name, "%s.ref", name);
	cr_assert_eq(claims_read(&a, slurp(in_name), &in), (int)n, "%s", name);
	cr_expect(in.faults.n == 0 && in.notes.n == 0 && in.n_refused == 0, "%s", name);
	cr_assert(claims_write(&a, &in, &w) >= 0 && claims_write(&a, &in, &twice) >= 0, "%s", name);
	cr_expect(str_eq(w.bytes, twice.bytes), "%s: same input, same bytes", name);
	if (getenv("UPDATE_GOLDEN")) {
		(void)snprintf(path, sizeof path, CL_SOURCE_DIR "/" GOLDEN "%s", ref_name);
		f = fopen(path, "wb");
		cr_assert(f && fwrite(w.bytes.p, 1, w.bytes.n, f) == w.bytes.n && fclose(f) == 0);
	}
	cr_expect(str_eq(w.bytes, slurp(ref_name)), "%s differs from %s", name, ref_name);
	cr_assert_eq(claims_read(&a, w.bytes, &again), (int)n, "%s", name);
	for (size_t i = 0; i < n; i++)
		cr_expect(same_json(in.claims[i].e, again.claims[i].e), "%s: claim %zu", name, i + 1);
}

Test(x12_837, goldens)
{
	arena_init(&a, 0);
	golden("p_full", 2);
	golden("i_full", 1);
	golden("d_full", 1);
	golden("separators", 1);
	arena_free(&a);
}

/* Segments of the golden files that must come back byte for byte, in the same order. */
static struct str
inner(struct str file)
{
	const char *from = strstr(file.p, "HL*1*"), *to = strstr(file.p, "SE*");

	while (to && to[-1] != '\n')
		to = strstr(to + 1, "SE*");
	cr_assert(from && to);
	return (struct str){ from, (size_t)(to - from) };
}

Test(x12_837, claims_come_back_byte_for_byte)
{
	static const char *const names[] = { "p_full.in", "i_full.in", "d_full.in" };

	for (size_t i = 0; i < 3; i++) {
		struct x12_intake in;
		struct x12_written w;
		struct str file;

		arena_init(&a, 0);
		file = slurp(names[i]);
		cr_assert(claims_read(&a, file, &in) > 0 && claims_write(&a, &in, &w) >= 0);
		cr_expect(str_eq(inner(file), inner(w.bytes)), "%s", names[i]);
		arena_free(&a);
	}
}

Test(x12_837, fields)
{
	struct x12_intake in;
	struct encounter *e;

	arena_init(&a, 0);
	cr_assert_eq(claims_read(&a, slurp("p_full.in"), &in), 2);
	e = in.claims[0].e;
	cr_expect(str_is(e->source, "x12") && str_is(e->sender, "SENDER") && str_is(e->type, "P") && str_is(e->usage, "T"));
	cr_expect(str_is(e->control, "PCN-1/000000101/0001/1") && str_is(e->account, "MRN-7") && str_is(e->pcn, "PCN-1"));
	cr_expect(e->charge == 30000 && str_is(e->pos, "11") && str_is(e->visit_class, "office"));
	cr_expect(e->from == day_of(2026, 2, 26) && e->to == day_of(2026, 2, 27) && e->admitted == day_of(2026, 2, 27));
	cr_expect(e->admitted == day_of(2026, 2, 27) && e->discharged == day_of(2026, 2, 28));
	cr_expect(e->n_causes == 5 && str_is(e->causes[1], "EM") && e->causes[2].n == 0 && str_is(e->causes[3], "IL"));
	cr_expect(str_is(e->patient.last, "DOE") && str_is(e->coverages[0].relation, "18") && e->n_coverages == 2);
	cr_expect(e->patient.died == day_of(2026, 2, 28) && e->coverages[0].subscriber.dob == day_of(1970, 1, 2));
	cr_expect(e->n_diagnoses == 3 && str_is(e->diagnoses[0].role, "principal") && str_is(e->diagnoses[2].code, "J45909"));
	cr_expect(e->n_infos == 3 && e->n_lines == 2 && e->lines[1].units == 2500 && e->lines[0].n_modifiers == 2);
	cr_expect(str_is(e->lines[0].ndc, "00004196501") && e->lines[0].ndc_units == 7000 &&
	    str_is(e->lines[0].control, "LINE1"));
	cr_expect(e->coverages[1].n_adjustments == 3 && e->coverages[1].adjustments[1].cents == 525);
	cr_expect(e->lines[0].n_adjudications == 1 && str_is(e->lines[0].adjudications[0].code, "HC:99213:25"));
	cr_expect(str_is(in.claims[0].isa13, "000000101") && str_is(in.claims[0].gs06, "101") &&
	    str_is(in.claims[0].st02, "0001"));
	e = in.claims[1].e;
	cr_expect(str_is(e->patient.first, "ROSE") && str_is(e->coverages[0].relation, "19") &&
	    str_is(e->visit_class, "emergency"));
	cr_expect(str_is(e->coverages[0].subscriber.first, "RICHARD") && str_is(e->account, "PCN-2"));
	cr_assert_eq(claims_read(&a, slurp("i_full.in"), &in), 1);
	e = in.claims[0].e;
	cr_expect(str_is(e->tob, "11") && str_is(e->frequency, "1") && str_is(e->visit_class, "inpatient"));
	cr_expect(e->from == day_of(2026, 2, 20) && e->to == day_of(2026, 2, 25) && e->discharged == e->to);
	cr_expect(str_is(e->discharge_time, "1015") && str_is(e->disposition, "01") && e->n_procedures == 3 && e->n_infos == 8);
	cr_expect(e->n_diagnoses == 7 && str_is(e->diagnoses[0].poa, "Y") && str_is(e->diagnoses[1].role, "admitting"));
	cr_expect(str_is(e->lines[0].revenue, "0120") && e->lines[0].noncovered == 2550 && e->charge == 100000);
	arena_free(&a);
}

Test(x12_837, dental_fields)
{
	struct x12_intake in;
	struct encounter *e;
	struct line *l;

	arena_init(&a, 0);
	cr_assert_eq(claims_read(&a, slurp("d_full.in"), &in), 1);
	e = in.claims[0].e;
	cr_expect(str_is(e->type, "D") && str_is(e->pos, "11") && str_is(e->visit_class, "office") && e->charge == 127550);
	cr_expect(e->from == day_of(2026, 2, 26) && e->to == day_of(2026, 2, 27) && e->n_dates == 4 && e->n_diagnoses == 2);
	cr_expect(e->n_parties == 6 && str_is(e->parties[3].role, "DD") && str_is(e->parties[4].role, "DQ"));
	cr_assert_eq(e->n_lines, 2);
	l = &e->lines[0];
	cr_expect(str_is(l->code_qual, "AD") && str_is(l->code, "D2750") && l->charge == 120000 && l->units == 1000);
	cr_expect(l->n_cavities == 2 && str_is(l->cavities[1], "20") && str_is(l->prosthesis, "I") && str_is(l->pos, "22"));
	cr_expect(l->n_teeth == 2 && str_is(l->teeth[0].number, "12") && l->teeth[0].n_surfaces == 2 &&
	    l->teeth[1].n_surfaces == 0);
	cr_expect(l->n_pointers == 2 && str_is(l->control, "LINE1") && l->n_parties == 4 && str_is(l->parties[3].role, "77"));
	cr_expect(e->lines[1].from == DAY_NONE && e->lines[1].units == 1000);
	arena_free(&a);
}

/* Edits of p_full.in: what it becomes, and what the reader must say. */
static struct str
edited(struct str file, const char *from, const char *to)
{
	const char *hit = strstr(file.p, from);

	cr_assert(hit != NULL, "%s", from);
	return arena_fmt(&a, "%.*s%s%s", (int)(hit - file.p), file.p, to, hit + strlen(from));
}

Test(x12_837, envelope_faults)
{
	static const struct { const char *from, *to, *place, *ik502, *ak905, *ta105; } rows[] = {
		{ "SE*143*", "SE*1143*", "SE01", "4", NULL, "000" },
		{ "SE*143*0001", "SE*143*0002", "SE02", "3", NULL, "000" },
		{ "SE*143*0001~\n", "", "SE", "2", NULL, "000" },
		{ "GE*1*101", "GE*2*101", "GE01", NULL, "5", "000" },
		{ "GE*1*101", "GE*1*102", "GE02", NULL, "4", "000" },
		{ "GE*1*101~\n", "", "GE", NULL, "3", "000" },
		{ "IEA*1*", "IEA*2*", "IEA01", NULL, NULL, "021" },
		{ "IEA*1*000000101", "IEA*1*000000102", "IEA02", NULL, NULL, "001" },
		{ "IEA*1*000000101~\n", "", "IEA", NULL, NULL, "023" },
		{ "*0*T*:~", "*0*X*:~", "ISA15", NULL, NULL, "020" },
		{ "*000000101*0*T", "*00000010A*0*T", "ISA13", NULL, NULL, "018" },
		{ "GE*1*101~\n", "XX*1~\nGE*1*101~\n", "XX", NULL, NULL, "022" },
		{ "ST*837*0001*005010X222A1", "ST*850*0001*004010", "ST", "1", NULL, "000" },
		{ "ST*837*0001*005010X222A1", "ST*837*0001*004010X098A1", "ST", "I6", NULL, "000" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct x12_intake in;
		const struct x12_interchange *ic;
		bool found = false;
		int n;

		arena_init(&a, 0);
		n = claims_read(&a, edited(slurp("p_full.in"), rows[i].from, rows[i].to), &in);
		cr_assert(in.n_interchanges == 1, "%s", rows[i].to);
		ic = &in.interchanges[0];
		for (size_t k = 0; k < in.faults.n; k++)
			found |= strstr(in.faults.v[k].place.p, rows[i].place) != NULL;
		cr_expect(n == 0 && in.n_refused == 2 && found, "%s: %d claims", rows[i].to, n);
		cr_expect(strcmp(ic->ta105, rows[i].ta105) == 0 && (ic->ta104 == 'R') == (strcmp(rows[i].ta105, "000") != 0),
		    "%s: TA105 %s", rows[i].to, ic->ta105);
		if (rows[i].ik502)
			cr_expect(ic->groups[0].sets[0].ik501 == 'R' &&
			    strcmp(ic->groups[0].sets[0].ik502[0], rows[i].ik502) == 0,
			    "%s", rows[i].to);
		if (rows[i].ak905)
			cr_expect(ic->groups[0].ak901 == 'R' && ic->groups[0].ak905[0] &&
			    strcmp(ic->groups[0].ak905[0], rows[i].ak905) == 0, "%s", rows[i].to);
		arena_free(&a);
	}
}

Test(x12_837, body_faults)
{
	static const struct { const char *from, *to; char ik501; const char *place, *ik304; } rows[] = {
		{ "HL*2*1*22*0", "HL*5*1*22*0", 'R', "HL01", "8" },
		{ "HL*2*1*22*0", "HL*2*9*22*0", 'R', "HL02", "8" },
		{ "NM1*DQ*1", "NM1*QQ*1", 'R', "NM1", "2" },
		{ "K3*FIXED FORMAT", "ZZZ*FIXED", 'R', "ZZZ", "1" },
		{ "K3*FIXED FORMAT", "SV2*0120", 'R', "SV2", "I4" },
		{ "K3*FIXED FORMAT", "K3*FIX\x01", 'R', "K301", "8" },
		{ "CLM*PCN-1*300", "CLM*PCN-1*3OO", 'R', "CLM02", "8" },
		{ "CLM*PCN-2*", "CLM**", 'R', "CLM01", "8" },
		{ "NM1*45*2*DROP", "NM1*PR*2*DROP", 'R', "NM1", "2" },
		{ "NM1*PR*2*OTHER PAYER*****PI*P0002", "NM1*IL*2*OTHER PAYER", 'R', "NM1", "4" },
		{ "DMG*D8*19700102", "DMG*D8*19701302", 'R', "DMG02", "8" },
		{ "MOA***MA01", "DMG*D8*19700102*F", 'R', "DMG", "2" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct x12_intake in;
		const struct x12_set *t;
		struct faults *f;
		int n;

		arena_init(&a, 0);
		n = claims_read_strict(&a, edited(slurp("p_full.in"), rows[i].from, rows[i].to), &in);
		t = &in.interchanges[0].groups[0].sets[0];
		f = rows[i].ik501 == 'R' ? &in.faults : &in.notes;
		cr_expect(t->ik501 == rows[i].ik501 && n == (t->ik501 == 'R' ? 0 : 2), "%s: IK501 %c", rows[i].to, t->ik501);
		cr_expect(t->n_errors > 0 && strcmp(t->errors[0].ik304, rows[i].ik304) == 0, "%s", rows[i].to);
		cr_expect(f->n > 0 && strstr(f->v[0].place.p, rows[i].place), "%s: %s", rows[i].to, f->n ? f->v[0].place.p : "");
		arena_free(&a);
	}
}

/* An interchange of another control number. */
static struct str
numbered(struct str file, const char *control)
{
	file = edited(file, "000000101*0*T", arena_fmt(&a, "%s*0*T", control).p);
	return edited(file, "IEA*1*000000101", arena_fmt(&a, "IEA*1*%s", control).p);
}

Test(x12_837, the_rest_of_the_file_is_taken)
{
	struct x12_intake in;
	struct str file, both;

	arena_init(&a, 0);
	file = slurp("i_full.in");
	both = arena_fmt(&a, STR_FMT "\r\n\r\n" STR_FMT STR_FMT, STR_ARG(numbered(edited(file, "SE*9", "SE*8"), "000000107")),
	    STR_ARG(slurp("separators.in")), STR_ARG(numbered(slurp("p_full.in"), "000000108")));
	cr_expect_eq(claims_read(&a, both, &in), 3);
	cr_expect(in.n_interchanges == 3 && in.n_refused == 1 && in.faults.n == 1);
	cr_expect(in.interchanges[0].groups[0].ak901 == 'R' && in.interchanges[1].groups[0].ak901 == 'A');
	cr_expect(in.claims[0].interchange == 1 && in.claims[2].interchange == 2);
	arena_free(&a);
}

Test(x12_837, twins_of_one_group)
{
	struct x12_intake in;
	struct str file;
	const char *st, *ge;

	arena_init(&a, 0);
	file = slurp("i_full.in");
	st = strstr(file.p, "ST*");
	ge = strstr(file.p, "GE*1");
	file = arena_fmt(&a, "%.*sGE*2%s", (int)(ge - file.p), file.p, ge + 4);
	file = arena_fmt(&a, "%.*s%.*s%s", (int)(strstr(file.p, "GE*2") - file.p), file.p, (int)(ge - st), st,
	    strstr(file.p, "GE*2"));
	cr_expect_eq(claims_read(&a, file, &in), 1);
	cr_expect(in.interchanges[0].groups[0].ak901 == 'P' && in.n_refused == 1);
	cr_expect_str_eq(in.interchanges[0].groups[0].sets[1].ik502[0], "23");
	arena_free(&a);
}

/* A value with a separator is blanked in words, refused in ids, and never reaches the bytes. */
Test(x12_837, separators_in_data)
{
	static const struct str dirty[] = { { "A*B", 3 }, { "A~B", 3 }, { "A:B", 3 }, { "A^B", 3 }, { "A\nB", 3 } };

	for (size_t i = 0; i < sizeof dirty / sizeof *dirty; i++) {
		struct x12_intake in, again;
		struct x12_written w;
		struct encounter *e;

		arena_init(&a, 0);
		cr_assert_eq(claims_read(&a, slurp("p_full.in"), &in), 2);
		e = in.claims[0].e;
		e->coverages[0].subscriber.last = dirty[i];
		e->billing.line1 = dirty[i];
		cr_expect(claims_write(&a, &in, &w) >= 0 && claims_read(&a, w.bytes, &again) == 2 &&
		    str_is(again.claims[0].e->coverages[0].subscriber.last, "A B"), "words %zu", i);
		e->billing.id = dirty[i];
		cr_expect(claims_write(&a, &in, &w) == E_VALUE && w.bytes.n == 0 && strstr(w.faults.v[0].place.p, "claim 1") &&
		    strstr(w.faults.v[0].place.p, "2010AA NM109"), "id %zu", i);
		arena_free(&a);
	}
}

/* As in a file, each text of a copy begins where the one before ends, also one that is empty. */
Test(x12_837, copies_of_segments)
{
	static const struct { const char *el[4]; unsigned marks; size_t size; } rows[] = {
		{ { "N3", "", "1 MAIN", "" }, 0, 8 }, { { "N3", "", "1 M\xc9", "" }, X12_ODD, 7 },
		{ { "N3", "", "", "" }, X12_ODD, 2 }, { { "N3", "\xc3\x89", "", "\xc9" }, X12_ODD, 6 },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct str el[4];
		struct x12_seg s = { .id = str_of(rows[i].el[0]), .el = el, .n = 3, .marks = rows[i].marks }, copy;
		const char *next;

		arena_init(&a, 0);
		for (size_t k = 0; k < 4; k++)
			el[k] = str_of(rows[i].el[k]);
		cr_assert(x12_seg_copy(&a, &s, &copy));
		next = copy.el[0].p;
		for (unsigned k = 0; k <= copy.n; k++) {
			cr_expect(copy.el[k].p == next && str_is_utf8(copy.el[k]), "row %zu, element %u", i, k);
			next += copy.el[k].n;
		}
		cr_expect((size_t)(next - copy.el[0].p) == rows[i].size, "row %zu", i);
		arena_free(&a);
	}
}

Test(x12_837, incomplete_claims_are_refused)
{
	static const char *const place[] = { "CLM01", "CLM05", "2010AA NM103", "2000B SBR01", "2010BB NM103", "LX01",
	    "BHT06", "PAT01" };

	for (size_t i = 0; i < sizeof place / sizeof *place; i++) {
		struct x12_intake in;
		struct x12_written w;
		struct encounter *e;
		bool found = false;

		arena_init(&a, 0);
		cr_assert_eq(claims_read(&a, slurp("p_full.in"), &in), 2);
		e = in.claims[1].e;
		cr_expect(claims_write(&a, &in, &w) >= 0, "%s", place[i]);
		switch (i) {
		case 0: e->pcn = STR_NONE; break;
		case 1: e->pos = STR_NONE; break;
		case 2: e->billing.last = STR_NONE; break;
		case 3: e->n_coverages = 0; break;
		case 4: e->coverages[0].payer.last = e->coverages[0].payer.id = STR_NONE; break;
		case 5: e->n_lines = 0; break;
		case 6: e->bht_type = S("C*"); break;
		default: e->coverages[0].relation = STR_NONE; break;
		}
		cr_expect(claims_write(&a, &in, &w) == (i == 6 ? E_VALUE : E_INCOMPLETE), "%s", place[i]);
		for (size_t k = 0; k < w.faults.n; k++)
			found |= strstr(w.faults.v[k].place.p, place[i]) && strstr(w.faults.v[k].place.p, "claim 2");
		cr_expect(found, "%s", place[i]);
		arena_free(&a);
	}
}

/* One HL 20 for claims of one provider, a new ST after max_per_st claims or for another BHT06. */
Test(x12_837, hierarchy)
{
	struct x12_837_spec s = claims_out;
	struct x12_out v[6];
	struct claim_view views[6];
	struct x12_intake in, again;
	struct x12_written w;
	size_t hl20 = 0;

	arena_init(&a, 0);
	cr_assert_eq(claims_read(&a, slurp("p_full.in"), &in), 2);
	for (size_t i = 0; i < 6; i++) {
		v[i] = (struct x12_out){ in.claims[i / 3].e, &views[i] };
		(void)claim_view(&a, v[i].e, &views[i]);
	}
	s.max_per_st = 4;
	cr_assert(x12_write_837(&a, &s, v, 6, &w) >= 0);
	cr_expect(w.n_sets == 2 && str_is(w.st02[3], "0001") && str_is(w.st02[4], "0002"));
	for (const char *p = w.bytes.p; (p = strstr(p, "**20*1~")); p++)
		hl20++;
	cr_expect_eq(hl20, 2, "one HL 20 in each set, found %zu", hl20);
	cr_expect_eq(claims_read(&a, w.bytes, &again), 6);
	cr_expect(again.faults.n == 0 && str_is(again.claims[5].e->patient.first, "ROSE"));
	s.max_per_st = 0;
	in.claims[1].e->bht_type = S("RP");
	cr_assert(x12_write_837(&a, &s, v, 6, &w) >= 0);
	cr_expect(w.n_sets == 2 && str_is(w.st02[2], "0001") && str_is(w.st02[3], "0002"));
	arena_free(&a);
}

Test(x12_837, every_truncation_and_every_byte)
{
	static const char *const names[] = { "p_full.in", "i_full.in", "d_full.in", "separators.in" };
	static const char bytes[] = { 0, '*', '~', ':', 'Z', '9', '\n', (char)0xff };

	for (size_t i = 0; i < 4; i++) {
		struct arena keep;
		struct str file;
		char *copy;

		arena_init(&a, 0);
		file = slurp(names[i]);
		keep = a;
		for (size_t n = 0; n < file.n - 1; n++) {
			struct x12_intake in;

			arena_init(&a, 0);
			cr_expect(claims_read(&a, (struct str){ file.p, n }, &in) <= 0 || n + 2 >= file.n,
			    "%s cut at %zu", names[i], n);
			cr_expect(in.faults.n > 0 || n + 2 >= file.n, "%s cut at %zu", names[i], n);
			arena_free(&a);
		}
		copy = (char *)(uintptr_t)file.p;
		for (size_t n = 0; n < file.n; n++) {
			struct x12_intake in;
			char was = copy[n];
			int rc;

			arena_init(&a, 0);
			copy[n] = bytes[n % sizeof bytes];
			rc = claims_read(&a, file, &in);
			cr_expect(rc >= 0 || in.faults.n > 0, "%s byte %zu", names[i], n);
			copy[n] = was;
			arena_free(&a);
		}
		arena_free(&keep);
	}
}

/* A chart from another door, with no more than a claim needs: what the standard pairs or counts is filled in. */
Test(x12_837, bare_encounter)
{
	static const char json[] = "{\"source\":\"json\",\"type\":\"P\",\"pcn\":\"A1\",\"charge\":\"90.00\",\"pos\":\"11\","
	    "\"patient\":{\"person\":true,\"last\":\"DOE\",\"first\":\"JANE\",\"dob\":\"1970-01-02\",\"sex\":\"F\","
	    "\"line1\":\"3 ELM ST\","
	    "\"city\":\"SPRINGFIELD\",\"state\":\"IL\",\"zip\":\"627040000\"},"
	    "\"billing\":{\"last\":\"CLINIC\",\"id\":\"1234567893\",\"taxonomy\":\"207Q00000X\"},"
	    "\"coverages\":[{\"payer\":{\"last\":\"PAYER\",\"id\":\"P1\"},\"subscriber\":{\"id\":\"M1\"}}],"
	    "\"lines\":[{\"number\":1,\"code\":\"99213\",\"charge\":\"90.00\",\"units\":\"1\",\"from\":\"2026-02-26\"}],"
	    "\"coded\":[{\"code\":\"E119\",\"role\":\"principal\"},{\"code\":\"I10\",\"role\":\"other\"}]}";
	static const char *const want[] = {
		"PRV*BI*PXC*207Q00000X~", "NM1*85*2*CLINIC*****XX*1234567893~", "HL*2*1*22*0~", "SBR*P*18~",
		"NM1*IL*1*DOE*JANE****MI*M1~", "DMG*D8*19700102*F~", "NM1*PR*2*PAYER*****PI*P1~", "CLM*A1*90***11:B:1~",
		"HI*ABK:E119*ABF:I10~", "SV1*HC:99213*90*UN*1***1:2~", "DTP*472*D8*20260226~",
	};
	struct x12_written w;
	struct claim_view view;
	struct x12_out one;
	struct faults f;
	struct encounter *e;

	arena_init(&a, 0);
	f = (struct faults){ .a = &a };
	e = rec_new(&a);
	cr_assert_eq(rec_from_json(&a, str_of(json), e, &f), 0, "%s", f.n ? f.v[0].words.p : "");
	cr_assert(claim_view(&a, e, &view) >= 0);
	one = (struct x12_out){ e, &view };
	cr_assert_eq(x12_write_837(&a, &claims_out, &one, 1, &w), 0, "%s", w.faults.n ? w.faults.v[0].place.p : "");
	for (size_t i = 0; i < sizeof want / sizeof *want; i++)
		cr_expect(strstr(w.bytes.p, want[i]) != NULL, "%s", want[i]);
	arena_free(&a);
}
