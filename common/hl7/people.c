/*
 * people.c - who and where: PID, PV1 with its providers, IN1 and IN2. A provider goes on as an NPI or
 * as a name only: a house number means nothing to a payer. GT1 is not read: a claim has no guarantor.
 */
#include "hl7/map.h"

#include <ctype.h>
#include <string.h>

static struct str
first(struct map *mp, struct str seg, unsigned field)
{
	return hl7_part(hl7_field(mp->m, seg, field), mp->m->rep, 1);
}

static struct str
comp(struct map *mp, struct str rep, unsigned n)
{
	struct str s = hl7_part(hl7_part(rep, mp->m->comp, n), mp->m->sub, 1);

	s = str_trim(hl7_text(mp->a, mp->m, s));
	return str_is(s, "\"\"") ? STR_NONE : s;
}

static void
put_name(struct map *mp, struct str rep, unsigned at, struct party *p)
{
	p->last = comp(mp, rep, at);
	p->first = comp(mp, rep, at + 1);
	p->middle = comp(mp, rep, at + 2);
	p->suffix = map_short(comp(mp, rep, at + 3), 10);
	p->person = p->last.n > 0;
}

static struct str
zip_of(struct map *mp, struct str s)
{
	struct buf b;

	buf_init(&b, mp->a);
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '-' && s.p[i] != ' ')
			buf_ch(&b, s.p[i]);
	return map_short(buf_view(&b), 15);
}

static void
put_address(struct map *mp, struct str rep, struct party *p)
{
	struct str state = comp(mp, rep, 4), country = comp(mp, rep, 6);

	p->line1 = comp(mp, rep, 1);
	p->line2 = comp(mp, rep, 2);
	p->city = comp(mp, rep, 3);
	p->state = state.n == 2 ? state : STR_NONE;
	p->zip = zip_of(mp, comp(mp, rep, 5));
	if (!str_ieq(country, S("USA")) && !str_ieq(country, S("US")))	/* N404 is for other countries */
		p->country = map_short(country, 3);
}

static struct str
sex_of(struct str s)
{
	return str_ieq(s, S("F")) ? S("F") : str_ieq(s, S("M")) ? S("M") : s.n ? S("U") : STR_NONE;
}

static struct str
phone_of(struct map *mp, struct str rep)
{
	struct str s = comp(mp, rep, 1);

	if (s.n == 0)
		s = comp(mp, rep, 12);
	if (s.n == 0 && comp(mp, rep, 7).n)
		s = arena_fmt(mp->a, STR_FMT STR_FMT, STR_ARG(comp(mp, rep, 6)), STR_ARG(comp(mp, rep, 7)));
	return map_short(s, 80);
}

/* ---- patient ---- */

/* PID-3: the repeat typed MR, else the first that has an id; PID-2 in old messages */
static struct str
mrn_of(struct map *mp, struct str pid)
{
	struct str list = hl7_field(mp->m, pid, 3), rest = list, any = STR_NONE;

	while (rest.n) {
		struct str rep = str_cut(&rest, mp->m->rep), id = comp(mp, rep, 1);

		if (id.n && str_is(comp(mp, rep, 5), "MR"))
			return id;
		if (any.n == 0)
			any = id;
	}
	return any.n ? any : map_get(mp, pid, 2, 1);
}

int
map_patient(struct map *mp)
{
	struct str pid = hl7_seg(mp->m, "PID"), mrn;
	struct party *p = &mp->e->patient;
	struct reference *ref;

	if (pid.n == 0)
		return 0;
	put_name(mp, first(mp, pid, 5), 1, p);
	p->role = S("QC");
	p->dob = map_day(map_get(mp, pid, 7, 1));
	p->sex = sex_of(map_get(mp, pid, 8, 1));
	put_address(mp, first(mp, pid, 11), p);
	p->phone = phone_of(mp, first(mp, pid, 13));
	p->died = map_day(map_get(mp, pid, 29, 1));
	mrn = mrn_of(mp, pid);
	if (mrn.n) {
		ref = REC_PUSH(mp->a, mp->e, refs, reference);
		if (!ref)
			return E_NOMEM;
		ref->qual = S("EA");	/* medical record number */
		ref->value = map_key(mp->a, mrn, 80);
		mp->e->account = ref->value;
	}
	/* the account chooses the lane: it must be the same in every message of a visit, and PID-18 is not */
	if (mrn.n == 0 && map_get(mp, pid, 18, 1).n)
		mp->e->account = map_key(mp->a, map_get(mp, pid, 18, 1), 80);
	return 0;
}

/* ---- providers ---- */

