/*
 * rules_id.c - rules of one segment: identifiers, addresses, contacts, attachments. Never looks at another segment,
 * and at no external list but the states of the United States and Canada.
 */
#include "x12/rules_run.h"

static bool
digits(struct str v, size_t n)
{
	for (size_t i = 0; i < v.n; i++)
		if (v.p[i] < '0' || v.p[i] > '9')
			return false;
	return v.n == n;
}

static bool
zeros(struct str v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (i >= v.n || v.p[i] != '0')
			return false;
	return true;
}

static const struct x12_pos *
pos(const struct x12_rule_run *r)
{
	return x12_pos_of(r->c, r->c->pos);
}

static bool
in_loop(const struct x12_rule_run *r, const char *loop)
{
	return strcmp(r->c->w.g->loops[pos(r)->loop].id, loop) == 0;
}

void
rule_npi(struct x12_rule_run *r)
{
	struct str v = x12_elem(r->seg, 9);

	if (v.n && str_is(x12_elem(r->seg, 8), "XX") && !str_is_npi(v))
		x12_rule_here(r, 9);
}

void
rule_npi_payee(struct x12_rule_run *r)
{
	struct str v = x12_elem(r->seg, 4);

	if (v.n && str_is(x12_elem(r->seg, 3), "XX") && !str_is_npi(v))
		x12_rule_here(r, 4);
}

void
rule_name_first(struct x12_rule_run *r)
{
	const struct x12_pos *p = pos(r);

	if (str_is(x12_elem(r->seg, 2), "1") && x12_elem(r->seg, 3).n && !x12_elem(r->seg, 4).n && p->n_items >= 4 &&
	    r->c->w.g->items[p->items + 3].use != USE_N)
		x12_rule_here(r, 4);
}

/* ---- REF ---- */

static bool
is_ein_place(const struct x12_rule_run *r)
{
	return str_is(x12_elem(r->seg, 1), "EI") && (in_loop(r, "2010AA") || in_loop(r, "2010AC"));
}

static bool
has_hyphen(struct str v)
{
	return v.n == 10 && v.p[2] == '-' && digits((struct str){ v.p, 2 }, 2) && digits((struct str){ v.p + 3, 7 }, 7);
}

void
rule_ein(struct x12_rule_run *r)
{
	struct str v = x12_elem(r->seg, 2);

	if (v.n && is_ein_place(r) && !digits(v, 9) && !has_hyphen(v))
		x12_rule_here(r, 2);
}

void
rule_ein_hyphen(struct x12_rule_run *r)
{
	if (is_ein_place(r) && has_hyphen(x12_elem(r->seg, 2)))
		x12_rule_here(r, 2);
}

void
rule_ein_none(struct x12_rule_run *r)
{
	struct str v = x12_elem(r->seg, 2);

	if (is_ein_place(r) && v.n == 9 && zeros(v, 9))
		x12_rule_here(r, 2);
}

void
rule_ssn(struct x12_rule_run *r)
{
	struct str v = x12_elem(r->seg, 2);

	if (v.n && str_is(x12_elem(r->seg, 1), "SY") && !digits(v, 9))
		x12_rule_here(r, 2);
}

/* ---- N4 ---- */

static bool
is_us(const struct x12_rule_run *r)
{
	struct str country = x12_elem(r->seg, 4);

	return !country.n || str_is(country, "US");
}

/* By first letter the second letters: states and territories, armed forces, then Canadian provinces. */
static bool
is_state(struct str v)
{
	static const char *const second[26] = {
		"LKZRSAEPB", "C", "AOT", "EC", "", "LM", "AU", "I", "DLNA", "", "SY", "A", "EDAINSOTPHB", "EVHJMYCDBLSTUF", "HKRN",
		"ARWE", "C", "I", "CDK", "NX", "T", "TAI", "AVIY", "", "T", "",
	};

	return v.n == 2 && v.p[0] >= 'A' && v.p[0] <= 'Z' && v.p[1] && strchr(second[v.p[0] - 'A'], v.p[1]);
}

static bool
is_full_loop(const struct x12_rule_run *r)		/* the service facility, of claim or line */
{
	switch (r->f->form) {
	case FORM_837P:
		return in_loop(r, "2310C") || in_loop(r, "2420C");
	case FORM_837I:
		return in_loop(r, "2310E");
	default:
		return in_loop(r, "2310C") || in_loop(r, "2420D");
	}
}

