/* read.c - which resources of an input become encounters: every Claim, and every finished Encounter left over. */
#include "fhir/pool.h"

#include <string.h>

static bool
is(const struct res *r, const char *type)
{
	return strcmp(r->type, type) == 0;
}

static bool
billable_claim(const struct res *r)
{
	const char *status = json_string_value(json_object_get(r->j, "status"));
	const char *use = json_string_value(json_object_get(r->j, "use"));

	return is(r, "Claim") && (!status || strcmp(status, "active") == 0) && (!use || strcmp(use, "claim") == 0);
}

/* The Encounter of the first item that names one, else the one its prescription was written in. */
static struct res *
visit_of(struct pool *p, struct res *claim)
{
	json_t *item;
	size_t i;
	struct res *r;

	json_array_foreach(json_object_get(claim->j, "item"), i, item) {
		r = at(item, "encounter.0") ? pool_find(p, at(item, "encounter.0")) : NULL;
		if (r && is(r, "Encounter"))
			return r;
	}
	r = pool_find(p, json_object_get(claim->j, "prescription"));
	r = r ? pool_find(p, json_object_get(r->j, "encounter")) : NULL;
	return r && is(r, "Encounter") ? r : NULL;
}

static int
add(struct pool *p, struct res *claim, struct res *visit)
{
	struct encounter *e, **one;
	int rc;

	if ((claim ? claim : visit)->id.n == 0)
		return fault_add(p->faults, E_INCOMPLETE, arena_fmt(p->a, "%s without id", claim ? "Claim" : "Encounter"),
		    S("no id"), S("give every Claim and Encounter its id"));
	if (p->out->n == LIMIT_RECORDS)
		return fault_add(p->faults, E_LIMIT, S("/"), S("too many encounters in one input"), S("split it"));
	rc = visit_build(p, claim, visit, &e);
	if (rc < 0)
		return rc;
	one = arena_push(p->a, p->out->v, p->out->n);
	if (!one)
		return E_NOMEM;
	*one = e;
	return 0;
}

static int
build_all(struct pool *p)
{
	int rc = 0;

	for (size_t i = 0; i < p->n && rc != E_NOMEM && rc != E_LIMIT; i++) {
		struct res *visit;

		if (!billable_claim(&p->v[i]))
			continue;
		visit = visit_of(p, &p->v[i]);
		if (visit)
			visit->claimed = true;
		rc = add(p, &p->v[i], visit);
	}
	for (size_t i = 0; i < p->n && rc != E_NOMEM && rc != E_LIMIT; i++) {
		const char *status = json_string_value(json_object_get(p->v[i].j, "status"));

		if (is(&p->v[i], "Encounter") && !p->v[i].claimed && status && strcmp(status, "finished") == 0)
			rc = add(p, NULL, &p->v[i]);
	}
	return rc == E_NOMEM || rc == E_LIMIT ? rc : 0;
}

int
fhir_read(struct arena *a, const struct str *texts, size_t n, struct fhir_out *out, struct faults *faults)
{
	struct pool p = { .a = a, .out = out, .faults = faults };
	size_t before = faults->n;
	int rc;

	*out = (struct fhir_out){ 0 };
	rc = pool_load(&p, texts, n);
	if (rc >= 0)
		rc = pool_link(&p);
	if (rc >= 0)
		rc = build_all(&p);
	out->resources = p.n;
	pool_free(&p);
	if (rc < 0)
		return rc;
	if (out->n == 0 && faults->n == before)
		return fault_add(faults, E_INCOMPLETE, S("/"), S("no Claim and no finished Encounter in the input"),
		    S("send Encounters with the resources that refer to them, in one input"));
	return out->n ? (int)out->n : faults->v[before].rc;
}
