/* test_x12_remit.c - payments in and out: golden, fields, both codecs, what is refused, and what is kept and noted. */
#include "base/file.h"
#include "support/shared.h"
#include "x12/remit.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct arena a;

static const struct x12_ends ends = { { "ZZ", 2 }, { "PAYER", 5 }, { "ZZ", 2 }, { "CLINIC", 6 }, { "PAYER", 5 }, { "CLINIC", 6 },
	'T', 77, INT64_C(1772366400000) };

static struct str
slurp(const char *name)
{
	return repo_file(&a, arena_fmt(&a, "tests/golden/x12/%s", name).p);
}

static int
write_all(const struct x12_remits *r, struct x12_written *w)
{
	return x12_write_835(&a, &ends, (const struct payment *const *)r->v, r->n, w);
}

static struct str
json_of(const struct payment *pay)
{
	struct str out = STR_NONE;

	(void)rec_object_to_json(&a, &rec_payment, pay, false, &out);
	return out;
}

Test(x12_remit, golden)
{
	struct x12_remits r, again;
	struct x12_written w, twice;
	struct str file;

	arena_init(&a, 0);
	file = slurp("r_full.in");
	cr_assert_eq(x12_read_remit(&a, file, false, &r), 2);
	cr_expect(r.faults.n == 0 && r.notes.n == 0, "%s", r.notes.n ? r.notes.v[0].place.p : "");
	cr_assert(write_all(&r, &w) == 0 && write_all(&r, &twice) == 0);
	cr_expect(str_eq(w.bytes, file), "what was read is not what is written:\n%.*s", STR_ARG(w.bytes));
	cr_expect(str_eq(w.bytes, twice.bytes) && w.n_sets == 2 && str_is(w.st02[1], "0002"));
	cr_assert_eq(x12_read_remit(&a, w.bytes, false, &again), 2);
	for (size_t i = 0; i < 2; i++)
		cr_expect(str_eq(json_of(r.v[i]), json_of(again.v[i])), "payment %zu", i + 1);
	arena_free(&a);
}

/* The rows themselves: names once, bounds within limits.def, a no_ field only behind a number. */
Test(x12_remit, rows_of_remit_def_are_sound)
{
	static const struct rec_object *const all[] = {
#define BEGIN(object, words) &rec_##object,
#include "schemas/remit.def"
	};

	for (size_t k = 0; k < sizeof all / sizeof *all; k++)
		for (size_t i = 0; i < all[k]->n; i++) {
			const struct rec_field *f = &all[k]->fields[i];

			for (size_t j = 0; j < i; j++)
				cr_expect(strcmp(f->name, all[k]->fields[j].name) != 0, "%s.%s twice", all[k]->name, f->name);
			cr_expect(f->since >= 1 && f->since <= REC_VERSION && f->words[0] != '\0', "%s.%s",
			    all[k]->name, f->name);
			cr_expect((f->kind != K_TEXT && f->kind != K_MANY && f->kind != K_STRS && f->kind != K_INT) ||
			    f->max > 0, "%s.%s: max", all[k]->name, f->name);
			cr_expect(strncmp(f->name, "no_", 3) != 0 ||
			    (f->kind == K_BOOL && i && strcmp(f->name + 3, f[-1].name) == 0 &&
			    (f[-1].kind == K_CENTS || f[-1].kind == K_MILLI)), "%s.%s", all[k]->name, f->name);
		}
}

