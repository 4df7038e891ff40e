/*
 * rules_line.c - situations of a service line (SNIP 4), and what kinds of claims need (SNIP 6). Codes are told by
 * their ranges; nothing here knows what a code means beyond that.
 */
#include "x12/rules_run.h"

static uint32_t
line_index(const struct x12_rule_run *r)
{
	return (uint32_t)(r->line - r->f->line);
}

/* ---- numbers, pointers, units ---- */

void
rule_line_number(struct x12_rule_run *r)
{
	int64_t n;

	if (r->line->lx.v.n && (!str_to_int(r->line->lx.v, &n) || n != (int64_t)line_index(r) + 1))
		x12_rule_fact(r, &r->line->lx);
}

void
rule_control_twice(struct x12_rule_run *r)
{
	struct x12_facts *f = r->f;

	for (uint32_t i = 0; f->n_line > 1 && i < f->n_line && (i || x12_same_begin(&f->same, f->n_line)); i++) {
		size_t n = f->same.n;

		if (f->line[i].control.v.n && x12_same_at(&f->same, f->line[i].control.v, 0) < n)
			x12_rule_fact(r, &f->line[i].control);
	}
}

void
rule_pointer(struct x12_rule_run *r)
{
	for (unsigned i = 0; i < r->line->n_ptr; i++) {
		int64_t n = r->line->points_at[i];

		if (n < 1 || n > r->f->n_dx)
			x12_rule_fact(r, &r->line->ptr[i]);
	}
}

void
rule_pointer_twice(struct x12_rule_run *r)
{
	for (unsigned i = 1; i < r->line->n_ptr; i++)
		for (unsigned k = 0; k < i; k++)
			if (r->line->points_at[i] == r->line->points_at[k]) {
				x12_rule_fact(r, &r->line->ptr[i]);
				break;
			}
}

void
rule_units(struct x12_rule_run *r)
{
	milli_t n;

	if (r->line->units.v.n && r->line->quantity <= 0 && milli_parse(r->line->units.v, &n) && n <= 0)
		x12_rule_fact(r, &r->line->units);
}

/* A claim below zero as a whole is told as such. */
void
rule_line_negative(struct x12_rule_run *r)
{
	if (r->f->charge >= 0 && r->line->charge < 0 && r->line->sv != FACT_NONE)
		x12_rule_seg(r, r->line->sv, r->f->form == FORM_837I ? 3 : 2);
}

void
rule_ndc(struct x12_rule_run *r)
{
	struct str v = r->line->ndc.v;
	bool fits = v.n == 11;

	if (!v.n || !str_is(x12_fact_el(r->f, r->c, r->line->ndc.seg, 2), "N4"))
		return;
	for (size_t i = 0; i < v.n; i++)
		fits = fits && v.p[i] >= '0' && v.p[i] <= '9';
	if (!fits)
		x12_rule_fact(r, &r->line->ndc);
}

void
rule_drug_units(struct x12_rule_run *r)
{
	struct str v = r->line->ctp != FACT_NONE ? x12_fact_el(r->f, r->c, r->line->ctp, 4) : STR_NONE;
	milli_t n;

	if (v.n && milli_parse(v, &n) && n <= 0)
		x12_rule_seg(r, r->line->ctp, 4);
}

/* ---- dates ---- */

void
rule_line_outside(struct x12_rule_run *r)
{
	const struct x12_date *d = x12_fact_date(r->f, r->f->dates, KEY("434")), *mine;
	const struct x12_line *l = r->line;

	if (!d || d->from == DAY_NONE || d->to == DAY_NONE || l->from == DAY_NONE || l->to == DAY_NONE)
		return;
	mine = x12_fact_date(r->f, l->dates, KEY("472"));
	if (mine && (l->from < d->from || l->to > d->to))
		x12_rule_seg(r, mine->seg, 3);
}

void
rule_line_date(struct x12_rule_run *r)
{
	const struct x12_date *d = x12_fact_date(r->f, r->f->dates, KEY("434"));
	const struct x12_line *l = r->line;

	if (d && str_is(r->f->place.v, "13") && d->from != d->to && l->code.v.n && !l->dates.n && l->ndc.seg == FACT_NONE)
		x12_rule_missing(r, l->seg, "DTP");
}

