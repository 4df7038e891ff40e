/*
 * test_x12_remit.c - the 835 of the samples: line by line what another reader made of three of them, the balance rule,
 * and every sound one read, written and read again with the same segments. Needs ../shared.
 */
#include "support/segments.h"
#include "support/shared.h"
#include "x12/remit.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#define THEIRS	"edi-835-parser/"
#define OURS	"herophilus/"

static struct arena a;

/* ---- the tables of edi-835-parser: one row per service line ---- */

struct at { const struct payment *pay; const struct paid_claim *c; const struct paid_line *l; };

static bool
same_number(struct str cell, bool is, int64_t have, bool (*parse)(struct str, int64_t *))
{
	int64_t want;

	return is ? cell.n && parse(cell, &want) && want == have : cell.n == 0;
}

static bool
same_cents(struct str cell, bool is, cents_t have)
{
	return same_number(cell, is, have, cents_parse);
}

static bool
same_milli(struct str cell, bool is, milli_t have)
{
	return same_number(cell, is, have, milli_parse);
}

static bool
same_text(struct str cell, struct str have)
{
	return cell.n ? str_eq(cell, have) : have.n == 0;
}

static bool
same_day(struct str cell, day_t have)
{
	return cell.n ? have != DAY_NONE && day_parse(cell) == have : have == DAY_NONE;
}

static const struct amount *
allowed(const struct paid_line *l)
{
	for (size_t i = 0; i < l->n_amounts; i++)
		if (str_is(l->amounts[i].qual, "B6"))
			return &l->amounts[i];
	return NULL;
}

/* They write names as First Last, with capitals of their own. */
static bool
same_name(struct str cell, const struct party *p)
{
	return p && str_ieq(cell, arena_fmt(&a, STR_FMT " " STR_FMT, STR_ARG(p->first), STR_ARG(p->last)));
}

/* Their reader takes the first reason of a CAS and leaves the others out; the lines balance only with all of them. */
static const struct adjustment *
first_of_cas(const struct paid_line *l, int64_t nth)
{
	for (size_t i = 0; i < l->n_adjustments; i++) {
		const struct adjustment *j = &l->adjustments[i];

		if ((i == 0 || !str_eq(j->group, j[-1].group) || j->set != j[-1].set) && nth-- == 0)
			return j;
	}
	return NULL;
}

/* adj_1_code, ref_0_value, rem_0_qual: the kind, the place from 0, the part. */
static bool
same_member(struct str cell, struct str column, const struct paid_line *l)
{
	struct str kind = str_cut(&column, '_'), place = str_cut(&column, '_'), part = column;
	struct adjustment j = { 0 };
	struct reference ref = { 0 };
	struct remark rem = { 0 };
	int64_t i;

	if (!str_to_int(place, &i) || i < 0)
		return false;
	if (str_is(kind, "adj")) {
		const struct adjustment *first = first_of_cas(l, i);

		j = first ? *first : j;
		return str_is(part, "amount") ? same_cents(cell, first != NULL, j.cents) :
		    str_is(part, "code") ? same_text(cell, j.reason) : str_is(part, "group") && same_text(cell, j.group);
	}
	if (str_is(kind, "ref")) {		/* the line's own id has a field of its own */
		int64_t own = l->control.n > 0;

		ref = own && i == 0 ? (struct reference){ S("6R"), l->control, STR_NONE } :
		    i - own < (int64_t)l->n_refs ? l->refs[i - own] : ref;
		return str_is(part, "qual") ? same_text(cell, ref.qual) : str_is(part, "value") && same_text(cell, ref.value);
	}
	rem = i < (int64_t)l->n_remarks ? l->remarks[i] : rem;
	return str_is(kind, "rem") &&
	    (str_is(part, "qual") ? same_text(cell, rem.list) : str_is(part, "code") && same_text(cell, rem.code));
}

static bool
same_cell(struct str column, struct str cell, const struct at *at)
{
	const struct paid_line *l = at->l;
	const struct amount *b6 = allowed(l);
	const struct party *rendering = paid_claim_party(at->c, "82");

	if (str_is(column, "marker"))
		return same_text(cell, at->c->pcn);
	if (str_is(column, "patient"))
		return same_name(cell, paid_claim_party(at->c, "QC"));
	if (str_is(column, "code"))
		return same_text(cell, l->code);
	if (str_is(column, "modifier"))
		return l->n_modifiers <= 1 && same_text(cell, l->n_modifiers ? l->modifiers[0] : STR_NONE);
	if (str_is(column, "qualifier"))
		return same_text(cell, l->code_qual);
	if (str_is(column, "allowed_units"))
		return same_milli(cell, !l->no_units, l->units);
	if (str_is(column, "billed_units"))
		return same_milli(cell, true, paid_line_billed(l));
	if (str_is(column, "transaction_date"))
		return same_day(cell, at->pay->day);
	if (str_is(column, "charge_amount"))
		return same_cents(cell, !l->no_charge, l->charge);
	if (str_is(column, "allowed_amount"))
		return same_cents(cell, b6 != NULL, b6 ? b6->cents : 0);
	if (str_is(column, "paid_amount"))
		return same_cents(cell, !l->no_paid, l->paid);
	if (str_is(column, "payer"))
		return same_text(cell, at->pay->payer.last);
	if (str_is(column, "start_date"))
		return same_day(cell, paid_line_from(l));
	if (str_is(column, "end_date"))
		return same_day(cell, paid_line_to(l));
	if (str_is(column, "rendering_provider"))
		return rendering ? same_name(cell, rendering) : cell.n == 0;
	return same_member(cell, column, l);
}

