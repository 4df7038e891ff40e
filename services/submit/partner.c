/* partner.c - trading partner files, and which partner a claim goes to. */
#include "submit/submit.h"

#include "base/conf.h"

static const struct { const char *key, *def; size_t max; } rows[PK_COUNT] = {
#define PARTNER(key, def, max, words) { #key, def, max },
#include "schemas/partner.def"
};

/* What a value may hold: everything but usage and accept_on, which have lists of their own, ends up in X12. */
static const char *
wrong_in(int key, struct str v)
{
	bool is_qual = key == PK_sender_qual || key == PK_receiver_qual;
	bool is_id = key == PK_sender || key == PK_receiver || key == PK_app_sender || key == PK_app_receiver;

	if (is_qual && v.n != 2)
		return "is not two letters or digits, such as ZZ or 30";
	for (size_t i = 0; i < v.n; i++) {
		unsigned char c = (unsigned char)v.p[i];
		bool is_alnum = (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');

		if (c < 0x20 || c == 0x7f || c == '*' || c == ':' || c == '^' || c == '~')
			return "holds a character that separates elements (* : ^ ~) or a control character";
		if (is_qual && !is_alnum)
			return "is not two letters or digits, such as ZZ or 30";
		if (is_id && (c > 0x7e || c == '`'))
			return "holds a character that X12 does not have";
	}
	return NULL;
}

static struct str
place_of(struct arena *a, const struct conf_pair *p)
{
	return arena_fmt(a, "line %d column %d", p->line, p->column);
}

static int
key_of(struct str key)
{
	for (int i = 0; i < PK_COUNT; i++)
		if (str_is(key, rows[i].key))
			return i;
	return -1;
}

static void
take(struct arena *a, struct partner *p, const struct conf_pair *pair, struct faults *f)
{
	int k = key_of(pair->key);
	const char *wrong = k < 0 || pair->value.n == 0 ? NULL : wrong_in(k, pair->value);
	struct str *one;

	if (k >= 0 && k != PK_payer_id)
		p->v[k] = arena_str(a, pair->value);	/* also a wrong one: it is not missing */
	if (k < 0) {
		(void)fault_add(f, E_CONF, place_of(a, pair), S("a key that partner files do not have"),
		    S("the keys are the rows of schemas/partner.def"));
	} else if (pair->value.n > rows[k].max) {
		(void)fault_add(f, E_CONF, place_of(a, pair), arena_fmt(a, "%s is too long", rows[k].key),
		    arena_fmt(a, "at most %zu bytes", rows[k].max));
	} else if (wrong) {
		(void)fault_add(f, E_CONF, place_of(a, pair), arena_fmt(a, "%s %s", rows[k].key, wrong),
		    S("write it as the partner's companion guide has it"));
	} else if (k == PK_payer_id) {
		one = arena_push(a, p->payers, p->n_payers);
		if (one)
			*one = arena_str(a, pair->value);
	}
}

static void
check(struct arena *a, struct partner *p, struct faults *f)
{
	for (int k = 0; k < PK_COUNT; k++) {
		if (p->v[k].n == 0 && rows[k].def)
			p->v[k] = str_of(rows[k].def);
		if (p->v[k].n == 0 && !rows[k].def)
			(void)fault_add(f, E_CONF, S("file"), arena_fmt(a, "%s is missing", rows[k].key),
			    S("see config/partners/payer.yaml for an example"));
	}
	if (!str_is(p->v[PK_usage], "T") && !str_is(p->v[PK_usage], "P"))
		(void)fault_add(f, E_CONF, S("usage"), S("neither T nor P"), S("write T while testing"));
	if (!str_is(p->v[PK_accept_on], "999") && !str_is(p->v[PK_accept_on], "277CA"))
		(void)fault_add(f, E_CONF, S("accept_on"), S("neither 277CA nor 999"), S("write 277CA or \"999\""));
	if (p->v[PK_phone].n == 0 && p->v[PK_email].n == 0)
		(void)fault_add(f, E_CONF, S("file"), S("neither phone nor email"), S("give one of them"));
	if (p->v[PK_app_sender].n == 0)
		p->v[PK_app_sender] = p->v[PK_sender];
	if (p->v[PK_app_receiver].n == 0)
		p->v[PK_app_receiver] = p->v[PK_receiver];
}

/* The id becomes a folder and a file name. */
static bool
is_id(struct str id)
{
	for (size_t i = 0; i < id.n; i++) {
		char c = id.p[i];

		if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_'))
			return false;
	}
	return id.n > 0 && id.n <= 32;
}

int
partner_parse(struct arena *a, struct str id, struct str yaml, struct partner *p, struct faults *f)
{
	struct conf_pairs pairs = { 0 };
	size_t before = f->n;
	int rc = conf_flat(a, yaml, &pairs, f);

	*p = (struct partner){ .id = arena_str(a, id) };
	if (rc < 0)
		return rc;
	if (!is_id(id))
		(void)fault_add(f, E_CONF, S("file name"), S("not a partner id"),
		    S("use at most 32 letters, digits, - and _ before .yaml"));
	for (size_t i = 0; i < pairs.n; i++)
		take(a, p, &pairs.v[i], f);
	check(a, p, f);
	return a->spent ? E_NOMEM : f->n > before ? E_CONF : 0;
}

static const struct partner *
payer_taken(const struct partners *all, size_t before, struct str payer)
{
	for (size_t i = 0; i < before; i++)
		for (size_t k = 0; k < all->v[i].n_payers; k++)
			if (str_eq(all->v[i].payers[k], payer))
				return &all->v[i];
	return NULL;
}

int
partners_check(struct arena *a, const struct partners *all, struct str fallback, struct faults *f)
{
	size_t before = f->n;

	for (size_t i = 0; i < all->n; i++)
		for (size_t k = 0; k < all->v[i].n_payers; k++) {
			struct str payer = all->v[i].payers[k];
			const struct partner *other = payer.n ? payer_taken(all, i, payer) : NULL;

			if (other)
				(void)fault_add(f, E_CONF, arena_fmt(a, "partners/" STR_FMT ".yaml", STR_ARG(all->v[i].id)),
				    arena_fmt(a, "payer_id " STR_FMT " is named in partners/" STR_FMT ".yaml as well",
				    STR_ARG(payer), STR_ARG(other->id)), S("name a payer in one partner file only"));
		}
	if (fallback.n && !partner_named(all, fallback))
		(void)fault_add(f, E_CONF, S("submit.partner"), S("there is no such partner"),
		    S("name a file of config/partners without .yaml, or nothing"));
	return a->spent ? E_NOMEM : f->n > before ? E_CONF : 0;
}

const struct partner *
partner_named(const struct partners *all, struct str id)
{
	for (size_t i = 0; i < all->n; i++)
		if (str_eq(all->v[i].id, id))
			return &all->v[i];
	return NULL;
}

const struct partner *
partner_for(const struct partners *all, const struct encounter *e, struct str fallback)
{
	struct str payer = e->n_coverages ? e->coverages[0].payer.id : STR_NONE;

	for (size_t i = 0; i < all->n && payer.n; i++)
		for (size_t k = 0; k < all->v[i].n_payers; k++)
			if (str_eq(all->v[i].payers[k], payer))
				return &all->v[i];
	return partner_named(all, fallback);
}
