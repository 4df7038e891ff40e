/*
 * conf.c - settings.def as a table, and values into struct conf. One bad value refuses the whole file,
 * because a daemon that runs on half a configuration is worse than one that does not start.
 * Never reads a file or the environment.
 */
#include "base/conf_row.h"

#include <string.h>

#define AT(section, name)	offsetof(struct conf, section.name)

static const struct conf_row rows[] = {
#define SECTION(section, words)	{ C_SECTION, #section, "", words, 0, 0, 0, 0, { NULL, 0 }, NULL },
#define CONF_INT(section, name, def, min, max, words) \
	{ C_INT, #section, #name, words, AT(section, name), def, min, max, { NULL, 0 }, NULL },
#define CONF_BOOL(section, name, def, words) \
	{ C_BOOL, #section, #name, words, AT(section, name), def, 0, 1, { NULL, 0 }, NULL },
#define CONF_TEXT(section, name, def, words) \
	{ C_TEXT, #section, #name, words, AT(section, name), 0, 0, 0, { def, sizeof(def) - 1 }, NULL },
#define CONF_PICK(section, name, def, choices, words) \
	{ C_PICK, #section, #name, words, AT(section, name), 0, 0, 0, { def, sizeof(def) - 1 }, choices },
#include "schemas/settings.def"
};

size_t
conf_rows(const struct conf_row **out)
{
	*out = rows;
	return sizeof rows / sizeof *rows;
}

#define ALL_ROWS(r)	const struct conf_row *r = rows; r < rows + sizeof rows / sizeof *rows; r++

void
conf_defaults(struct conf *c)
{
	memset(c, 0, sizeof *c);
	for (ALL_ROWS(r)) {
		char *at = (char *)c + r->at;

		if (r->kind == C_INT)
			*(int64_t *)(void *)at = r->def;
		else if (r->kind == C_BOOL)
			*(bool *)at = r->def != 0;
		else if (r->kind != C_SECTION)
			*(struct str *)(void *)at = r->text;
	}
}

/* ---- one value ---- */

struct in {
	struct arena	*a;
	struct faults	*f;
	struct conf	*c;
};

static int
bad_value(struct in *in, const struct conf_row *r, struct str place, const char *words, struct str fix)
{
	return fault_add(in->f, E_CONF, place, arena_fmt(in->a, "%s.%s: %s", r->section, r->name, words), fix);
}

static int
set_int(struct in *in, const struct conf_row *r, struct str v, bool plain, struct str place)
{
	struct str fix = arena_fmt(in->a, "write a whole number from %lld to %lld, without quotes",
	    (long long)r->min, (long long)r->max);
	int64_t n;

	if (!plain || !str_to_int(v, &n))
		return bad_value(in, r, place, "not a whole number", fix);
	if (n < r->min || n > r->max)
		return bad_value(in, r, place, "out of range", fix);
	*(int64_t *)(void *)((char *)in->c + r->at) = n;
	return 0;
}

static int
set_bool(struct in *in, const struct conf_row *r, struct str v, bool plain, struct str place)
{
	if (!plain || !(str_is(v, "true") || str_is(v, "false")))
		return bad_value(in, r, place, "not true or false", S("write true or false, without quotes"));
	*((bool *)in->c + r->at) = str_is(v, "true");
	return 0;
}

static bool
is_choice(const char *choices, struct str v)
{
	struct str rest = str_of(choices);

	while (rest.n)
		if (str_eq(str_cut(&rest, '|'), v))
			return true;
	return false;
}

static int
set_text(struct in *in, const struct conf_row *r, struct str v, bool plain, struct str place)
{
	if (r->kind == C_PICK && !is_choice(r->choices, v))
		return bad_value(in, r, place, "not one of the choices",
		    arena_fmt(in->a, "write one of %s", r->choices));
	if (plain && (str_is(v, "~") || str_ieq(v, S("null"))))
		return bad_value(in, r, place, "null is not a text", S("write \"\" for an empty text"));
	if (str_has_ctl(v))
		return bad_value(in, r, place, "a control character in a text", S("write it on one line, without tabs"));
	*(struct str *)(void *)((char *)in->c + r->at) = arena_str(in->a, v.p ? v : S(""));
	return 0;
}

static int
set_value(struct in *in, const struct conf_row *r, struct str v, bool plain, struct str place)
{
	switch (r->kind) {
	case C_INT:	return set_int(in, r, v, plain, place);
	case C_BOOL:	return set_bool(in, r, v, plain, place);
	default:	return set_text(in, r, v, plain, place);
	}
}

/* ---- names, and the nearest one to a name that is not there ---- */

/* Levenshtein distance; names of more than 31 bytes are simply far away. */
static unsigned
distance(struct str a, struct str b)
{
	unsigned row[32], diag, up;

	if (a.n >= 32 || b.n >= 32)
		return 99;
	for (unsigned j = 0; j <= b.n; j++)
		row[j] = j;
	for (size_t i = 1; i <= a.n; i++) {
		diag = row[0];
		row[0] = (unsigned)i;
		for (size_t j = 1; j <= b.n; j++) {
			up = row[j];
			row[j] = diag + (a.p[i - 1] != b.p[j - 1]);
			if (up + 1 < row[j])
				row[j] = up + 1;
			if (row[j - 1] + 1 < row[j])
				row[j] = row[j - 1] + 1;
			diag = up;
		}
	}
	return row[b.n];
}

static const struct conf_row *
row_named(const char *section, struct str name)
{
	for (ALL_ROWS(r))
		if ((r->kind != C_SECTION) == (section != NULL) && (!section || strcmp(section, r->section) == 0) &&
		    str_is(name, section ? r->name : r->section))
			return r;
	return NULL;
}

/* "did you mean ..."; a section when section is NULL. */
static struct str
nearest(struct arena *a, const char *section, struct str name)
{
	const struct conf_row *best = NULL;
	unsigned least = 4;

	for (ALL_ROWS(r)) {
		unsigned far;

		if ((r->kind == C_SECTION) != (section == NULL))
			continue;
		far = distance(name, str_of(section ? r->name : r->section));
		if (section && strcmp(section, r->section) != 0)
			far = far == 0 ? 1 : far + 2;		/* right name, wrong section */
		if (far < least) {
			least = far;
			best = r;
		}
	}
	if (!best)
		return S("remove it; --print-config shows every setting there is");
	return section ? arena_fmt(a, "did you mean %s.%s?", best->section, best->name) :
	    arena_fmt(a, "did you mean %s?", best->section);
}

/* ---- the file ---- */

static void
section_in(struct in *in, const char *section, const struct yaml_node *map)
{
	for (size_t i = 0; i < map->n_members; i++) {
		const struct yaml_node *m = &map->members[i];
		struct str place = yaml_place(in->a, m->line, m->column);
		const struct conf_row *r = row_named(section, m->key);

		if (!r)
			(void)fault_add(in->f, E_CONF, yaml_place(in->a, m->key_line, m->key_column),
			    arena_fmt(in->a, "section %s has no setting of this name", section),
			    nearest(in->a, section, m->key));
		else if (m->kind != Y_SCALAR)
			(void)bad_value(in, r, place, "not a single value", S("write one value after the colon"));
		else
			(void)set_value(in, r, m->value, m->plain, place);
	}
}

static bool
is_blank(const struct yaml_node *n)
{
	return n->kind == Y_SCALAR && n->plain && n->value.n == 0;
}

static void
root_in(struct in *in, const struct yaml_node *root)
{
	if (root->kind != Y_MAP) {
		(void)fault_add(in->f, E_CONF, yaml_place(in->a, root->line, root->column),
		    S("not a mapping of sections"), S("begin with a section, such as \"site:\""));
		return;
	}
	for (size_t i = 0; i < root->n_members; i++) {
		const struct yaml_node *m = &root->members[i];
		const struct conf_row *r = row_named(NULL, m->key);

		if (!r)
			(void)fault_add(in->f, E_CONF, yaml_place(in->a, m->key_line, m->key_column),
			    S("no section of this name"), nearest(in->a, NULL, m->key));
		else if (m->kind == Y_MAP)
			section_in(in, r->section, m);
		else if (!is_blank(m))
			(void)fault_add(in->f, E_CONF, yaml_place(in->a, m->line, m->column),
			    arena_fmt(in->a, "section %s is not a mapping of settings", r->section),
			    S("write the settings below it, two blanks in"));
	}
}

int
conf_parse(struct arena *a, struct str yaml, struct conf *c, struct faults *f)
{
	size_t before = f->n;
	struct conf next = *c;
	struct in in = { a, f, &next };
	struct yaml_node root;
	int rc = yaml_tree(a, yaml, &root, f);

	if (rc == E_NOMEM)
		return rc;
	if (rc == 0)
		root_in(&in, &root);
	if (a->spent)
		return E_NOMEM;
	if (rc < 0 || f->n > before || f->more)
		return E_CONF;
	*c = next;
	return 0;
}

int
conf_set(struct arena *a, struct conf *c, struct str path, struct str value, struct faults *f)
{
	struct in in = { a, f, c };
	struct str name = path, section = str_cut(&name, '.');
	const struct conf_row *s = row_named(NULL, section), *r;
	int rc;

	if (!s)
		return fault_add(f, E_CONF, S("--set"), S("no section of this name"), nearest(a, NULL, section));
	r = row_named(s->section, name);
	if (!r)
		return fault_add(f, E_CONF, S("--set"), arena_fmt(a, "section %s has no setting of this name", s->section),
		    nearest(a, s->section, name));
	rc = set_value(&in, r, value, true, S("--set"));
	return a->spent ? E_NOMEM : rc;
}

int
conf_check(struct arena *a, const struct conf *c, struct faults *f)
{
	const struct { const char *name; int64_t port; } v[] = {
		{ "ingest", c->ingest.http_port }, { "suggest", c->suggest.http_port }, { "validate", c->validate.http_port },
		{ "audit", c->audit.http_port }, { "submit", c->submit.http_port },
	};
	int rc = 0;

	for (size_t i = 0; i < sizeof v / sizeof *v; i++)
		for (size_t k = 0; k < i && v[i].port; k++)
			if (v[i].port == v[k].port)
				rc = fault_add(f, E_CONF, arena_fmt(a, "%s.http_port", v[i].name),
				    arena_fmt(a, "the same port as %s.http_port", v[k].name),
				    S("give each stage a port of its own, or 0"));
	return rc;
}