static cents_t
line_adjusted(const struct paid_line *l)
{
	cents_t sum = 0;

	for (size_t i = 0; i < l->n_adjustments; i++)
		sum += l->adjustments[i].cents;
	return sum;
}

/* The lines of the payments, one after another, against the rows of their table; the cells compared. */
static size_t
compare_rows(const char *name, struct str table, const struct at *v, size_t n, size_t *row)
{
	struct str header = str_trim(str_cut(&table, '\n'));
	size_t cells = 0;

	for (*row = 0; table.n; ++*row) {
		struct str columns = header, rest = str_cut(&table, '\n');

		cr_assert(*row < n, "%s has more rows than we read lines", name);
		for (size_t i = 0; columns.n; i++) {
			struct str column = str_cut(&columns, ','), cell = str_trim(str_cut(&rest, ','));

			if (column.n == 0)
				continue;	/* the number of the row */
			cr_expect(same_cell(column, cell, &v[*row]), "%s row %zu, %.*s: %.*s", name, *row, STR_ARG(column),
			    STR_ARG(cell));
			cells++;
		}
		cr_expect(rest.n == 0, "%s row %zu has more cells than columns", name, *row);
	}
	return cells;
}

static size_t
lines_of(struct str path, struct at *to, size_t max)
{
	struct x12_remits r;
	size_t n = 0;

	cr_assert(x12_read_remit(&a, shared_file(&a, path), true, &r) > 0 && r.faults.n == 0, "%.*s", STR_ARG(path));
	for (size_t i = 0; i < r.n; i++)
		for (size_t c = 0; c < r.v[i]->n_claims; c++)
			for (size_t l = 0; l < r.v[i]->claims[c].n_lines && n < max; l++)
				to[n++] = (struct at){ r.v[i], &r.v[i]->claims[c], &r.v[i]->claims[c].lines[l] };
	return n;
}

Test(official_x12_remit, lines_are_those_another_reader_finds)
{
	static const char *const names[] = { "blue_cross_nc_sample", "emedny_sample", "united_healthcare_legacy_sample" };
	struct at v[64];
	size_t n = 0, rows = 0, cells = 0, row;

	if (shared_absent())
		return;
	arena_init(&a, 0);
	for (size_t i = 0; i < 3; i++) {
		size_t from = n;

		n += lines_of(arena_fmt(&a, THEIRS "test_edi_835_files/%s.txt", names[i]), v + n, 64 - n);
		cells += compare_rows(names[i], shared_file(&a, arena_fmt(&a, THEIRS "output/%s.csv", names[i])), v + from,
		    n - from, &row);
		cr_expect(row == n - from, "%s: %zu rows, %zu lines", names[i], row, n - from);
		rows += row;
	}
	cells += compare_rows("all_samples", shared_file(&a, S(THEIRS "output/all_samples.csv")), v, n, &row);
	for (size_t i = 0; i < n; i++)
		cr_expect(v[i].l->no_charge || v[i].l->charge - line_adjusted(v[i].l) == v[i].l->paid,
		    "line %zu does not balance", i);
	cr_expect(row == n && n == 18 && rows == 18, "%zu rows in the table of all, %zu lines", row, n);
	(void)printf("x12 remit: %zu rows of tables compared, %zu cells\n", rows + row, cells);
	arena_free(&a);
}

/* ---- balances ---- */

static cents_t
adjusted(const struct paid_claim *c)
{
	cents_t sum = 0;

	for (size_t i = 0; i < c->n_adjustments; i++)
		sum += c->adjustments[i].cents;
	for (size_t l = 0; l < c->n_lines; l++)
		sum += line_adjusted(&c->lines[l]);
	return sum;
}

static size_t
balance(const char *name, const struct payment *pay)
{
	cents_t sum = 0;

	for (size_t i = 0; i < pay->n_claims; i++) {
		const struct paid_claim *c = &pay->claims[i];

		cr_expect_eq(c->charge - adjusted(c), c->paid, "%s claim %zu", name, i + 1);
		sum += c->paid;
	}
	for (size_t i = 0; i < pay->n_adjustments; i++)
		sum -= pay->adjustments[i].cents;
	cr_expect_eq(sum, pay->amount, "%s: BPR02", name);
	return pay->n_claims;
}

