/*
 * pool.c - reads the JSON, keeps every resource, and answers references by sorted keys, so that no input
 * can make the joins slow. Never follows a reference out of the input.
 */
#include "fhir/pool.h"

#include <stdlib.h>
#include <string.h>

static int
by_text(const void *x, const void *y)
{
	return str_cmp(((const struct key *)x)->text, ((const struct key *)y)->text);
}

static int
add_key(struct pool *p, struct str text, struct res *r)
{
	struct key *k = text.p ? arena_push(p->a, p->keys, p->n_keys) : NULL;

	if (!k)
		return E_NOMEM;
	*k = (struct key){ text, r };
	return 0;
}

/* Conditional references name an identifier instead of an id (Bulk Data of some servers). */
static int
add_identifiers(struct pool *p, struct res *r)
{
	static const char *const types[] = { "Organization", "Practitioner", "Patient", "Location", "Coverage" };
	json_t *list = json_object_get(r->j, "identifier"), *one;
	bool wanted = false;
	size_t i;

	for (i = 0; i < sizeof types / sizeof *types; i++)
		wanted = wanted || strcmp(types[i], r->type) == 0;
	json_array_foreach(wanted ? list : NULL, i, one) {
		const char *system = json_string_value(json_object_get(one, "system"));
		const char *value = json_string_value(json_object_get(one, "value"));

		if (system && value &&
		    add_key(p, arena_fmt(p->a, "%s?identifier=%s|%s", r->type, system, value), r) < 0)
			return E_NOMEM;
	}
	return 0;
}

static int
add_resource(struct pool *p, json_t *j)
{
	const char *type = json_string_value(json_object_get(j, "resourceType"));
	struct res *r;

	if (!type)
		return fault_add(p->faults, E_MALFORMED, arena_fmt(p->a, "resource %zu", p->n + 1),
		    S("no resourceType"), S("send FHIR R4 resources, or a Bundle of them"));
	r = arena_push(p->a, p->v, p->n);
	if (!r)
		return E_NOMEM;
	*r = (struct res){ .j = j, .type = type };
	r->id = str_of(json_string_value(json_object_get(j, "id")));
	return 0;
}

static int
add_bundle(struct pool *p, json_t *bundle, json_t *urls)
{
	json_t *entry;
	size_t i;

	json_array_foreach(json_object_get(bundle, "entry"), i, entry) {
		json_t *j = json_object_get(entry, "resource"), *url = json_object_get(entry, "fullUrl");
		int rc;

		if (!j)
			continue;		/* a deletion or a bare link */
		rc = add_resource(p, j);
		if (rc < 0)
			return rc;
		while (json_array_size(urls) + 1 < p->n)
			(void)json_array_append_new(urls, json_null());
		(void)json_array_append_new(urls, url ? json_incref(url) : json_null());
	}
	return 0;
}

/* Only now: the array of resources does not move any more. */
static int
index_all(struct pool *p, json_t *urls)
{
	for (size_t i = 0; i < p->n; i++) {
		struct res *r = &p->v[i];
		const char *url = json_string_value(json_array_get(urls, i));

		if ((r->id.n && add_key(p, arena_fmt(p->a, "%s/" STR_FMT, r->type, STR_ARG(r->id)), r) < 0) ||
		    (url && add_key(p, str_of(url), r) < 0) || add_identifiers(p, r) < 0)
			return E_NOMEM;
	}
	if (p->n_keys)
		qsort(p->keys, p->n_keys, sizeof *p->keys, by_text);
	return 0;
}

static int
load_one(struct pool *p, struct str text, size_t place, json_t *urls)
{
	json_error_t err;
	json_t *j = json_loadb(text.p ? text.p : "", text.n, JSON_REJECT_DUPLICATES, &err), **root;

	if (!j)		/* jansson's words may quote the input: only the place goes on */
		return fault_add(p->faults, E_MALFORMED,
		    arena_fmt(p->a, "value %zu line %d column %d", place + 1, err.line, err.column), S("not JSON"),
		    S("check for a missing quote, comma or bracket just before this place"));
	root = arena_push(p->a, p->roots, p->n_roots);
	if (!root) {
		json_decref(j);
		return E_NOMEM;
	}
	*root = j;
	if (str_is(str_of(json_string_value(json_object_get(j, "resourceType"))), "Bundle"))
		return add_bundle(p, j, urls);
	return add_resource(p, j);
}