void
rule_dental_date(struct x12_rule_run *r)
{
	const struct x12_facts *f = r->f;

	if (!x12_fact_date(f, r->line->dates, KEY("472")) && !x12_fact_date(f, f->dates, KEY("472")) &&
	    !str_is(x12_fact_el(f, r->c, 0, 19), "PB"))
		x12_rule_missing(r, r->line->seg, "DTP");
}

void
rule_cmn_begin(struct x12_rule_run *r)
{
	if (r->line->cr3 != FACT_NONE && !x12_fact_date(r->f, r->line->dates, KEY("463")))
		x12_rule_missing(r, r->line->cr3, "DTP");
}

void
rule_cmn_revised(struct x12_rule_run *r)
{
	struct str kind = r->line->cr3 != FACT_NONE ? x12_fact_el(r->f, r->c, r->line->cr3, 1) : STR_NONE;

	if ((str_is(kind, "R") || str_is(kind, "S")) && !x12_fact_date(r->f, r->line->dates, KEY("607")))
		x12_rule_missing(r, r->line->cr3, "DTP");
}

/* ---- kinds of service ---- */

static bool
is_between(const struct x12_line *l, char letter, int from, int to)
{
	return l->letter == letter && l->number >= from && l->number <= to;
}

static bool
has_modifier(const struct x12_line *l, const char *mod)
{
	for (unsigned i = 0; i < 4; i++)
		if (str_is(l->mod[i], mod))
			return true;
	return false;
}

static bool
has_ref(const struct x12_rule_run *r, const char *qual)
{
	uint32_t key = x12_key(str_of(qual));

	return x12_fact_ref(r->f, r->f->refs, key) || x12_fact_ref(r->f, r->line->refs, key);
}

static bool
has_party(const struct x12_rule_run *r, const char *role)
{
	uint32_t key = x12_key(str_of(role));

	return x12_fact_party(r->f, r->f->parties, key) || x12_fact_party(r->f, r->line->parties, key);
}

static bool
is_medicare(const struct x12_facts *f)
{
	return str_is(f->lv.filing, "MB") || str_is(f->lv.filing, "MA");
}

/* A0426-A0434 move a patient; mileage (A0425, A0435, A0436) comes along with one of them. */
static bool
is_transport(const struct x12_line *l)
{
	return is_between(l, 'A', 426, 434);
}

void
rule_ambulance_cr1(struct x12_rule_run *r)
{
	if (is_transport(r->line) && r->f->cr1 == FACT_NONE && r->line->cr1 == FACT_NONE)
		x12_rule_missing(r, r->line->sv, "CR1");
}

void
rule_ambulance_crc(struct x12_rule_run *r)
{
	if (!is_transport(r->line))
		return;
	for (uint32_t i = 0; i < r->f->n_crc; i++)
		if (str_is(x12_fact_el(r->f, r->c, r->f->crc[i], 1), "07"))
			return;
	x12_rule_missing(r, r->line->sv, "CRC");
}

void
rule_ambulance_pickup(struct x12_rule_run *r)
{
	if (is_transport(r->line) && !has_party(r, "PW"))
		x12_rule_missing(r, r->line->sv, "NM1");
}

void
rule_ambulance_dropoff(struct x12_rule_run *r)
{
	if (is_transport(r->line) && !has_party(r, "45"))
		x12_rule_missing(r, r->line->sv, "NM1");
}

/* Two of the range count units: an add-on for burns, and daily management. */
void
rule_anesthesia(struct x12_rule_run *r)
{
	const struct x12_line *l = r->line;

	if (is_between(l, 0, 100, 1999) && l->number != 1953 && l->number != 1996 && str_is(l->unit.v, "UN"))
		x12_rule_fact(r, &l->unit);
}

void
rule_minutes(struct x12_rule_run *r)
{
	if (is_between(r->line, 0, 2000, 99999) && str_is(r->line->unit.v, "MJ"))
		x12_rule_fact(r, &r->line->unit);
}