Test(official_x12_remit, payments_balance)
{
	static const char *const names[] = { "835Sample(OutpatientRetro).txt", "835_Inst_Sample(Inpatient_DRG_Retro).txt",
	    "835_Sample_(Institutional_Claims_only).2014.txt", "835_Sample_(Professional_Claims_only-no_payment).2014.txt",
	    "835_Sample_(Professional_Claims_only-w_payment).2014.txt", "835_Sample_Pharmacy.2014.txt" };
	size_t claims = 0;

	if (shared_absent())
		return;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct x12_remits r;

		arena_init(&a, 0);
		cr_assert(x12_read_remit(&a, shared_file(&a, arena_fmt(&a, OURS "%s", names[i])), false, &r) == 1,
		    "%s", names[i]);
		cr_expect(r.faults.n == 0 && r.notes.n == 0, "%s", names[i]);
		claims += balance(names[i], r.v[0]);
		arena_free(&a);
	}
	(void)printf("x12 remit: %zu payments balance, %zu claims\n", sizeof names / sizeof *names, claims);
	cr_expect(claims == 13, "%zu claims", claims);
}

/* ---- round trips ---- */

static const struct x12_ends ends = { { "ZZ", 2 }, { "PAYER", 5 }, { "ZZ", 2 }, { "CLINIC", 6 }, { "PAYER", 5 }, { "CLINIC", 6 },
	'T', 42, INT64_C(1772366400000) };

static bool
same_segment(const struct x12_seg *x, char sep, const struct x12_seg *y)
{
	bool cas = str_is(x->id, "CAS"), ok = str_eq(x->id, y->id);

	for (unsigned i = 1; ok && (i <= x->n || i <= y->n); i++)
		ok = segments_same_element(x12_elem(x, i), sep, x12_elem(y, i)) ||
		    (cas && i % 3 == 1 && str_is(x12_elem(x, i), "0") && x12_elem(y, i).n == 0);
	return ok;
}

static int
next_inner(struct x12_reader *r, struct x12_seg *s)
{
	static const char *const outer[] = { "ISA", "GS", "ST", "SE", "GE", "IEA", "TA1" };
	int rc;

	do {
		bool is = false;

		rc = x12_next(r, s);
		for (size_t i = 0; rc > 0 && i < sizeof outer / sizeof *outer; i++)
			is |= str_is(s->id, outer[i]);
		if (!is)
			return rc;
	} while (rc > 0);
	return rc;
}

static size_t
same_segments(struct str path, struct str in, struct str out)
{
	struct segments x = segments_of(&a, in), y = segments_of(&a, out);
	size_t n = 0;

	while (next_inner(x.r, &x.s) > 0) {
		cr_assert(next_inner(y.r, &y.s) > 0, "%.*s: segment %zu is lost", STR_ARG(path), x.s.ordinal);
		cr_assert(same_segment(&x.s, x12_seps(x.r).comp, &y.s), "%.*s: segment %zu, " STR_FMT, STR_ARG(path), x.s.ordinal,
		    STR_ARG(x.s.id));
		n++;
	}
	cr_expect(next_inner(y.r, &y.s) == 0, "%.*s: more segments than came", STR_ARG(path));
	return n;
}

static struct str
json_of(struct payment *pay)
{
	struct payment p = *pay;
	struct str out = STR_NONE;

	p.sender = p.receiver = p.usage = p.isa13 = p.gs06 = p.st02 = STR_NONE;	/* of the envelope */
	(void)rec_object_to_json(&a, &rec_payment, &p, false, &out);
	return out;
}

static size_t
round_trip(struct str path, struct str bytes)
{
	struct x12_remits r, again;
	struct x12_written w;

	cr_assert(x12_read_remit(&a, bytes, false, &r) > 0 && r.faults.n == 0, "%.*s", STR_ARG(path));
	cr_assert(x12_write_835(&a, &ends, (const struct payment *const *)r.v, r.n, &w) == 0, "%.*s", STR_ARG(path));
	cr_assert(x12_read_remit(&a, w.bytes, false, &again) == (int)r.n, "%.*s", STR_ARG(path));
	for (size_t i = 0; i < r.n; i++)
		cr_expect(str_eq(json_of(r.v[i]), json_of(again.v[i])), "%.*s payment %zu", STR_ARG(path), i + 1);
	return same_segments(path, bytes, w.bytes);
}

struct sums { size_t files, segments; };

static void
one_payment(void *self, struct arena *mem, const struct str cells[SHARED_CELLS])
{
	struct sums *t = self;
	struct str bytes = str_is(cells[1], "ok") ? shared_file(mem, cells[0]) : STR_NONE;

	if (!bytes.n || !memmem(bytes.p, bytes.n, "ST*835*", 7) || !memmem(bytes.p, bytes.n, "005010X221A1", 12))
		return;
	arena_init(&a, 0);
	t->segments += round_trip(cells[0], bytes);
	t->files++;
	arena_free(&a);
}

Test(official_x12_remit, sound_payments_come_back)
{
	struct sums t = { 0, 0 };

	if (shared_absent())
		return;
	(void)shared_rows("envelope-facts.tsv", one_payment, &t);
	(void)printf("x12 remit: %zu sound 835 files, %zu segments read, written and read again\n", t.files, t.segments);
	cr_expect(t.files >= 18, "%zu files", t.files);
}
