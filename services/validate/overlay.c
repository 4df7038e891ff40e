/*
 * overlay.c - one payer file: bytes in, struct overlay out. A key is an edit id or one of the names
 * in `keys`; anything else is refused, because a misspelt edit would silently stay as it is.
 */
#include "base/conf.h"
#include "validate/edits.h"

#include <string.h>

#define MAX_FILING_DAYS	3650

struct reading {
	struct arena	*a;
	struct overlay	*o;
	struct faults	*faults;
	int		 rc;
};

static void
refuse(struct reading *r, const struct conf_pair *p, const char *words, const char *fix)
{
	r->rc = fault_add(r->faults, E_CONF, arena_fmt(r->a, "line %d column %d", p->line, p->column),
	    str_of(words), str_of(fix));
}

static void
read_payer(struct reading *r, const struct conf_pair *p)
{
	struct str *one;

	if (p->value.n == 0) {
		refuse(r, p, "an empty payer id", "write the id as in NM109 of loop 2010BB");
		return;
	}
	one = arena_push(r->a, r->o->payers, r->o->n_payers);
	if (one)
		*one = arena_str(r->a, p->value);
}

static void
read_days(struct reading *r, const struct conf_pair *p)
{
	int64_t v;

	if (!str_to_int(p->value, &v) || v < 1 || v > MAX_FILING_DAYS)
		refuse(r, p, "not a number of days from 1 to 3650", "write whole days, such as 180");
	else
		r->o->timely_filing_days = (int)v;
}

static void
read_authorization(struct reading *r, const struct conf_pair *p)
{
	if (p->value.n == 0) {
		refuse(r, p, "an empty code", "write a HCPCS or revenue code, or a range such as 70551-70553");
		return;
	}
	r->o->authorization = arena_fmt(r->a, STR_FMT "%s" STR_FMT, STR_ARG(r->o->authorization),
	    r->o->authorization.n ? " " : "", STR_ARG(p->value));
}

static void
read_name(struct reading *r, const struct conf_pair *p)
{
	if (p->value.n == 0)
		refuse(r, p, "an empty name", "say whose rules these are");
}

static const struct { const char *key; void (*read)(struct reading *, const struct conf_pair *); } keys[] = {
	{ "payer",		read_payer },
	{ "name",		read_name },
	{ "timely_filing_days",	read_days },
	{ "authorization_codes", read_authorization },
};

static const char *const severities[] = { "off", "note", "error", "fatal" };

static void
read_edit(struct reading *r, const struct conf_pair *p)
{
	enum edit_id id = edit_find(p->key);
	int v = 0;

	if (id == EDIT_COUNT) {
		refuse(r, p, "neither an edit id nor a setting of a payer file",
		    "see schemas/edits.def for ids and config/payers/README.md for settings");
		return;
	}
	while (v < 4 && !str_is(p->value, severities[v]))
		v++;
	if (v == 4)
		refuse(r, p, "not a severity", "write off, note, error or fatal");
	else
		r->o->severity[id] = (int8_t)v;
}

static void
read_pair(struct reading *r, const struct conf_pair *p)
{
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (str_is(p->key, keys[i].key)) {
			keys[i].read(r, p);
			return;
		}
	read_edit(r, p);
}

int
edits_overlay(struct arena *a, struct str yaml, struct overlay *out, struct faults *faults)
{
	struct reading r = { a, out, faults, 0 };
	struct conf_pairs pairs = { NULL, 0 };
	int rc;

	*out = (struct overlay){ .hash = rec_hash16(a, &yaml, 1) };
	memset(out->severity, OVERLAY_AS_IS, sizeof out->severity);
	rc = conf_flat(a, yaml, &pairs, faults);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < pairs.n; i++)
		read_pair(&r, &pairs.v[i]);
	if (r.rc == 0 && out->n_payers == 0)
		r.rc = fault_add(faults, E_CONF, S("line 1"), S("no payer is named"),
		    S("add `payer: ID`, the id as in NM109 of loop 2010BB; a list names several"));
	return a->spent ? E_NOMEM : r.rc;
}