void
rule_chiropractic(struct x12_rule_run *r)
{
	if (is_between(r->line, 0, 98940, 98942) && str_is(r->f->lv.filing, "MB") &&
	    !x12_fact_date(r->f, r->f->dates, KEY("454")) && !x12_fact_date(r->f, r->line->dates, KEY("454")))
		x12_rule_missing(r, r->line->sv, "DTP");
}

void
rule_mammography(struct x12_rule_run *r)
{
	if (is_between(r->line, 0, 77065, 77067) && !has_modifier(r->line, "26") && !has_ref(r, "EW"))
		x12_rule_missing(r, r->line->sv, "REF");
}

/* CMS lists codes of the range that need no certificate; the runs of them are left out. */
static bool
is_clia(const struct x12_line *l)
{
	static const int free[][2] = { { 80500, 80506 }, { 81050, 81050 }, { 82075, 82075 }, { 83013, 83014 }, { 83987, 83987 },
		{ 86077, 86079 }, { 86485, 86580 }, { 86890, 86999 }, { 88000, 88099 }, { 88720, 88749 }, { 89049, 89049 },
		{ 89220, 89240 } };
	for (size_t i = 0; i < sizeof free / sizeof *free; i++)
		if (is_between(l, 0, free[i][0], free[i][1]))
			return false;
	return is_between(l, 0, 80047, 89398);
}

void
rule_clia(struct x12_rule_run *r)
{
	if (str_is(r->f->lv.filing, "MB") && is_clia(r->line) && !has_modifier(r->line, "26") && !has_ref(r, "X4"))
		x12_rule_missing(r, r->line->sv, "REF");
}

void
rule_drug(struct x12_rule_run *r)
{
	if (is_between(r->line, 'J', 120, 9999) && r->line->ndc.seg == FACT_NONE)
		x12_rule_missing(r, r->line->sv, "LIN");
}

/* CMS, HCPCS codes not otherwise classified, January 2025: those that stand for things without a code of their own. */
static bool
is_unlisted(struct str v)
{
	static const char codes[][6] = {
		"A0999", "A4421", "A4649", "A4913", "A6262", "A9698", "A9699", "A9999", "B9998", "B9999", "C1889", "C2698", "C2699",
		"C9399", "E0769", "E1399", "E1699", "J3490", "J3590", "J7199", "J7599", "J7699", "J7799", "J7999", "J8499", "J8999",
		"J9999", "K0108", "K0812", "K0898", "L0999", "L1499", "L2999", "L3649", "L3999", "L5999", "L7499", "L8039", "L8499",
		"L8699", "P9099", "Q0507", "Q0508", "Q0509", "Q2039", "Q4050", "Q4051", "Q4082", "Q4100", "T1999", "T5999", "V2199",
		"V2799", "V5298", "V5299",
	};
	size_t lo = 0, hi = sizeof codes / sizeof *codes;

	while (v.n == 5 && lo < hi) {
		size_t mid = (lo + hi) / 2;
		int d = memcmp(codes[mid], v.p, 5);

		if (d == 0)
			return true;
		if (d < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return false;
}

void
rule_unlisted(struct x12_rule_run *r)
{
	const struct x12_line *l = r->line;

	if (!l->text.n && l->note == FACT_NONE && l->ndc.seg == FACT_NONE && l->letter && is_unlisted(l->code.v))
		x12_rule_fact(r, &(struct x12_fact){ STR_NONE, l->code.seg, l->code.el, 7 });
}

void
rule_trial(struct x12_rule_run *r)
{
	if (is_medicare(r->f) && (has_modifier(r->line, "Q0") || has_modifier(r->line, "Q1")) && !has_ref(r, "P4"))
		x12_rule_missing(r, r->line->sv, "REF");
}

void
rule_purchased(struct x12_rule_run *r)
{
	if (r->line->ps1 != FACT_NONE && !x12_fact_party(r->f, r->line->parties, KEY("QB")))
		x12_rule_missing(r, r->line->ps1, "NM1");
}
