/*
 * read_json.c - Claimline JSON and FHIR: one value, an array of them, or one per line. The text is cut
 * into values first, so that a bad one is refused alone; what is inside is for the readers of the kind.
 */
#include "ingest/parts.h"
#include "fhir/fhir.h"

#include <string.h>

/* ---- cutting ---- */

struct cutter {
	const char	*p, *end;
	unsigned	 line;
	bool		 in_array;
};

static void
skip_blank(struct cutter *c)
{
	while (c->p < c->end && (*c->p == ' ' || *c->p == '\t' || *c->p == '\r' || *c->p == '\n'))
		c->line += *c->p++ == '\n';
}

/* From { to its }, strings respected. False: no end. */
static bool
cut_object(struct cutter *c, struct str *out)
{
	const char *start = c->p;
	size_t depth = 0;
	bool quoted = false;

	for (; c->p < c->end; c->p++) {
		char ch = *c->p;

		c->line += ch == '\n';
		if (quoted) {
			if (ch == '\\' && c->p + 1 < c->end)
				c->p++;
			else if (ch == '"')
				quoted = false;
			continue;
		}
		quoted = ch == '"';
		depth += ch == '{' || ch == '[';
		if (ch == '}' || ch == ']')
			depth--;
		if (depth == 0) {
			c->p++;
			*out = (struct str){ start, (size_t)(c->p - start) };
			return true;
		}
	}
	return false;
}

/* 1 a value, 0 the end, -1 something else is there. */
static int
cut_value(struct cutter *c, struct str *out, bool first)
{
	skip_blank(c);
	if (c->in_array) {
		if (c->p < c->end && *c->p == ']') {
			c->p++;
			skip_blank(c);
			return c->p == c->end ? 0 : -1;
		}
		if (!first && (c->p == c->end || *c->p++ != ','))
			return -1;
		skip_blank(c);
	}
	if (c->p == c->end)
		return c->in_array ? -1 : 0;
	return *c->p == '{' && cut_object(c, out) ? 1 : -1;
}

struct value {
	struct str	text;
	unsigned	line;		/* where it starts, from 1 */
};

static int
cut_all(struct reading *r, struct str bytes, struct value **out, size_t *n)
{
	struct cutter c = { bytes.p, bytes.p + bytes.n, 1, bytes.p[0] == '[' };
	int rc = 1;

	c.p += c.in_array;
	while (rc > 0) {
		struct str text;
		struct value *one;
		unsigned line = (skip_blank(&c), c.line);

		rc = cut_value(&c, &text, *n == 0);
		if (rc < 0)
			return fault_add(&r->out->faults, E_MALFORMED, arena_fmt(r->a, "line %u", line),
			    S("not an object, an array of objects, or one object per line"),
			    S("check for a missing bracket, comma or quote"));
		if (rc == 0)
			break;
		one = arena_push(r->a, *out, *n);
		if (!one)
			return E_NOMEM;
		*one = (struct value){ text, line };
	}
	return 0;
}

/* A name of the outermost object, found without reading the rest. */
static bool
has_name(struct str text, struct str name)
{
	size_t depth = 0;

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
read_fhir(struct reading *r, const struct value *v, size_t n)
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

static int
read_one(struct reading *r, const struct value *v)
{
	struct str place = arena_fmt(r->a, "line %u", v->line);
	struct faults why = { .a = r->a };
	struct encounter *e = rec_new(r->a);
	int rc;

	if (!e)
		return E_NOMEM;
	rc = rec_from_json(r->a, v->text, e, &why);
	for (size_t i = 0; i < why.n; i++)
		(void)fault_add(&r->out->faults, why.v[i].rc, place_in(r->a, place, why.v[i].place), why.v[i].words,
		    why.v[i].fix);
	if (rc == E_NOMEM || why.n)
		return rc == E_NOMEM ? rc : why.v[0].rc;
	rc = check_parts(r, e, place);
	if (rc >= 0)
		rc = complete(r, e, place);
	return rc < 0 ? rc : reading_add(r, e, place);
}

int
read_json(struct reading *r, struct str bytes)
{
	struct value *v = NULL;
	size_t n = 0;
	int rc = cut_all(r, bytes, &v, &n);

	if (rc < 0)
		return rc;
	if (n == 0)
		return fault_add(&r->out->faults, E_INCOMPLETE, S("line 1"), S("an empty list"), S("send at least one encounter"));
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
