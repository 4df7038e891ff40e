/*
 * subject.c - finds what a row is about: parties with their loops, days, and single texts. Reads the
 * encounter only; the tables here are the one place that knows which field stands in which X12 element.
 */
#include "validate/judge.h"

/* ---- parties ---- */

static const struct role {
	const char	*role;
	enum subject	 of;
	const char	*loop_p, *loop_i, *line_p, *line_i;
} roles[] = {
	{ "82",	OF_RENDERING,	"2310B", "2310D", "2420A", "2420C" },
	{ "71",	OF_ATTENDING,	"2310A", "2310A", "2420",  "2420"  },
	{ "72",	OF_OPERATING,	"2310",  "2310B", "2420",  "2420A" },
	{ "DN",	OF_REFERRING,	"2310A", "2310F", "2420F", "2420D" },
	{ "P3",	OF_REFERRING,	"2310A", "2310F", "2420F", "2420D" },
	{ "77",	OF_FACILITY,	"2310C", "2310E", "2420C", "2420"  },
	{ "DQ",	OF_SUPERVISING,	"2310D", "2310",  "2420D", "2420"  },
	{ NULL,	OF_OTHER_PARTY,	"2310",  "2310",  "2420",  "2420"  },
};

const struct party *
subject_patient(const struct encounter *e)
{
	bool own = e->patient.last.n || e->patient.dob != DAY_NONE;

	return own || e->n_coverages == 0 ? &e->patient : &e->coverages[0].subscriber;
}

bool
who_is(const struct who *w, enum subject of)
{
	return of == OF_ANY_PARTY || w->of == of;
}

static void
add(struct judge *j, const struct party *p, enum subject of, const char *loop, size_t line)
{
	struct who *w = arena_push(j->a, j->who, j->n_who);

	if (w)
		*w = (struct who){ p, of, loop, line };
}

static void
add_by_role(struct judge *j, const struct party *p, size_t line)
{
	const struct role *r = roles;

	while (r->role && !str_is(p->role, r->role))
		r++;
	if (line)
		add(j, p, r->of, j->type == FOR_I ? r->line_i : r->line_p, line);
	else
		add(j, p, r->of, j->type == FOR_I ? r->loop_i : r->loop_p, 0);
}

int
subject_parties(struct judge *j)
{
	const struct encounter *e = j->e;

	add(j, &e->billing, OF_BILLING, "2010AA", 0);
	if (e->pay_to.last.n || e->pay_to.line1.n)
		add(j, &e->pay_to, OF_PAY_TO, "2010AB", 0);
	if (e->n_coverages) {
		add(j, &e->coverages[0].subscriber, OF_SUBSCRIBER, "2010BA", 0);
		add(j, &e->coverages[0].payer, OF_PAYER, "2010BB", 0);
	}
	add(j, j->patient, OF_PATIENT, j->patient == &e->patient ? "2010CA" : "2010BA", 0);
	for (size_t i = 0; i < e->n_parties; i++)
		add_by_role(j, &e->parties[i], 0);
	for (size_t i = 0; i < e->n_lines; i++)
		for (size_t k = 0; k < e->lines[i].n_parties; k++)
			add_by_role(j, &e->lines[i].parties[k], i + 1);
	return j->a->spent ? E_NOMEM : 0;
}

/* ---- days ---- */

day_t
subject_day(const struct judge *j, enum subject of, const char **place)
{
	switch (of) {
	case OF_DOB:		*place = "2010CA DMG02";	return j->patient->dob;
	case OF_DIED:		*place = "2000C PAT06";		return j->patient->died;
	case OF_FROM:		*place = "2300 DTP*434";	return j->from;
	case OF_TO:		*place = "2300 DTP*434";	return j->to;
	case OF_ADMITTED:	*place = "2300 DTP*435";	return j->e->admitted;
	case OF_DISCHARGED:	*place = "2300 DTP*096";	return j->e->discharged;
	default:		*place = "today";		return j->today;
	}
}

/* ---- texts ---- */

#define CLAIM(of, field, el)	[of] = { el, AT_CLAIM, offsetof(struct encounter, field) }
#define LINE(of, field, el)	[of] = { el, AT_LINE, offsetof(struct line, field) }
#define COVERAGE(of, field, el)	[of] = { el, AT_COVERAGE, offsetof(struct coverage, field) }

