/*
 * x12_from_verdicts.c - x12 from-json --as 277CA: claims of to-json, each with a verdict, as the answer of their payer. Of a
 * claim no more is kept than the answer says of it. Judges nothing: the verdict is the line's.
 */
#include "claimline/x12_from.h"
#include "base/js.h"

struct verdict { struct str category, status, entity, payer_control, batch; };

#define TEXT(name, max, words)	{ #name, K_TEXT, offsetof(struct verdict, name), 0, NULL, max, false, REC_VERSION, words }
static const struct rec_field fields[] = {
	TEXT(category, 2, "STC01-1: A1 received, A2 accepted, A3 returned, A7 not valid ..."),
	TEXT(status, 5, "STC01-2: claim status code"),
	TEXT(entity, 3, "STC01-3: whom it is about"),
	TEXT(payer_control, 50, "REF*1K: the payer's number of the claim"),
	TEXT(batch, 50, "BHT03 of the 837; default isa13 of its from"),
};
static const struct rec_object rec_verdict = { "verdict", "What a payer says of a claim", sizeof(struct verdict), fields,
	sizeof fields / sizeof *fields, NULL, 0 };

static const struct { const char *category, *verdict; } categories[] = {
#define WORDS(list, code, text)
#define CATEGORY(category, status, verdict, words) { category, verdict },
#include "schemas/x12_answers.def"
};

/* -1: no category of a 277CA. */
static int
accepts(struct str category)
{
	for (size_t i = 0; i < sizeof categories / sizeof *categories; i++)
		if (category.n && str_is(category, categories[i].category))
			return strcmp(categories[i].verdict, "rejected") != 0;
	return -1;
}

static bool
is_code(struct str s, bool digits)
{
	for (size_t i = 0; i < s.n; i++)
		if (!(s.p[i] >= '0' && s.p[i] <= '9') && (digits || !(s.p[i] >= 'A' && s.p[i] <= 'Z')))
			return false;
	return true;
}

static int
verdict_check(struct x12_from *k, const struct verdict *v)
{
	if (accepts(v->category) < 0)
		return x12_from_refuse(k, "/verdict/category", "is no category of an acknowledged claim", "give A0 to A8");
	if (!v->status.n || !is_code(v->status, true))
		return x12_from_refuse(k, "/verdict/status", "is no claim status code", "give its digits as a text, such as \"20\"");
	if (!is_code(v->entity, false))
		return x12_from_refuse(k, "/verdict/entity", "is no entity code",
		    "give digits and capitals, such as \"PR\", or leave it out");
	if (!v->entity.n && x12_status_needs(v->status) == STATUS_ENTITY)
		return x12_from_refuse(k, "/verdict/entity", "is missing: the status speaks of a party",
		    "say whose it is, such as \"85\" or \"IL\"");
	if (x12_status_needs(v->status) == STATUS_OTHER)
		return x12_from_refuse(k, "/verdict/status", "says nothing alone",
		    "give the status that says what is wrong, such as \"187\"");
	if (!v->batch.n)
		return x12_from_refuse(k, "/verdict/batch", "is missing, and the line has no from with an isa13",
		    "give BHT03 of the 837 that is answered");
	return 0;
}

/* isa13 of the line's from: BHT03 of what from-json writes is the same number. */
static struct str
isa13(struct x12_from *k, struct str from)
{
	struct js j = js_of(&k->w->line, from);
	struct str name, out = STR_NONE;

	if (js_kind(&j) != JS_OBJECT || !js_open(&j))
		return out;
	while (js_member(&j, &name))
		if (!str_is(name, "isa13") || js_kind(&j) != JS_STRING ? !js_skip(&j) : !js_string(&j, &out))
			break;
	return out;
}

static void
name_copy(struct arena *a, struct party *to, const struct party *from)
{
	to->person = from->person;
	to->last = arena_str(a, from->last);
	to->first = arena_str(a, from->first);
	to->middle = arena_str(a, from->middle);
	to->suffix = arena_str(a, from->suffix);
	to->id = arena_str(a, from->id);
}