static void
expect_claim(const struct paid_claim *c)
{
	cr_expect(str_is(c->pcn, "PCN-1") && str_is(c->status, "1") && c->charge == 100050 && c->paid == 64550 &&
	    c->section == 1);
	cr_expect(c->owes == 12000 && !c->no_owes && str_is(c->filing, "12") && str_is(c->payer_control, "PAYER-1"));
	cr_expect(str_is(c->place, "11") && str_is(c->frequency, "1") && str_is(c->drg, "470") &&
	    str_is(c->drg_weight, "1.2345"));
	cr_expect(c->n_parties == 5 && str_is(paid_claim_party(c, "74")->last, "DOUGH") && !paid_claim_party(c, "GB"));
	cr_expect(str_is(c->inpatient_remark, "N1") && c->n_inpatient_remarks == 3 && str_is(c->inpatient_remarks[2], "N3"));
	cr_expect(c->n_outpatient_remarks == 3 && c->outpatient_remarks[1].n == 0 && str_is(c->outpatient_remarks[2], "MA18"));
	cr_expect(c->from == day_of(2026, 2, 1) && c->to == day_of(2026, 2, 3) && c->received == day_of(2026, 2, 15));
	cr_expect(c->expired == day_of(2026, 12, 31) && c->n_dates == 1 && c->n_refs == 2 && c->n_amounts == 2);
	cr_expect(c->n_adjustments == 1 && c->quantities[0].units == 2500 && c->n_lines == 2 && c->n_extras == 3);
}

static void
expect_line(const struct paid_line *l)
{
	cr_expect(str_is(l->code_qual, "HC") && str_is(l->code, "99213") && l->n_modifiers == 2 && str_is(l->words, "A WORD"));
	cr_expect(l->charge == 70050 && l->paid == 54550 && l->units == 2000 && paid_line_billed(l) == 3000);
	cr_expect(str_is(l->original, "HC:99214") && str_is(l->control, "LINE1") && l->n_refs == 2);
	cr_expect(paid_line_from(l) == day_of(2026, 2, 1) && paid_line_to(l) == day_of(2026, 2, 3));
	cr_expect(l->n_adjustments == 4 && l->adjustments[1].units == 1000 && l->adjustments[2].set == 1 &&
	    l->adjustments[3].set == 0);
	cr_expect(l->n_remarks == 2 && str_is(l->remarks[1].code, "M15") && l->amounts[0].cents == 60550 && l->n_quantities == 1);
}

Test(x12_remit, fields)
{
	struct x12_remits r;
	const struct payment *p;
	const struct paid_line *l;

	arena_init(&a, 0);
	cr_assert_eq(x12_read_remit(&a, slurp("r_full.in"), false, &r), 2);
	p = r.v[0];
	cr_expect(str_is(p->sender, "PAYER") && str_is(p->isa13, "000000077") && str_is(p->gs06, "77") &&
	    str_is(p->st02, "0001"));
	cr_expect(str_is(p->handling, "I") && p->amount == 94550 && str_is(p->sign, "C") && str_is(p->method, "ACH"));
	cr_expect(str_is(p->to_account, "44") && p->day == day_of(2026, 3, 1) && str_is(p->trace, "TRACE-1"));
	cr_expect(p->produced == day_of(2026, 2, 28) && p->n_refs == 2 && p->n_extras == 1 && p->n_sections == 2);
	cr_expect(str_is(p->payer.last, "TEST PAYER") && str_is(p->payer.contact, "HELP DESK") && p->payer.n_extras == 3);
	cr_expect(str_is(p->payee.id, "1234567893") && str_is(p->payee.refs[0].qual, "TJ"));
	cr_expect(p->sections[0].claims == 2 && p->sections[0].charge == 150050 && p->sections[0].n_extras == 2);
	cr_assert_eq(p->n_claims, 3);
	expect_claim(&p->claims[0]);
	expect_line(&p->claims[0].lines[0]);
	l = &p->claims[0].lines[1];
	cr_expect(str_is(l->revenue, "0450") && l->no_units && paid_line_units(l) == 1000 &&
	    paid_line_from(l) == day_of(2026, 2, 2));
	cr_expect(p->claims[1].no_owes && p->claims[1].charge == -50000 && p->claims[1].section == 2);
	cr_expect(!p->claims[2].no_owes && p->claims[2].lines[0].units == 0 && !p->claims[2].lines[0].no_units);
	cr_expect(p->n_adjustments == 3 && p->adjustments[0].cents == -31000 && str_is(p->adjustments[1].reason, "L6"));
	cr_expect(p->adjustments[1].reference.n == 0 && p->adjustments[2].set == 2);
	cr_expect(r.v[1]->claims[0].section == 0 && r.v[1]->n_sections == 0);
	arena_free(&a);
}

