/*
 * merge.c - a fragment joins its visit. Driven by encounter.def, so that a new field needs nothing here;
 * only what tells two members of a list apart is listed. Never takes anything away but a document.
 */
#include "hl7/hl7.h"

#include <string.h>

static const struct list_key {
	const char	*list, *key, *key2;
	bool		 replace;	/* the later member stands in for the earlier one as a whole */
} keys[] = {
	{ "coverages",	"order",   NULL,   false },
	{ "parties",	"role",	   NULL,   true },
	{ "refs",	"qual",	   NULL,   true },
	{ "dates",	"qual",	   NULL,   true },
	{ "amounts",	"qual",	   NULL,   true },
	{ "diagnoses",	"code",	   "role", false },	/* roles are aligned first */
	{ "procedures",	"code",	   "day",  true },
	{ "infos",	"qual",	   "code", true },
	{ "lines",	"control", NULL,   true },
	{ "documents",	"id",	   NULL,   true },
	{ "extras",	"loop",	   "segment", true },
};

static const struct list_key *
key_of(const char *list)
{
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (strcmp(keys[i].list, list) == 0)
			return &keys[i];
	return NULL;
}

static bool
same_field(const struct rec_object *o, const char *name, const void *x, const void *y)
{
	for (size_t i = 0; name && i < o->n; i++) {
		const struct rec_field *f = &o->fields[i];
		const char *px = (const char *)x + f->at, *py = (const char *)y + f->at;

		if (f->kind == K_PART || strcmp(f->name, name) != 0)
			continue;
		if (f->kind == K_DAY)
			return *(const day_t *)(const void *)px == *(const day_t *)(const void *)py;
		return str_eq(*(const struct str *)(const void *)px, *(const struct str *)(const void *)py);
	}
	return true;
}

static int merge_object(struct arena *, const struct rec_object *, void *into, const void *from);

/* A list that is no list of the visit (adjustments and the like) goes over as a whole. */
static void
take_list(const struct rec_field *f, char *into, const char *from)
{
	size_t n = *(const size_t *)(const void *)(from + f->at_n);

	if (n == 0)
		return;
	*(void **)(void *)(into + f->at) = *(void *const *)(const void *)(from + f->at);
	*(size_t *)(void *)(into + f->at_n) = n;
}

static void *
find_member(const struct rec_field *f, const struct list_key *key, const char *into, const void *member)
{
	size_t n = *(const size_t *)(const void *)(into + f->at_n);
	char *arr = *(char *const *)(const void *)(into + f->at);

	for (size_t i = 0; i < n; i++) {
		void *one = arr + i * f->of->size;

		if (same_field(f->of, key->key, one, member) && same_field(f->of, key->key2, one, member))
			return one;
	}
	return NULL;
}

static int
merge_list(struct arena *a, const struct rec_field *f, char *into, const char *from)
{
	const struct list_key *key = f->kind == K_MANY ? key_of(f->name) : NULL;
	size_t n = *(const size_t *)(const void *)(from + f->at_n);
	const char *arr = *(const char *const *)(const void *)(from + f->at);
	int rc = 0;

	if (!key) {
		take_list(f, into, from);
		return 0;
	}
	for (size_t i = 0; i < n && rc >= 0; i++) {
		const void *member = arr + i * f->of->size;
		void *one = find_member(f, key, into, member);

		if (one && !key->replace) {
			rc = merge_object(a, f->of, one, member);
			continue;
		}
		if (!one)
			one = rec_push_(a, (void **)(void *)(into + f->at), (size_t *)(void *)(into + f->at_n), f->of);
		if (!one)
			return E_NOMEM;
		memcpy(one, member, f->of->size);
	}
	return rc;
}

static int
merge_field(struct arena *a, const struct rec_field *f, char *into, const char *from)
{
	char *to = into + f->at;
	const char *at = from + f->at;

	switch (f->kind) {
	case K_TEXT:
		if (((const struct str *)(const void *)at)->n)
			memcpy(to, at, sizeof(struct str));
		break;
	case K_DAY:
		if (*(const day_t *)(const void *)at != DAY_NONE)
			memcpy(to, at, sizeof(day_t));
		break;
	case K_CENTS: case K_MILLI: case K_INT:
		if (*(const int64_t *)(const void *)at != 0)
			memcpy(to, at, sizeof(int64_t));
		break;
	case K_BOOL:
		*(bool *)to = *(bool *)to || *(const bool *)at;
		break;
	case K_ONE:
		return merge_object(a, f->of, to, at);
	case K_MANY: case K_STRS:
		return merge_list(a, f, into, from);
	case K_PART:
		break;
	}
	return 0;
}

static int
merge_object(struct arena *a, const struct rec_object *o, void *into, const void *from)
{
	int rc = 0;

	for (size_t i = 0; i < o->n && rc >= 0; i++) {
		if (o->fields[i].kind == K_PART && o->fields[i].max != PART_INGEST)
			break;		/* what the stages and people added stays theirs */
		rc = merge_field(a, &o->fields[i], into, from);
	}
	return rc;
}

/* ---- what the table cannot say: diagnoses, and lines that point at them ---- */

static bool
is_admitting(const struct diagnosis *d)
{
	return str_is(d->role, "admitting");
}

static bool
same_diagnosis(const struct diagnosis *x, const struct diagnosis *y)
{
	return str_eq(x->code, y->code) && is_admitting(x) == is_admitting(y);
}

static void
set_role(struct diagnosis *d, bool principal)
{
	d->role = principal ? S("principal") : S("other");
	d->qual = principal ? S("ABK") : S("ABF");
}