bool
map_provider(struct map *mp, struct str seg, unsigned field, const char *role, struct party *out)
{
	struct str rep = first(mp, seg, field), id = comp(mp, rep, 1);

	if (comp(mp, rep, 2).n == 0 && !str_is_npi(id))
		return false;
	rec_init(&rec_party, out);
	put_name(mp, rep, 2, out);
	out->role = str_of(role);
	out->person = true;
	if (str_is_npi(id)) {
		out->id_qual = S("XX");
		out->id = id;
	}
	return true;
}

static int
add_provider(struct map *mp, struct str seg, unsigned field, const char *role)
{
	struct party p, *one;

	if (!map_provider(mp, seg, field, role, &p))
		return 0;
	one = REC_PUSH(mp->a, mp->e, parties, party);
	if (!one)
		return E_NOMEM;
	*one = p;
	return 0;
}

/* ---- visit ---- */

/* PV1-2 (table 0004) */
static const struct class_row {
	const char *from, *visit_class, *type, *tob, *pos;
} classes[] = {
	{ "I", "inpatient",	"I", "11", "" },
	{ "B", "inpatient",	"I", "11", "" },	/* obstetrics */
	{ "E", "emergency",	"I", "13", "" },
	{ "O", "outpatient",	"P", "",   "22" },
	{ "P", "outpatient",	"P", "",   "22" },	/* preadmit */
	{ "R", "outpatient",	"P", "",   "22" },	/* recurring */
};
/* PV1-3.6 (table 0305): where an outpatient visit was */
static const struct class_row places[] = {
	{ "O", "office",	"P", "",   "11" },	/* provider's office */
	{ "H", "home",		"P", "",   "12" },
};
/* PV1-4 (table 0007, and UB-04 codes as they are) */
static const struct map_row admit_types[] = {
	{ "1", "1" }, { "2", "2" }, { "3", "3" }, { "4", "4" }, { "5", "5" }, { "9", "9" },
	{ "E", "1" }, { "A", "1" }, { "L", "1" }, { "U", "2" }, { "C", "3" }, { "R", "3" }, { "N", "4" },
};
/* PV1-14: UB-04 point of origin */
static const struct map_row sources[] = {
	{ "1", "1" }, { "2", "2" }, { "4", "4" }, { "5", "5" }, { "6", "6" }, { "8", "8" }, { "9", "9" },
	{ "D", "D" }, { "E", "E" }, { "F", "F" },
};

static const struct class_row *
class_of(struct map *mp, struct str pv1)
{
	struct str code = map_get(mp, pv1, 2, 1), place = map_get(mp, pv1, 3, 6);

	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++) {
		if (!str_is(code, classes[i].from))
			continue;
		for (size_t k = 0; classes[i].type[0] == 'P' && k < sizeof places / sizeof *places; k++)
			if (str_is(place, places[k].from))
				return &places[k];
		return &classes[i];
	}
	return NULL;
}

/* UB-04 FL17: two digits, a leading zero may be left out */
static struct str
disposition_of(struct map *mp, struct str s)
{
	int64_t v;

	if (s.n == 0 || s.n > 2 || !str_to_int(s, &v) || v < 1)
		return STR_NONE;
	return arena_fmt(mp->a, "%02d", (int)v);
}

int
map_visit(struct map *mp)
{
	struct str pv1 = hl7_seg(mp->m, "PV1"), in, out;
	struct encounter *e = mp->e;
	const struct class_row *c;
	int rc;

	if (pv1.n == 0)
		return 0;
	c = class_of(mp, pv1);
	if (c) {
		e->visit_class = str_of(c->visit_class);
		e->type = str_of(c->type);
		e->tob = str_of(c->tob);
		e->pos = str_of(c->pos);
	}
	in = map_get(mp, pv1, 44, 1);
	out = map_get(mp, pv1, 45, 1);
	e->admitted = map_day(in);
	e->admit_time = map_hhmm(mp->a, in);
	e->discharged = map_day(out);
	e->discharge_time = map_hhmm(mp->a, out);
	e->admit_type = MAP_ROW(admit_types, map_get(mp, pv1, 4, 1));
	e->admit_source = MAP_ROW(sources, map_get(mp, pv1, 14, 1));
	e->disposition = disposition_of(mp, map_get(mp, pv1, 36, 1));
	rc = add_provider(mp, pv1, 7, c && c->type[0] == 'P' ? "82" : "71");
	return rc < 0 ? rc : add_provider(mp, pv1, 8, "DN");
}

/* ---- insurance ---- */