Test(x12_remit, both_codecs)
{
	struct x12_remits r;
	struct payment back;
	struct faults f = { .a = &a };
	struct str bytes, text, hidden;

	arena_init(&a, 0);
	cr_assert_eq(x12_read_remit(&a, slurp("r_full.in"), false, &r), 2);
	text = json_of(r.v[0]);
	rec_init(&rec_payment, &back);
	cr_assert(rec_object_pack(&a, &rec_payment, r.v[0], &bytes) == 0);
	cr_assert(rec_object_unpack(&a, bytes, &rec_payment, &back) == 0);
	cr_expect(str_eq(json_of(&back), text), "msgpack");
	for (size_t n = 0; n < bytes.n; n++) {
		rec_init(&rec_payment, &back);
		cr_expect(rec_object_unpack(&a, (struct str){ bytes.p, n }, &rec_payment, &back) < 0, "cut at %zu", n);
	}
	rec_init(&rec_payment, &back);
	cr_assert(rec_object_from_json(&a, text, &rec_payment, &back, &f) == 0, "%s", f.n ? f.v[0].place.p : "");
	cr_expect(str_eq(json_of(&back), text), "JSON");
	cr_assert(rec_object_to_json_redacted(&a, &rec_payment, r.v[0], &hidden) == 0);
	cr_expect(!memmem(hidden.p, hidden.n, "DOE", 3) && !memmem(hidden.p, hidden.n, "PCN-1", 5) &&
	    memmem(hidden.p, hidden.n, "TRACE-1", 7));
	arena_free(&a);
}

Test(x12_remit, schema_file_is_the_table)
{
	static const char path[] = CL_SOURCE_DIR "/schemas/json/payment.schema.json";
	struct str want, have;

	arena_init(&a, 0);
	cr_assert(rec_payment_schema(&a, &want) == 0);
	want = arena_fmt(&a, STR_FMT "\n", STR_ARG(want));
	if (getenv("UPDATE_GOLDEN"))
		(void)file_write_atomic(path, want, true);
	cr_expect(file_read(&a, path, LIMIT_INPUT, &have) == 0 && str_eq(have, want), "UPDATE_GOLDEN=1 rewrites %s", path);
	arena_free(&a);
}

/* ---- what is refused, and what is noted ---- */

static struct str
edited(struct str file, const char *from, const char *to)
{
	const char *hit = memmem(file.p, file.n, from, strlen(from));

	cr_assert(hit != NULL, "%s", from);
	return arena_fmt(&a, "%.*s%s%.*s", (int)(hit - file.p), file.p, to, (int)(file.n - (size_t)(hit - file.p) - strlen(from)),
	    hit + strlen(from));
}

static bool
says(const struct faults *f, const char *place)
{
	for (size_t i = 0; i < f->n; i++)
		if (strstr(f->v[i].place.p, place))
			return true;
	return false;
}