int
pool_load(struct pool *p, const struct str *texts, size_t n)
{
	json_t *urls = json_array();
	int rc = 0;

	for (size_t i = 0; i < n && rc >= 0; i++)
		rc = load_one(p, texts[i], i, urls);
	if (rc >= 0)
		rc = index_all(p, urls);
	json_decref(urls);
	return rc;
}

void
pool_free(struct pool *p)
{
	for (size_t i = 0; i < p->n_roots; i++)
		json_decref(p->roots[i]);
}

/* ---- references ---- */

static struct res *
lookup(struct pool *p, struct str text)
{
	struct key want = { text, NULL };
	const struct key *hit = p->n_keys ? bsearch(&want, p->keys, p->n_keys, sizeof want, by_text) : NULL;

	return hit ? hit->res : NULL;
}

/* https://server/base/Type/id/_history/3 -> Type/id */
static struct str
relative(struct str url)
{
	static const char history[] = "/_history/";
	const char *cut = memmem(url.p, url.n, history, sizeof history - 1);
	size_t slashes = 0, i;

	if (cut)
		url.n = (size_t)(cut - url.p);
	for (i = url.n; i > 0; i--)
		if (url.p[i - 1] == '/' && ++slashes == 2)
			break;
	return (struct str){ url.p + i, url.n - i };
}

struct res *
pool_find(struct pool *p, json_t *reference)
{
	json_t *j = json_object_get(reference, "reference");
	struct str text = { json_string_value(j), json_string_length(j) };
	struct res *r;

	if (text.n == 0)
		return NULL;
	r = lookup(p, text);
	if (!r && text.p[0] != '#' && !str_starts(text, S("urn:")))
		r = lookup(p, relative(text));
	p->out->dangling += r == NULL;
	return r;
}

/* ---- owners ---- */

static void
append(struct res **first, struct res **last, struct res *r)
{
	if (*last)
		(*last)->next = r;
	else
		*first = r;
	*last = r;
}

static bool
usable(json_t *j, const char *status_at)
{
	static const char *const dead[] = { "entered-in-error", "refuted", "cancelled" };
	const char *s = json_string_value(at(j, status_at));

	for (size_t i = 0; s && i < sizeof dead / sizeof *dead; i++)
		if (strcmp(s, dead[i]) == 0)
			return false;
	return true;
}

static void
mark_replaced(struct pool *p, json_t *note)
{
	json_t *one;
	size_t i;

	json_array_foreach(json_object_get(note, "relatesTo"), i, one) {
		const char *code = json_string_value(json_object_get(one, "code"));
		struct res *old = code && strcmp(code, "replaces") == 0 ? pool_find(p, json_object_get(one, "target")) : NULL;

		if (old)
			old->replaced = true;
	}
}

static void
link_note(struct pool *p, struct res *r, const char *path)
{
	struct res *visit = at(r->j, path) ? pool_find(p, at(r->j, path)) : NULL;

	if (visit && strcmp(visit->type, "Encounter") == 0)
		append(&visit->notes, &visit->last_note, r);
	else
		p->out->loose_notes++;
}

static void
link_one(struct pool *p, struct res *r)
{
	struct res *owner;

	if (strcmp(r->type, "Condition") == 0 && usable(r->j, "verificationStatus.coding.0.code")) {
		owner = pool_find(p, json_object_get(r->j, "encounter"));
		if (owner && strcmp(owner->type, "Encounter") == 0)
			append(&owner->conditions, &owner->last_condition, r);
	} else if (strcmp(r->type, "DocumentReference") == 0 && usable(r->j, "status") && !r->replaced) {
		link_note(p, r, "context.encounter.0");
	} else if (strcmp(r->type, "DiagnosticReport") == 0 && usable(r->j, "status") &&
	    (at(r->j, "presentedForm.0") || at(r->j, "conclusion"))) {
		link_note(p, r, "encounter");
	} else if (strcmp(r->type, "Coverage") == 0 && usable(r->j, "status")) {
		owner = pool_find(p, json_object_get(r->j, "beneficiary"));
		if (owner && strcmp(owner->type, "Patient") == 0)
			append(&owner->coverages, &owner->last_coverage, r);
	}
}

int
pool_link(struct pool *p)
{
	for (size_t i = 0; i < p->n; i++)
		if (strcmp(p->v[i].type, "DocumentReference") == 0)
			mark_replaced(p, p->v[i].j);
	for (size_t i = 0; i < p->n; i++)
		link_one(p, &p->v[i]);
	return p->a->spent ? E_NOMEM : 0;
}