/* IN1-17 (table 0063, and X12 codes as they are) */
static const struct map_row relations[] = {
	{ "SEL", "18" }, { "SELF", "18" }, { "S", "18" }, { "18", "18" },
	{ "SPO", "01" }, { "SPOUSE", "01" }, { "01", "01" }, { "CHD", "19" }, { "CHILD", "19" }, { "19", "19" },
	{ "EME", "20" }, { "20", "20" }, { "UNK", "21" }, { "21", "21" }, { "DOM", "53" }, { "53", "53" },
	{ "OTH", "G8" }, { "G8", "G8" }, { "PAR", "G8" }, { "SIB", "G8" }, { "FTH", "G8" }, { "MTH", "G8" },
};
/* IN1-15: plan types that are SBR09 codes, or plainly stand for one */
static const struct map_row filings[] = {
	{ "HM", "HM" }, { "HMO", "HM" }, { "12", "12" }, { "PPO", "12" }, { "13", "13" }, { "POS", "13" },
	{ "14", "14" }, { "EPO", "14" }, { "MB", "MB" }, { "MA", "MA" }, { "MC", "MC" }, { "BL", "BL" },
	{ "CI", "CI" }, { "CH", "CH" }, { "VA", "VA" }, { "WC", "WC" }, { "AM", "AM" }, { "16", "16" },
};
static const char orders[] = "PSTABCDEFGH";

static struct str
policy_of(struct map *mp, struct str in1)
{
	static const unsigned fields[] = { 36, 49 };

	for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
		if (map_get(mp, in1, fields[i], 1).n)
			return map_short(map_get(mp, in1, fields[i], 1), 80);
	return STR_NONE;
}

static void
put_payer(struct map *mp, struct str in1, struct party *p)
{
	p->role = S("PR");
	p->last = map_get(mp, in1, 4, 1);
	if (p->last.n == 0)
		p->last = map_get(mp, in1, 2, 2);
	p->id = map_short(map_get(mp, in1, 3, 1), 80);
	if (p->id.n)
		p->id_qual = S("PI");
	put_address(mp, first(mp, in1, 5), p);
}

static void
put_subscriber(struct map *mp, struct str in1, struct coverage *c)
{
	struct party *p = &c->subscriber;

	put_name(mp, first(mp, in1, 16), 1, p);
	p->dob = map_day(map_get(mp, in1, 18, 1));
	p->sex = sex_of(map_get(mp, in1, 43, 1));
	put_address(mp, first(mp, in1, 19), p);
	if (str_is(c->relation, "18") && p->last.n == 0)
		*p = mp->e->patient;
	p->role = S("IL");
	p->person = true;
	p->id = policy_of(mp, in1);
	p->id_qual = p->id.n ? S("MI") : STR_NONE;
}

static bool
order_taken(const struct encounter *e, size_t place)
{
	for (size_t i = 0; i < e->n_coverages; i++)
		if (str_eq(e->coverages[i].order, (struct str){ orders + place - 1, 1 }))
			return true;
	return false;
}

/* IN1-22 coordination of benefits, else IN1-1, else the place in the message; each order once */
static struct str
order_of(struct map *mp, struct str in1, size_t place)
{
	int64_t v;

	if (!str_to_int(map_get(mp, in1, 22, 1), &v) && !str_to_int(map_get(mp, in1, 1, 1), &v))
		v = (int64_t)place;
	if (v < 1 || v >= (int64_t)sizeof orders || order_taken(mp->e, (size_t)v))
		for (v = 1; order_taken(mp->e, (size_t)v);)
			v++;
	return (struct str){ orders + v - 1, 1 };
}

int
map_insurance(struct map *mp)
{
	size_t place = 0;

	for (size_t i = 0; i < mp->m->n; i++) {
		struct str in1 = mp->m->segs[i], group;
		struct coverage *c;

		if (!hl7_is(in1, "IN1"))
			continue;
		if (++place >= sizeof orders)
			return E_LIMIT;
		c = REC_PUSH(mp->a, mp->e, coverages, coverage);
		if (!c)
			return E_NOMEM;
		group = map_get(mp, in1, 8, 1);
		c->order = order_of(mp, in1, place);
		c->relation = MAP_ROW(relations, map_get(mp, in1, 17, 1));
		if (c->relation.n == 0)		/* 4^SELF and the like */
			c->relation = MAP_ROW(relations, map_get(mp, in1, 17, 2));
		c->group_number = map_short(group, 50);
		c->group_name = map_get(mp, in1, 9, 1);
		c->filing = MAP_ROW(filings, map_get(mp, in1, 15, 1));
		put_payer(mp, in1, &c->payer);
		put_subscriber(mp, in1, c);
	}
	return 0;
}
