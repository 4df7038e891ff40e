/*
 * read_json.c - Claimline JSON and FHIR as values: what is outermost in them, and what makes one an encounter.
 * How a text is cut into values is cut_json.c's business, what is inside one that of the readers of the kind.
 */
#include "ingest/parts.h"
#include "fhir/fhir.h"

#include <string.h>

/* A name of the outermost object, found without reading the rest. */
static bool
has_name(struct str text, struct str name)
{
	size_t depth = 0;

	if (!memmem(text.p, text.n, name.p, name.n))
		return false;
	for (size_t i = 0; i < text.n; i++) {
		struct str rest = { text.p + i, text.n - i };
		bool key = depth == 1 && str_starts(rest, name);

		if (text.p[i] == '"') {
			for (i++; i < text.n && text.p[i] != '"'; i++)
				i += text.p[i] == '\\';
			rest = (struct str){ text.p + i + 1, i + 1 < text.n ? text.n - i - 1 : 0 };
			rest = str_trim(rest);
			if (key && rest.n && rest.p[0] == ':')
				return true;
			continue;
		}
		depth += text.p[i] == '{' || text.p[i] == '[';
		depth -= text.p[i] == '}' || text.p[i] == ']';
	}
	return false;
}

/* ---- FHIR ---- */

static int
read_fhir(struct reading *r, const struct json_value *v, size_t n)
{
	struct str *texts = arena_array(r->a, n, sizeof *texts), usage = { &r->rules->usage, 1 };
	struct fhir_out got;
	int rc;

	if (!texts)
		return E_NOMEM;
	for (size_t i = 0; i < n; i++)
		texts[i] = v[i].text;
	rc = fhir_read(r->a, texts, n, &got, &r->out->faults);
	if (rc < 0)
		return rc;
	if (got.loose_notes)
		(void)fault_add(&r->out->notes, E_NOT_FOUND, S("DocumentReference"),
		    arena_fmt(r->a, "%zu notes without their Encounter in the input were left out", got.loose_notes),
		    S("send them together with the Encounter they belong to"));
	for (size_t i = 0; i < got.n; i++) {
		got.v[i]->usage = arena_str(r->a, usage);
		rc = reading_add(r, got.v[i], arena_fmt(r->a, "encounter %zu", i + 1));
		if (rc == E_NOMEM)
			return rc;
	}
	return 0;
}

/* ---- Claimline JSON ---- */

static bool
is_present(const struct rec_field *f, const void *obj)
{
	const char *at = (const char *)obj + f->at;

	switch (f->kind) {
	case K_TEXT:
		return ((const struct str *)(const void *)at)->n > 0;
	case K_DAY:
		return *(const day_t *)(const void *)at != DAY_NONE;
	case K_CENTS: case K_MILLI: case K_INT:
		return *(const int64_t *)(const void *)at != 0;
	case K_BOOL:
		return *(const bool *)at;
	case K_MANY: case K_STRS:
		return *(const size_t *)(const void *)((const char *)obj + f->at_n) > 0;
	case K_ONE: case K_PART:
		break;
	}
	return false;
}

/* What stages and people add does not come in by the door. */
static int
check_parts(struct reading *r, const struct encounter *e, struct str place)
{
	bool mine = true;
	int rc = 0;

	for (size_t i = 0; i < rec_encounter.n; i++) {
		const struct rec_field *f = &rec_encounter.fields[i];

		if (f->kind == K_PART)
			mine = f->max == PART_INGEST;
		else if (!mine && is_present(f, e))
			rc = fault_add(&r->out->faults, E_VALUE, place_in(r->a, place, arena_fmt(r->a, "/%s", f->name)),
			    S("a field that only this program's own stages write"), S("leave it out"));
	}
	return rc;
}

/* in/clinic-7/day1.json came from clinic-7 */
static struct str
folder_of(struct str hint)
{
	size_t end = hint.n, start;

	while (end > 0 && hint.p[end - 1] != '/')
		end--;
	if (end < 2)
		return S("-");
	for (start = end - 1; start > 0 && hint.p[start - 1] != '/';)
		start--;
	hint = (struct str){ hint.p + start, end - 1 - start };
	return hint.n && hint.n <= 60 && !str_is(hint, ".") && !str_is(hint, "..") ? hint : S("-");
}

