/*
 * events.c - which messages are taken, what each does to a visit, and the fragment it gives. A message
 * that is not listed is refused with a word, never half read.
 */
#include "hl7/map.h"

static const struct map_event events[] = {
	{ "ADT", "A01", V_AMEND }, { "ADT", "A02", V_AMEND }, { "ADT", "A03", V_DISCHARGE }, { "ADT", "A04", V_AMEND },
	{ "ADT", "A05", V_AMEND }, { "ADT", "A06", V_AMEND }, { "ADT", "A07", V_AMEND }, { "ADT", "A08", V_AMEND },
	{ "ADT", "A09", V_AMEND }, { "ADT", "A10", V_AMEND }, { "ADT", "A11", V_CANCEL }, { "ADT", "A12", V_AMEND },
	{ "ADT", "A13", V_REOPEN }, { "ADT", "A14", V_AMEND }, { "ADT", "A15", V_AMEND }, { "ADT", "A16", V_AMEND },
	{ "ADT", "A21", V_AMEND }, { "ADT", "A22", V_AMEND }, { "ADT", "A25", V_AMEND }, { "ADT", "A26", V_AMEND },
	{ "ADT", "A27", V_CANCEL }, { "ADT", "A32", V_AMEND }, { "ADT", "A33", V_AMEND }, { "ADT", "A38", V_CANCEL },
	{ "ADT", "A54", V_AMEND }, { "ADT", "A55", V_AMEND },
	{ "ADT", "A18", V_MERGE }, { "ADT", "A30", V_MERGE }, { "ADT", "A34", V_MERGE }, { "ADT", "A35", V_MERGE },
	{ "ADT", "A36", V_MERGE }, { "ADT", "A39", V_MERGE }, { "ADT", "A40", V_MERGE }, { "ADT", "A41", V_MERGE },
	{ "ADT", "A42", V_MERGE }, { "ADT", "A43", V_MERGE }, { "ADT", "A44", V_MERGE }, { "ADT", "A45", V_MERGE },
	{ "ADT", "A46", V_MERGE }, { "ADT", "A47", V_MERGE }, { "ADT", "A48", V_MERGE }, { "ADT", "A49", V_MERGE },
	{ "ADT", "A50", V_MERGE }, { "ADT", "A51", V_MERGE },
	{ "ADT", "", V_NOTED },		/* person level (A28, A31 ...), beds, allergies: nothing of a visit */
	{ "DFT", "P03", V_CHARGES }, { "DFT", "P11", V_CHARGES },
	{ "BAR", "P01", V_AMEND }, { "BAR", "P05", V_AMEND }, { "BAR", "P10", V_AMEND }, { "BAR", "P12", V_AMEND },
	{ "BAR", "", V_NOTED },		/* purge and end of account */
	{ "MDM", "T02", V_AMEND }, { "MDM", "T04", V_AMEND }, { "MDM", "T06", V_AMEND }, { "MDM", "T08", V_AMEND },
	{ "MDM", "T10", V_AMEND }, { "MDM", "T11", V_AMEND },
	{ "MDM", "", V_NOTED },		/* notifications without the document */
	{ "ORU", "R01", V_AMEND },
};

const struct map_event *
map_event(struct str type, struct str trigger)
{
	for (size_t i = 0; i < sizeof events / sizeof *events; i++)
		if (str_is(type, events[i].type) && (events[i].trigger[0] == '\0' || str_is(trigger, events[i].trigger)))
			return &events[i];
	return NULL;
}

static enum hl7_event
event_of(const struct map_event *row, enum hl7_policy policy)
{
	switch (row->what) {
	case V_DISCHARGE:
		return policy == HL7_ON_DISCHARGE ? HL7_RELEASE : HL7_AMEND;
	case V_CHARGES:
		return policy == HL7_ON_CHARGES ? HL7_RELEASE : HL7_AMEND;
	case V_CANCEL:
		return HL7_CANCEL;
	case V_NOTED: case V_MERGE:
		return HL7_NOTED;
	case V_AMEND: case V_REOPEN:
		break;
	}
	return HL7_AMEND;
}