/* Where the fragment names a principal diagnosis, what the visit had for one steps back. */
static void
one_principal(struct encounter *e, const struct encounter *from)
{
	for (size_t i = 0; i < from->n_diagnoses; i++) {
		const struct diagnosis *p = &from->diagnoses[i];

		if (!str_is(p->role, "principal"))
			continue;
		for (size_t k = 0; k < e->n_diagnoses; k++)
			if (!is_admitting(&e->diagnoses[k]))
				set_role(&e->diagnoses[k], str_eq(e->diagnoses[k].code, p->code));
	}
}

/* Otherwise the visit knows the role better than a fragment that says only "other". */
static void
align_roles(const struct encounter *into, struct encounter *from)
{
	for (size_t i = 0; i < from->n_diagnoses; i++)
		for (size_t k = 0; k < into->n_diagnoses; k++)
			if (same_diagnosis(&into->diagnoses[k], &from->diagnoses[i])) {
				from->diagnoses[i].role = into->diagnoses[k].role;
				from->diagnoses[i].qual = into->diagnoses[k].qual;
			}
}

/* Pointers count places in one list of diagnoses; make them count the same diagnoses in another. */
static int
repoint(struct arena *a, struct line *l, const struct diagnosis *was, size_t n_was, const struct encounter *now)
{
	struct str *v = arena_array(a, l->n_pointers, sizeof *v);

	if (!v)
		return E_NOMEM;
	for (size_t i = 0; i < l->n_pointers; i++) {
		int64_t at;

		v[i] = l->pointers[i];
		if (!str_to_int(v[i], &at) || at < 1 || (size_t)at > n_was)
			continue;
		for (size_t k = 0; k < now->n_diagnoses; k++)
			if (same_diagnosis(&now->diagnoses[k], &was[at - 1])) {
				v[i] = arena_fmt(a, "%zu", k + 1);
				break;
			}
	}
	l->pointers = v;
	return 0;
}

static int
rank(const struct diagnosis *d)
{
	return str_is(d->role, "principal") ? 0 : is_admitting(d) ? 2 : 1;
}

/* Principal first, admitting last: the order of a claim. */
static int
order_diagnoses(struct arena *a, struct encounter *e)
{
	struct diagnosis *was = e->diagnoses, *v;
	bool sorted = true;
	size_t n = 0;
	int rc = 0;

	for (size_t i = 1; i < e->n_diagnoses && sorted; i++)
		sorted = rank(&was[i - 1]) <= rank(&was[i]);
	if (sorted)
		return 0;
	v = arena_array(a, e->n_diagnoses, sizeof *v);
	if (!v)
		return E_NOMEM;
	for (int r = 0; r < 3; r++)
		for (size_t i = 0; i < e->n_diagnoses; i++)
			if (rank(&was[i]) == r)
				v[n++] = was[i];
	e->diagnoses = NULL;
	e->n_diagnoses = 0;
	for (size_t i = 0; i < n; i++) {		/* pushed, so that the next fragment can push on */
		struct diagnosis *one = REC_PUSH(a, e, diagnoses, diagnosis);

		if (!one)
			return E_NOMEM;
		*one = v[i];
	}
	for (size_t i = 0; i < e->n_lines && rc >= 0; i++)
		rc = repoint(a, &e->lines[i], was, n, e);
	return rc;
}

static bool
charged_too(const struct encounter *e, const struct line *l)
{
	for (size_t i = 0; i < e->n_lines; i++)
		if (!str_starts(e->lines[i].control, S("PR1-")) && str_eq(e->lines[i].code, l->code) &&
		    (e->lines[i].from == l->from || l->from == DAY_NONE))
			return true;
	return false;
}

/* A procedure line whose charge has come, and a document that was withdrawn, have had their day. */
static void
drop_settled(struct encounter *e)
{
	size_t n = 0;

	for (size_t i = 0; i < e->n_lines; i++)
		if (!str_starts(e->lines[i].control, S("PR1-")) || !charged_too(e, &e->lines[i]))
			e->lines[n++] = e->lines[i];
	e->n_lines = n;
	for (size_t i = 0; i < n; i++)
		e->lines[i].number = (int64_t)i + 1;
	n = 0;
	for (size_t i = 0; i < e->n_documents; i++)
		if (e->documents[i].text.n)
			e->documents[n++] = e->documents[i];
	e->n_documents = n;
}

int
hl7_merge(struct arena *a, struct encounter *into, const struct encounter *fragment)
{
	struct encounter from = *fragment;
	int rc;

	from.diagnoses = arena_array(a, from.n_diagnoses, sizeof *from.diagnoses);
	if (!from.diagnoses)
		return E_NOMEM;
	if (from.n_diagnoses)
		memcpy(from.diagnoses, fragment->diagnoses, from.n_diagnoses * sizeof *from.diagnoses);
	one_principal(into, &from);
	align_roles(into, &from);
	rc = merge_object(a, &rec_encounter, into, &from);
	for (size_t i = 0; i < into->n_lines && rc >= 0; i++)
		for (size_t k = 0; k < from.n_lines; k++)
			if (str_eq(into->lines[i].control, from.lines[k].control)) {
				rc = repoint(a, &into->lines[i], from.diagnoses, from.n_diagnoses, into);
				break;
			}
	if (rc >= 0)
		rc = order_diagnoses(a, into);
	return rc < 0 ? rc : a->spent ? E_NOMEM : 0;
}

void
hl7_settle(struct encounter *e)
{
	drop_settled(e);
	if (e->n_diagnoses && rank(&e->diagnoses[0]) == 1)
		set_role(&e->diagnoses[0], true);
}

void
hl7_reopen(struct encounter *e)
{
	e->discharged = DAY_NONE;
	e->discharge_time = STR_NONE;
	e->disposition = STR_NONE;
}