void
rule_zip_billing(struct x12_rule_run *r)
{
	if (pos(r)->tag == TAG_BILLING_N4 && is_us(r) && digits(x12_elem(r->seg, 3), 5))
		x12_rule_here(r, 3);
}

void
rule_zip_facility(struct x12_rule_run *r)
{
	if (is_us(r) && digits(x12_elem(r->seg, 3), 5) && is_full_loop(r))
		x12_rule_here(r, 3);
}

void
rule_zip_zeros(struct x12_rule_run *r)
{
	struct str v = x12_elem(r->seg, 3);

	if (is_us(r) && digits(v, 9) && memcmp(v.p + 5, "0000", 4) == 0 && !zeros(v, 5))
		x12_rule_here(r, 3);
}

void
rule_zip_none(struct x12_rule_run *r)
{
	struct str v = x12_elem(r->seg, 3);

	if (is_us(r) && (v.n == 5 || v.n == 9) && zeros(v, 5))
		x12_rule_here(r, 3);
}

/* "P.O. Box 7": the words without blanks and points, then no letter more. */
static bool
is_box(struct str v)
{
	static const char *const words[] = { "POBOX", "POSTOFFICEBOX" };

	for (size_t w = 0; w < sizeof words / sizeof *words; w++) {
		const char *to = words[w];
		size_t i = 0;

		for (; i < v.n && *to && (v.p[i] == ' ' || v.p[i] == '.' || (v.p[i] & ~0x20) == *to); i++)
			to += v.p[i] != ' ' && v.p[i] != '.';
		if (!*to && (i == v.n || (v.p[i] | 0x20) < 'a' || (v.p[i] | 0x20) > 'z'))
			return true;
	}
	return false;
}

void
rule_billing_box(struct x12_rule_run *r)
{
	for (unsigned k = 1; k <= 2; k++)
		if (is_box(x12_elem(r->seg, k)))
			x12_rule_here(r, k);
}

void
rule_state(struct x12_rule_run *r)
{
	struct str v = x12_elem(r->seg, 2);

	if (v.n && is_us(r) && !is_state(v))
		x12_rule_here(r, 2);
}

void
rule_state_missing(struct x12_rule_run *r)
{
	if (is_us(r) && !x12_elem(r->seg, 2).n)
		x12_rule_here(r, 2);
}

void
rule_zip_missing(struct x12_rule_run *r)
{
	if (is_us(r) && !x12_elem(r->seg, 3).n)
		x12_rule_here(r, 3);
}

/* ---- PER, PWK ---- */

void
rule_phone(struct x12_rule_run *r)
{
	for (unsigned k = 3; k <= 7; k += 2) {
		struct str by = x12_elem(r->seg, k), v = x12_elem(r->seg, k + 1);

		if (v.n && (str_is(by, "TE") || str_is(by, "FX")) && !digits(v, 10))
			x12_rule_here(r, k + 1);
	}
}

void
rule_phone_none(struct x12_rule_run *r)
{
	for (unsigned k = 3; k <= 7; k += 2) {
		struct str by = x12_elem(r->seg, k), v = x12_elem(r->seg, k + 1);

		if (v.n == 10 && zeros(v, 10) && (str_is(by, "TE") || str_is(by, "FX")))
			x12_rule_here(r, k + 1);
	}
}

void
rule_email(struct x12_rule_run *r)
{
	for (unsigned k = 3; k <= 7; k += 2) {
		struct str v = x12_elem(r->seg, k + 1);
		const char *at = v.n && str_is(x12_elem(r->seg, k), "EM") ? memchr(v.p, '@', v.n) : v.p;

		if (v.n && (!at || (at != v.p && at == v.p + v.n - 1) || (at == v.p && *at == '@')))
			x12_rule_here(r, k + 1);
	}
}

void
rule_attachment(struct x12_rule_run *r)
{
	struct str how = x12_elem(r->seg, 2);

	if (!x12_elem(r->seg, 6).n && (str_is(how, "BM") || str_is(how, "EL") || str_is(how, "EM") || str_is(how, "FX") ||
	    str_is(how, "FT")))
		x12_rule_here(r, 6);
}