static struct str
account_of(const struct encounter *e)
{
	if (e->patient.id.n)
		return e->patient.id;
	for (size_t i = 0; i < e->n_refs; i++)
		if (str_is(e->refs[i].qual, "EA") && e->refs[i].value.n)
			return e->refs[i].value;
	return e->pcn.n ? e->pcn : e->control;
}

static int
complete(struct reading *r, struct encounter *e, struct str place)
{
	struct faults *f = &r->out->faults;

	if (e->control.n == 0)
		e->control = e->pcn;
	if (e->control.n == 0)
		return fault_add(f, E_INCOMPLETE, place_in(r->a, place, S("/control")), S("neither control nor pcn"),
		    S("give the source's own id of the encounter as control"));
	if (e->tenant.n && !str_eq(e->tenant, r->rules->tenant))
		return fault_add(f, E_VALUE, place_in(r->a, place, S("/tenant")), S("another tenant than this installation's"),
		    S("leave it out, or send it to that tenant's installation"));
	if (e->usage.n && e->usage.p[0] != r->rules->usage)
		return fault_add(f, E_VALUE, place_in(r->a, place, S("/usage")),
		    S("test and production do not mix: usage is not what this system is set to"),
		    S("leave it out, or set ingest.usage"));
	if (e->usage.n == 0)
		e->usage = arena_str(r->a, (struct str){ &r->rules->usage, 1 });
	if (e->source.n == 0)
		e->source = S("json");
	if (e->sender.n == 0)
		e->sender = arena_str(r->a, folder_of(r->hint));
	if (e->account.n == 0)
		e->account = account_of(e);
	return 0;
}

/* "line 2 column 5" of a value, counted in the input; "/patient/dob" of a value, after the place of the value. */
static struct str
place_of(struct reading *r, const struct json_value *v, struct str inner)
{
	struct str rest = inner;
	int64_t line, column;

	(void)str_cut(&rest, ' ');
	if (!str_starts(inner, S("line ")) || !str_to_int(str_cut(&rest, ' '), &line))
		return place_in(r->a, v->place, inner);
	(void)str_cut(&rest, ' ');
	if (!str_to_int(rest, &column))
		return place_in(r->a, v->place, inner);
	return json_place(r->a, v, (size_t)(line > 0 ? line : 1), (size_t)(column > 0 ? column : 0));
}

static int
read_one(struct reading *r, const struct json_value *v)
{
	struct str place = v->place;
	struct faults why = { .a = r->a };
	struct encounter *e = rec_new(r->a);
	int rc;

	if (!e)
		return E_NOMEM;
	rc = rec_from_json(r->a, v->text, e, &why);
	for (size_t i = 0; i < why.n; i++)
		(void)fault_add(&r->out->faults, why.v[i].rc, place_of(r, v, why.v[i].place), why.v[i].words,
		    why.v[i].fix);
	if (rc == E_NOMEM || why.n)
		rc = rc == E_NOMEM ? rc : why.v[0].rc;
	if (rc >= 0)
		rc = check_parts(r, e, place);
	if (rc >= 0)
		rc = complete(r, e, place);
	r->out->n_refused += rc < 0;
	return rc < 0 ? rc : reading_add(r, e, place);
}

int
read_json(struct reading *r, struct str bytes)
{
	struct json_value *v = NULL;
	size_t n = 0;
	int rc = json_cut(r, bytes, &v, &n);

	if (rc < 0)
		return rc;
	if (n == 0)
		return r->out->faults.n ? r->out->faults.v[0].rc : fault_add(&r->out->faults, E_INCOMPLETE, S("line 1"),
		    S("an empty list"), S("send at least one encounter"));
	if (has_name(v[0].text, S("\"resourceType\""))) {
		r->out->kind = INTAKE_FHIR;
		return read_fhir(r, v, n);
	}
	if (n > LIMIT_RECORDS)
		return fault_add(&r->out->faults, E_LIMIT, S("/"), S("too many encounters in one input"), S("split it"));
	for (size_t i = 0; i < n && rc != E_NOMEM; i++)
		rc = read_one(r, &v[i]);
	return rc == E_NOMEM ? rc : 0;
}