static struct encounter *
slim(struct arena *a, const struct encounter *e)
{
	struct encounter *out = rec_new(a);

	if (!out)
		return NULL;
	name_copy(a, &out->patient, &e->patient);
	name_copy(a, &out->billing, &e->billing);
	if (!out->patient.id.n && e->n_coverages)
		out->patient.id = arena_str(a, e->coverages[0].subscriber.id);
	out->type = arena_str(a, e->type);
	out->pcn = arena_str(a, e->pcn);
	out->tob = arena_str(a, e->tob);
	out->frequency = arena_str(a, e->frequency);
	out->charge = e->charge;
	out->from = e->from;
	out->to = e->to;
	return out;
}

static int
keep(struct x12_from *k, const struct encounter *e, const struct verdict *v)
{
	struct x12_verdict *one;

	if (k->n == LIMIT_RECORDS)
		return x12_from_refuse(k, "/verdict/batch",
		    arena_fmt(&k->w->line, "more than %d claims of one batch, the most a 277CA is "
		    "written of", LIMIT_RECORDS).p, "answer the batch in parts");
	one = arena_push(&k->a, k->verdicts, k->n);
	if (!one)
		return E_NOMEM;
	if (k->n == 1) {
		k->batch = arena_str(&k->a, v->batch);
		k->first = k->n_line;
	}
	*one = (struct x12_verdict){ slim(&k->a, e), arena_str(&k->a, v->category), arena_str(&k->a, v->status),
	    arena_str(&k->a, v->entity), arena_str(&k->a, v->payer_control), accepts(v->category) > 0 };
	return k->a.spent ? E_NOMEM : 0;
}

int
x12_from_verdict(struct x12_from *k, const struct x12_line_parts *p)
{
	struct arena *a = &k->w->line;
	struct encounter *e = rec_new(a);
	struct verdict v = { 0 };
	struct faults f = { .a = a };
	int rc;

	if (!e)
		return E_NOMEM;
	if (p->kind != LINE_CLAIM || !p->wrapped || !p->verdict.n)
		return x12_from_refuse(k, p->wrapped ? "/verdict" : "/encounter",
		    "is missing: a 277CA is written of claims with verdicts",
		    "give each claim of to-json a verdict {category, status, entity, payer_control}");
	rc = x12_from_told(k, &f, rec_object_from_json(a, p->verdict, &rec_verdict, &v, &f), "/verdict");
	rc = rc < 0 ? rc : x12_from_told(k, &f, rec_from_json(a, p->encounter, e, &f), "/encounter");
	if (rc < 0)
		return rc;
	v.batch = v.batch.n ? v.batch : isa13(k, p->from);
	rc = verdict_check(k, &v);
	if (rc == 0 && !e->pcn.n)
		rc = x12_from_refuse(k, "/encounter/pcn", "is missing: nobody could tell which claim is answered",
		    "give CLM01 of the claim");
	if (rc == 0 && k->n && !str_eq(k->batch, v.batch))
		rc = x12_from_verdicts_write(k);
	return rc < 0 ? rc : keep(k, e, &v);
}

int
x12_from_verdicts_write(struct x12_from *k)
{
	struct x12_277ca_spec spec = { .ends = k->spec.ends, .payer = k->spec.submitter, .payer_id = k->spec.submitter_id,
		.receiver = k->spec.receiver, .receiver_id = k->spec.receiver_id, .batch = k->batch };
	struct str bytes;
	int rc;

	if (k->n == 0)
		return 0;
	rc = x12_write_277ca(&k->a, &spec, k->verdicts, k->n, &bytes);
	if (rc == E_VALUE)			/* the codes were looked at: it is the envelope */
		return cli_usage(k->w->c, "an option holds what the envelope of a 277CA cannot");
	if (rc == 0)
		rc = x12_dest_put(k->out, bytes);
	x12_from_wrote(k);
	arena_reset(&k->a);
	k->verdicts = NULL;
	k->n = 0;
	return rc;
}