static const struct where {
	const char	*element;
	int		 at;
	size_t		 off;
} wheres[] = {
	CLAIM(OF_TYPE, type, "ST03"),
	CLAIM(OF_USAGE, usage, "ISA15"),
	CLAIM(OF_PCN, pcn, "2300 CLM01"),
	CLAIM(OF_POS, pos, "2300 CLM05-1"),
	CLAIM(OF_TOB, tob, "2300 CLM05-1"),
	CLAIM(OF_FREQUENCY, frequency, "2300 CLM05-3"),
	CLAIM(OF_SIGNATURE, signature, "2300 CLM06"),
	CLAIM(OF_ASSIGNMENT, assignment, "2300 CLM07"),
	CLAIM(OF_ASSIGNED, assigned, "2300 CLM08"),
	CLAIM(OF_RELEASE, release, "2300 CLM09"),
	CLAIM(OF_DELAY, delay, "2300 CLM20"),
	CLAIM(OF_ADMIT_TYPE, admit_type, "2300 CL101"),
	CLAIM(OF_ADMIT_SOURCE, admit_source, "2300 CL102"),
	CLAIM(OF_DISPOSITION, disposition, "2300 CL103"),
	CLAIM(OF_ADMIT_TIME, admit_time, "2300 DTP*435"),
	CLAIM(OF_DISCHARGE_TIME, discharge_time, "2300 DTP*096"),
	[OF_SEX] = { "2010CA DMG03", AT_CLAIM, offsetof(struct party, sex) },
	COVERAGE(OF_ORDER, order, "SBR01"),
	COVERAGE(OF_RELATION, relation, "SBR02"),
	COVERAGE(OF_FILING, filing, "SBR09"),
	LINE(OF_LINE_REVENUE, revenue, "SV201"),
	LINE(OF_LINE_CODE, code, "procedure code"),
	LINE(OF_LINE_HCPCS, code, "procedure code"),
	LINE(OF_LINE_UNIT, unit, "unit"),
	LINE(OF_LINE_POS, pos, "SV105"),
	LINE(OF_LINE_CONTROL, control, "REF*6R"),
	LINE(OF_LINE_NDC, ndc, "LIN03"),
	LINE(OF_LINE_NDC_UNIT, ndc_unit, "CTP05-1"),
	LINE(OF_MODIFIER, modifiers, "modifier"),
	[OF_DX] = { "2300 HI", AT_DX, offsetof(struct diagnosis, code) },
	[OF_POA] = { "2300 HI", AT_DX, offsetof(struct diagnosis, poa) },
	[OF_PROCEDURE] = { "2300 HI", AT_PROCEDURE, offsetof(struct procedure, code) },
};

static struct str
str_at(const void *object, size_t off)
{
	return *(const struct str *)(const void *)((const char *)object + off);
}

/* Modifiers are the one text that repeats inside a repeat. */
static bool
next_modifier(const struct judge *j, struct cursor *c, struct text *out)
{
	for (; c->i < j->e->n_lines; c->i++, c->k = 0)
		if (c->k < j->e->lines[c->i].n_modifiers) {
			*out = (struct text){ j->e->lines[c->i].modifiers[c->k], "modifier", AT_LINE, c->i };
			c->k++;
			return true;
		}
	return false;
}

static bool
next_line(const struct judge *j, const struct where *w, struct cursor *c, struct text *out)
{
	while (j->row->of == OF_LINE_HCPCS && c->i < j->e->n_lines && !shape_is_hcpcs(&j->e->lines[c->i]))
		c->i++;
	if (c->i >= j->e->n_lines)
		return false;
	*out = (struct text){ str_at(&j->e->lines[c->i], w->off), w->element, AT_LINE, c->i };
	c->i++;
	return true;
}

static bool
next_of(const void *list, size_t n, size_t each, const struct where *w, struct cursor *c, struct text *out)
{
	if (c->i >= n)
		return false;
	out->s = str_at((const char *)list + c->i * each, w->off);
	out->element = w->element;
	out->i = c->i++;
	return true;
}

bool
subject_text(const struct judge *j, struct cursor *c, struct text *out)
{
	const struct encounter *e = j->e;
	const struct where *w = &wheres[j->row->of];

	if (j->row->of == OF_MODIFIER)
		return next_modifier(j, c, out);
	out->at = w->at;
	switch (w->at) {
	case AT_LINE:
		return next_line(j, w, c, out);
	case AT_DX:
		return next_of(j->view->diagnoses, j->view->n_diagnoses, sizeof *j->view->diagnoses, w, c, out);
	case AT_COVERAGE:
		return next_of(e->coverages, e->n_coverages, sizeof *e->coverages, w, c, out);
	case AT_PROCEDURE:
		return next_of(e->procedures, e->n_procedures, sizeof *e->procedures, w, c, out);
	default:
		return next_of(j->row->of == OF_SEX ? (const void *)j->patient : e, 1, 0, w, c, out);
	}
}

void
judge_raise_text(struct judge *j, const struct text *t)
{
	switch (t->at) {
	case AT_LINE:
		judge_raise_line(j, t->i, t->element);
		break;
	case AT_DX:
		judge_raise_dx(j, t->i);
		break;
	case AT_COVERAGE:
		judge_raise(j, arena_fmt(j->a, "coverage %zu %s", t->i + 1, t->element), STR_NONE);
		break;
	case AT_PROCEDURE:
		judge_raise(j, arena_fmt(j->a, "%s procedure %zu", t->element, t->i + 1), STR_NONE);
		break;
	default:
		judge_raise(j, str_of(t->element), STR_NONE);
	}
}