Test(x12_remit, faults)
{
	static const struct { const char *from, *to; int n; const char *place; } rows[] = {
		{ "SE*70*0001", "SE*71*0001", 1, "SE01" },
		{ "SE*70*0001", "SE*70*0009", 1, "SE02" },
		{ "SE*70*0001~\n", "", 1, "SE" },
		{ "SE*12*0002~\nGE*2*77~\nIEA*1*000000077~\n", "", 1, "SE" },
		{ "CLP*PCN-1*1*1000.5", "CLP*PCN-1*1*1OOO.5", 1, "CLP03" },
		{ "BPR*I*945.5", "BPR*I*945.555", 1, "BPR02" },
		{ "SVC*HC:99213*100*0", "SVC*HC:99213*100*O", 1, "SVC03" },
		{ "CLP*PCN-2*22*-500*0*", "CLP*PCN-2*22*-500*0:*", 1, "CLP04" },
		{ "REF*F2*V1", "REF*F2*V\x01", 1, "?" },
		{ "ST*835*0001", "ST*820*0001", 1, "ST01" },
		{ "ST*835*0001", "ST*837*0001*005010X222A1", 1, "ST01" },
		{ "X*005010X221A1", "X*004010X091A1", 0, "GS08" },
		{ "GE*2*77~\n", "GE*2*77~\nXX*1~\n", 2, "between" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct x12_remits r;

		arena_init(&a, 0);
		cr_expect_eq(x12_read_remit(&a, edited(slurp("r_full.in"), rows[i].from, rows[i].to), false, &r),
		    rows[i].n, "%s: %zu", rows[i].to, r.n);
		cr_expect(says(&r.faults, rows[i].place) || (i == 8 && r.faults.n), "%s: %s", rows[i].to,
		    r.faults.n ? r.faults.v[0].place.p : "");
		arena_free(&a);
	}
}

/* Each is taken, noted where it stands, and written as it came. */
Test(x12_remit, oddities_are_kept)
{
	static const struct { const char *from, *to, *place, *out; } rows[] = {
		{ "REF*F2*V1~", "ZZ*1*2~", "HEADER, ZZ", "ZZ*1*2~" },
		{ "RDM*OL*SITE*WWW.EXAMPLE.ORG~", "N1*PR*TWICE~", "1000B, N1", "N1*PR*TWICE~" },
		{ "TS2*10*20**30~", "K3*1~", "2000, K3", "K3*1~" },
		{ "QTY*CA*2.5~", "NTE*ADD*HELLO~", "2100, NTE", "NTE*ADD*HELLO~" },
		{ "LQ*HE*M15~", "MEA*1~", "2110, MEA", "MEA*1~" },
		{ "LQ*HE*M15~", "AMT*B6*1.234~", NULL, "AMT*B6*1.234~" },
		{ "CAS*PR*1*60~", "CAS*PR*1*SIXTY~", "2110, CAS", "CAS*PR*1*SIXTY~" },
		{ "PLB*1234567893*20261231*72:REF-2*5~", "PLB*1234567893*20261331*72:REF-2*5~", "SUMMARY, PLB",
		    "*20261331*72:REF-2*5~" },
		{ "*20260301~\nTRN*1*TRACE-1", "*20261301~\nTRN*1*TRACE-1", "BPR16", "*44*20261301~" },
		{ "DTM*472*20260202~\nCAS*OA", "DTM*472*20261302~\nCAS*OA", NULL, "DTM*472*20261302~" },
		{ "SVC*NU:0450*300*100*0450~", "SVC*NU:0450*300*100*04500~", "SVC04", "SVC*NU:0450*300*100*04500~" },
		{ "CAS*PR*3*60~", "CAS*PR*3*60*0~", NULL, "CAS*PR*3*60~" },
		{ "GE*2*77~", "GE*3*77~", "GE01", "GE*2*77~" },
		{ "IEA*1*000000077~", "IEA*1*000000078~", "IEA02", "IEA*1*000000077~" },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct x12_remits r, again;
		struct x12_written w;

		arena_init(&a, 0);
		cr_assert_eq(x12_read_remit(&a, edited(slurp("r_full.in"), rows[i].from, rows[i].to), false, &r), 2,
		    "%s", rows[i].to);
		cr_expect(r.faults.n == 0 && (rows[i].place ? says(&r.notes, rows[i].place) : r.notes.n == 0),
		    "%s: %s", rows[i].to, r.notes.n ? r.notes.v[0].place.p : "no note");
		cr_assert(write_all(&r, &w) == 0, "%s: %s", rows[i].to, w.faults.n ? w.faults.v[0].place.p : "");
		cr_expect(memmem(w.bytes.p, w.bytes.n, rows[i].out, strlen(rows[i].out)) != NULL, "%s", rows[i].out);
		cr_assert_eq(x12_read_remit(&a, w.bytes, false, &again), 2, "%s", rows[i].to);
		cr_expect(str_eq(json_of(r.v[0]), json_of(again.v[0])), "%s", rows[i].to);
		arena_free(&a);
	}
}

Test(x12_remit, claims_behind_plb)
{
	struct x12_remits r;

	arena_init(&a, 0);
	cr_assert_eq(x12_read_remit(&a, edited(slurp("r_full.in"), "LX*2~", "PLB*1*20261231*L6*1~\nLX*2~"), false, &r), 1);
	cr_expect(says(&r.notes, "SUMMARY, LX") && says(&r.faults, "SE01"));
	cr_assert_eq(x12_read_remit(&a, edited(slurp("r_full.in"), "LX*2~", "PLB*1*20261231*L6*1~"), false, &r), 2);
	cr_expect(says(&r.notes, "SUMMARY, CLP") && r.v[0]->n_claims == 3 && r.v[0]->n_adjustments == 4);
	arena_free(&a);
}

/* A claim's segment behind its lines joins the claim, and what follows is still the line's. */
Test(x12_remit, claim_segments_behind_lines)
{
	struct x12_remits r;

	arena_init(&a, 0);
	cr_assert_eq(x12_read_remit(&a, edited(slurp("r_full.in"), "CAS*OA*23*140~", "NM1*GB*1*LATE~\nCAS*OA*23*140~"),
	    false, &r), 1);
	arena_free(&a);
	arena_init(&a, 0);
	cr_assert_eq(x12_read_remit(&a,
	    edited(edited(slurp("r_full.in"), "CAS*OA*23*140~", "NM1*GB*1*LATE~\nCAS*OA*23*140~"), "SE*70",
	    "SE*71"), false, &r), 2);
	cr_expect(r.notes.n == 1 && paid_claim_party(&r.v[0]->claims[0], "GB") && r.v[0]->claims[0].lines[1].n_adjustments == 2);
	arena_free(&a);
}

Test(x12_remit, bare_sets)
{
	static const char bare[] = "\r\nST*835*7~BPR*H*0*C*NON************20260301~TRN*1*T2*1234567890~N1*PR*A~N1*PE*B~"
	    "CLP*P*4*100*0~SVC*HC:99213*100*0~SE*9*7~";
	struct x12_remits r;

	arena_init(&a, 0);
	cr_expect(x12_read_remit(&a, S(bare), false, &r) < 0 && r.faults.n == 1, "only when allowed");
	cr_assert_eq(x12_read_remit(&a, S(bare), true, &r), 1);
	cr_expect(says(&r.notes, "segment 8, SE01") && str_is(r.v[0]->st02, "7") && r.v[0]->n_claims == 1 &&
	    r.v[0]->isa13.n == 0);
	cr_expect(x12_read_remit(&a, slurp("r_full.in"), true, &r) == 2, "an envelope is welcome all the same");
	arena_free(&a);
}

/* Another separator than ISA16 says, as two payers of the samples have it. */
Test(x12_remit, undeclared_component_separator)
{
	struct x12_remits r;

	arena_init(&a, 0);
	cr_assert_eq(x12_read_remit(&a, edited(slurp("r_full.in"), "SVC*HC:99213*100*0", "SVC*HC>99213>25*100*0"), false, &r), 2);
	cr_expect(says(&r.notes, "SVC01") && str_is(r.v[1]->claims[0].lines[0].code, "99213") &&
	    r.v[1]->claims[0].lines[0].n_modifiers == 1);
	arena_free(&a);
}

/* ---- a segment at a time, from bytes that do not last ---- */

Test(x12_remit, segments_need_not_last)
{
	struct x12_remits r;
	struct x12_remit *one;
	struct x12_reader *in;
	struct x12_seg s;
	struct payment pay;
	struct faults f = { .a = &a }, notes = { .a = &a };

	arena_init(&a, 0);
	cr_assert_eq(x12_read_remit(&a, slurp("r_full.in"), false, &r), 2);
	cr_assert(x12_open(&a, slurp("r_full.in"), &f, &in) == 0);
	rec_init(&rec_payment, &pay);
	for (int i = 0; i < 3; i++)
		cr_assert(x12_next(in, &s) == 1);
	one = x12_remit_begin(&a, x12_seps(in), &pay, &f, &notes);
	while (x12_next(in, &s) == 1 && !str_is(s.id, "SE")) {
		struct str el[LIMIT_ELEMENTS + 1];
		struct x12_seg copy = s;
		char bytes[256];
		size_t n = 0;

		for (unsigned i = 0; i <= s.n; i++) {
			el[i] = (struct str){ bytes + n, s.el[i].n };
			(void)memcpy(bytes + n, s.el[i].n ? s.el[i].p : "", s.el[i].n);
			n += s.el[i].n;
		}
		copy.el = el;
		copy.id = el[0];
		x12_remit_seg(one, &copy);
		(void)memset(bytes, '!', sizeof bytes);
	}
	cr_assert(x12_remit_end(one) == 0 && notes.n == 0);
	r.v[0]->sender = r.v[0]->receiver = r.v[0]->usage = r.v[0]->isa13 = r.v[0]->gs06 = r.v[0]->st02 = STR_NONE;
	cr_expect(str_eq(json_of(&pay), json_of(r.v[0])));
	arena_free(&a);
}

/* ---- writing ---- */

Test(x12_remit, unfit_payments_are_refused)
{
	static const char *const place[] = { "HEADER BPR04", "HEADER TRN02", "1000A N102", "1000B N102",
	    "2100 CLP01", "2100 CLP02",
	    "2100 CLP", "2100N NM109", "2110 SVC01", "SUMMARY PLB03" };

	for (size_t i = 0; i < sizeof place / sizeof *place; i++) {
		struct x12_remits r;
		struct x12_written w;
		struct payment *p;

		arena_init(&a, 0);
		cr_assert_eq(x12_read_remit(&a, slurp("r_full.in"), false, &r), 2);
		p = r.v[0];
		switch (i) {
		case 0: p->method = STR_NONE; break;
		case 1: p->trace = STR_NONE; break;
		case 2: p->payer.last = p->payer.id = STR_NONE; break;
		case 3: p->payee.last = p->payee.id = STR_NONE; break;
		case 4: p->claims[1].pcn = STR_NONE; break;
		case 5: p->claims[2].status = STR_NONE; break;
		case 6: p->claims[2].section = 3; break;
		case 7: p->claims[0].parties[0].id = S("M*1"); break;
		case 8: p->claims[0].lines[0].code = S("99:213"); break;
		default: p->adjustments[0].reference = S("A~B"); break;
		}
		cr_expect(write_all(&r, &w) < 0 && w.bytes.n == 0, "%s", place[i]);
		cr_expect(says(&w.faults, place[i]) && says(&w.faults, "claim 1"), "%s: %s", place[i],
		    w.faults.n ? w.faults.v[0].place.p : "");
		arena_free(&a);
	}
}

Test(x12_remit, every_truncation_and_every_byte)
{
	static const char bytes[] = { 0, '*', '~', ':', 'Z', '9', '\n', (char)0xff };
	struct arena keep;
	struct str file;

	arena_init(&a, 0);
	file = slurp("r_full.in");
	keep = a;
	for (size_t n = 0; n < file.n; n++) {
		struct x12_remits r;
		char *copy;

		arena_init(&a, 0);
		cr_expect(x12_read_remit(&a, (struct str){ file.p, n }, false, &r) < 2 || n + 30 > file.n, "%zu", n);
		copy = (char *)(uintptr_t)arena_str(&a, file).p;
		copy[n] = bytes[n % sizeof bytes];
		(void)x12_read_remit(&a, (struct str){ copy, file.n }, false, &r);
		arena_free(&a);
	}
	arena_free(&keep);
}
