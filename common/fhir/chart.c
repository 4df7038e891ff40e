/*
 * chart.c - what was written about a visit: notes with text in them, and the names of its conditions as
 * one problem list. Codes other than ICD-10-CM are not turned into codes: their words are for the coder.
 */
#include "fhir/pool.h"

#include <string.h>

/* LOINC document types */
static const struct code_row types[] = {
	{ "34117-2", "H&P" }, { "18842-5", "discharge summary" }, { "11488-4", "consultation" },
	{ "28570-0", "procedure note" }, { "11506-3", "progress" }, { "11504-8", "op note" },
	{ "18748-4", "imaging" }, { "11502-2", "result" }, { "11526-1", "pathology" }, { "34111-5", "emergency note" },
	{ "51847-2", "progress" }, { "34133-9", "summary" },
};
static const char *const icd10cm[] = { "http://hl7.org/fhir/sid/icd-10-cm", NULL };

static struct str
type_of(struct pool *p, json_t *note)
{
	json_t *concept = json_object_get(note, strcmp(json_string_value(json_object_get(note, "resourceType")),
	    "DocumentReference") == 0 ? "type" : "code"), *one;
	size_t i;

	json_array_foreach(json_object_get(concept, "coding"), i, one) {
		struct str words = CODE_ROW(types, text_at(p->a, one, "code"));

		if (words.n)
			return words;
	}
	return strcmp(json_string_value(json_object_get(note, "resourceType")), "DocumentReference") == 0 ? S("note") :
	    S("result");
}

static void
put_attachment(struct pool *p, json_t *attachment, struct buf *b)
{
	struct str kind = text_at(p->a, attachment, "contentType");
	json_t *data = json_object_get(attachment, "data");
	struct str text;

	if (!data || (kind.n && !str_starts(kind, S("text/plain"))))
		return;
	text = base64_text(p->a, json_string_value(data), json_string_length(data));
	if (b->n && text.n)
		buf_ch(b, '\n');
	buf_str(b, text);
}

static struct str
text_of(struct pool *p, json_t *note)
{
	json_t *one, *words = json_object_get(note, "conclusion");
	struct buf b;
	size_t i;

	buf_init(&b, p->a);
	json_array_foreach(json_object_get(note, "content"), i, one)
		put_attachment(p, json_object_get(one, "attachment"), &b);
	json_array_foreach(json_object_get(note, "presentedForm"), i, one)
		put_attachment(p, one, &b);
	if (json_string_length(words)) {
		buf_cstr(&b, b.n ? "\n" : "");
		buf_str(&b, (struct str){ json_string_value(words), json_string_length(words) });
	}
	return buf_view(&b);
}

static day_t
written(json_t *note, struct encounter *e)
{
	static const char *const paths[] = { "date", "effectiveDateTime", "effectivePeriod.start", "issued" };

	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		if (day_at(note, paths[i]) != DAY_NONE)
			return day_at(note, paths[i]);
	return e->from;
}

int
chart_documents(struct pool *p, struct res *visit, struct encounter *e)
{
	for (struct res *r = visit->notes; r; r = r->next) {
		struct str text = r->replaced ? STR_NONE : text_of(p, r->j);
		struct document *d;

		if (text.n == 0)
			continue;
		d = REC_PUSH(p->a, e, documents, document);
		if (!d)
			return E_NOMEM;
		d->id = key_of(p->a, arena_str(p->a, r->id), 64);
		d->type = type_of(p, r->j);
		d->day = written(r->j, e);
		d->text = text;
		p->out->documents++;
	}
	return 0;
}

/* E11.9 -> E119 */
static struct str
without_dot(struct arena *a, struct str s)
{
	struct buf b;

	buf_init(&b, a);
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] != '.')
			buf_ch(&b, s.p[i]);
	return b.n <= 7 ? buf_view(&b) : STR_NONE;
}

int
chart_diagnosis(struct pool *p, json_t *concept, struct encounter *e)
{
	struct str code = without_dot(p->a, concept_code(p->a, concept, icd10cm));
	struct diagnosis *d;

	if (code.n < 3)
		return 0;
	for (size_t i = 0; i < e->n_diagnoses; i++)
		if (str_eq(e->diagnoses[i].code, code))
			return (int)i + 1;
	d = REC_PUSH(p->a, e, diagnoses, diagnosis);
	if (!d)
		return E_NOMEM;
	d->code = code;
	d->words = concept_text(p->a, concept);
	d->role = e->n_diagnoses == 1 ? S("principal") : S("other");
	d->qual = e->n_diagnoses == 1 ? S("ABK") : S("ABF");
	return (int)e->n_diagnoses;
}

int
chart_problems(struct pool *p, struct res *visit, struct encounter *e)
{
	struct str reason = concept_text(p->a, at(visit->j, "reasonCode.0"));
	struct document *d;
	struct buf b;

	buf_init(&b, p->a);
	for (struct res *r = visit->conditions; r; r = r->next) {
		struct str words = concept_text(p->a, json_object_get(r->j, "code"));

		if (words.n == 0)
			continue;
		buf_cstr(&b, b.n ? "" : "Assessment:\n");
		buf_fmt(&b, STR_FMT "\n", STR_ARG(words));
		if (str_eq(words, reason))
			reason = STR_NONE;
	}
	if (reason.n)
		buf_fmt(&b, "%sReason for visit:\n" STR_FMT "\n", b.n ? "\n" : "", STR_ARG(reason));
	if (b.n == 0)
		return 0;
	d = REC_PUSH(p->a, e, documents, document);
	if (!d)
		return E_NOMEM;
	d->id = S("problems");
	d->type = S("problem list");
	d->day = e->from;
	d->text = buf_view(&b);
	return 0;
}