/* Visit number, else account, else the patient with the time of admission, else the patient. */
static struct str
control_of(struct map *mp, struct str mrn)
{
	struct str pv1 = hl7_seg(mp->m, "PV1"), pid = hl7_seg(mp->m, "PID");
	struct str visit = map_get(mp, pv1, 19, 1), account = map_get(mp, pid, 18, 1), in = map_get(mp, pv1, 44, 1);

	if (visit.n || account.n)
		return map_key(mp->a, visit.n ? visit : account, 80);
	if (mrn.n && in.n)
		return map_key(mp->a, arena_fmt(mp->a, STR_FMT "-" STR_FMT, STR_ARG(mrn), STR_ARG(in)), 80);
	return mrn;
}

static int
map_body(struct map *mp, struct str type, struct str trigger)
{
	int rc = map_visit(mp);

	if (rc >= 0)
		rc = map_insurance(mp);
	if (rc >= 0)
		rc = map_diagnoses(mp);
	if (rc >= 0)
		rc = map_charges(mp);
	if (rc >= 0)
		rc = map_procedures(mp);
	return rc < 0 ? rc : map_documents(mp, type, trigger);
}

static void
map_identity(struct map *mp, struct hl7_visit *v)
{
	struct str msh = mp->m->segs[0], from = map_get(mp, msh, 4, 1), mode = map_get(mp, msh, 11, 1);
	struct encounter *e = mp->e;

	if (from.n == 0)
		from = map_get(mp, msh, 3, 1);
	for (size_t i = 0; i < e->n_refs && v->patient.n == 0; i++)
		if (str_is(e->refs[i].qual, "EA"))
			v->patient = e->refs[i].value;
	e->source = S("hl7");
	e->sender = from.n ? map_key(mp->a, from, 60) : S("-");
	e->usage = str_is(mode, "P") ? S("P") : S("T");
	e->control = control_of(mp, v->patient);
	e->pcn = map_key(mp->a, e->control, 38);
	if (e->account.n == 0)
		e->account = e->control;
	e->frequency = S("1");
}

int
hl7_map(struct arena *a, const struct hl7_msg *m, enum hl7_policy policy, struct hl7_visit *out, struct faults *f)
{
	struct map mp = { .a = a, .m = m, .e = rec_new(a) };
	struct str msh = m->segs[0], type = hl7_get(a, m, msh, 9, 1), trigger = hl7_get(a, m, msh, 9, 2);
	const struct map_event *row;
	int rc;

	*out = (struct hl7_visit){ .e = mp.e };
	if (!mp.e)
		return E_NOMEM;
	if (trigger.n == 0)
		trigger = map_get(&mp, hl7_seg(m, "EVN"), 1, 1);
	row = map_event(type, trigger);
	if (!row)
		return fault_add(f, E_UNSUPPORTED, S("MSH-9"), S("a message type or event that is not taken here"),
		    S("send ADT, DFT, BAR, MDM and ORU^R01; route other types elsewhere"));
	buf_init(&mp.problems, a);
	mp.id = hl7_get(a, m, msh, 10, 1);
	mp.day = map_day(map_get(&mp, hl7_seg(m, "EVN"), 2, 1));
	if (mp.day == DAY_NONE)
		mp.day = map_day(hl7_get(a, m, msh, 7, 1));
	rc = map_patient(&mp);
	if (rc < 0)
		return rc;
	map_identity(&mp, out);
	out->event = event_of(row, policy);
	out->reopen = row->what == V_REOPEN;
	out->note = row->what == V_MERGE ? "patients were merged or moved at the source: open visits of the old "
	    "number are not changed, correct them by hand" : NULL;
	if (out->event == HL7_NOTED)
		return 0;
	if (mp.e->control.n == 0)
		return fault_add(f, E_INCOMPLETE, S("PID-3"), S("neither visit number, account nor patient id"),
		    S("give PV1-19, PID-18 or PID-3"));
	rc = map_body(&mp, type, trigger);
	return rc < 0 ? rc : a->spent ? E_NOMEM : 0;
}
