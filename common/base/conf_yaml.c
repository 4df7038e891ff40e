/*
 * conf_yaml.c - libyaml's events as a small tree in the arena. We refuse what makes YAML surprising:
 * anchors and aliases (they multiply), tags, merge keys, the same key twice, more than one document.
 * Never opens a file: libyaml gets a string.
 */
#include "base/conf_row.h"

#include <string.h>
#include <yaml.h>

struct reader {
	yaml_parser_t	 p;
	struct arena	*a;
	struct faults	*f;
	struct str	 text;
	int		 rc;		/* first error; reading ends there */
};

struct str
yaml_place(struct arena *a, int line, int column)
{
	return arena_fmt(a, "line %d column %d", line, column);
}

static int
refuse(struct reader *r, int rc, const yaml_mark_t *at, const char *words, const char *fix)
{
	r->rc = rc;
	return fault_add(r->f, rc, yaml_place(r->a, (int)at->line + 1, (int)at->column + 1),
	    str_of(words), str_of(fix));
}

/* Bytes that are not UTF-8 have an offset only, so their line is counted here. */
static yaml_mark_t
mark_of_offset(struct str text, size_t offset)
{
	yaml_mark_t m = { .index = offset };

	for (size_t i = 0; i < offset && i < text.n; i++) {
		m.column++;
		if (text.p[i] == '\n') {
			m.line++;
			m.column = 0;
		}
	}
	return m;
}

static int
syntax_fault(struct reader *r)
{
	yaml_mark_t m = r->p.problem_mark;

	if (r->p.error == YAML_MEMORY_ERROR)
		return r->rc = E_NOMEM;
	if (r->p.error == YAML_READER_ERROR) {
		m = mark_of_offset(r->text, r->p.problem_offset);
		return refuse(r, E_MALFORMED, &m, "a byte that UTF-8 text cannot have", "save the file as UTF-8 text");
	}
	/* libyaml's words are fixed texts of its own; they never quote the input */
	return refuse(r, E_MALFORMED, &m, r->p.problem ? r->p.problem : "not YAML",
	    "look at the indentation, colons and quotes at and just before this place");
}

static int
next(struct reader *r, yaml_event_t *e)
{
	if (r->rc < 0)
		return r->rc;
	return yaml_parser_parse(&r->p, e) ? 0 : syntax_fault(r);
}

static int value_in(struct reader *, yaml_event_t *e, struct yaml_node *out, int depth);

static int
no_tricks(struct reader *r, const yaml_event_t *e, const yaml_char_t *anchor, const yaml_char_t *tag)
{
	if (anchor)
		return refuse(r, E_UNSUPPORTED, &e->start_mark, "an anchor", "write the value out where it is needed");
	if (tag)
		return refuse(r, E_UNSUPPORTED, &e->start_mark, "a tag", "leave out the word that begins with !");
	return 0;
}

static int
scalar_in(struct reader *r, const yaml_event_t *e, struct yaml_node *out)
{
	struct str s = { (const char *)e->data.scalar.value, e->data.scalar.length };

	if (no_tricks(r, e, e->data.scalar.anchor, e->data.scalar.tag) < 0)
		return r->rc;
	if (str_has_ctl(s))
		return refuse(r, E_VALUE, &e->start_mark, "a line end, tab or other control character in a value",
		    "write it on one line, without tabs");
	out->kind = Y_SCALAR;
	out->plain = e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	out->value = arena_str(r->a, s);
	return out->value.p ? 0 : (r->rc = E_NOMEM);
}

static int
key_in(struct reader *r, const yaml_event_t *e, const struct yaml_node *map, struct yaml_node *key)
{
	if (e->type != YAML_SCALAR_EVENT)
		return refuse(r, E_UNSUPPORTED, &e->start_mark, "a key that is not a single word", "write name: value");
	if (scalar_in(r, e, key) < 0)
		return r->rc;
	if (key->value.n == 0 || (key->plain && str_is(key->value, "<<")))
		return refuse(r, E_UNSUPPORTED, &e->start_mark, key->value.n ? "a merge key" : "an empty key",
		    "write every name and value out");
	for (size_t i = 0; i < map->n_members; i++)
		if (str_eq(map->members[i].key, key->value))
			return refuse(r, E_DUPLICATE, &e->start_mark, "the same name a second time in one mapping",
			    "keep one of the two");
	return 0;
}

static int
map_in(struct reader *r, struct yaml_node *out, int depth)
{
	yaml_event_t e;

	out->kind = Y_MAP;
	while (next(r, &e) == 0) {
		struct yaml_node key = { 0 }, *one;
		bool end = e.type == YAML_MAPPING_END_EVENT;

		if (!end && key_in(r, &e, out, &key) == 0) {
			key.key_line = (int)e.start_mark.line + 1;
			key.key_column = (int)e.start_mark.column + 1;
		}
		yaml_event_delete(&e);
		if (end || r->rc < 0)
			break;
		if (out->n_members >= LIMIT_ITEMS)
			return refuse(r, E_LIMIT, &r->p.mark, "too many names in one mapping", "split the file");
		one = arena_push(r->a, out->members, out->n_members);
		if (!one)
			return r->rc = E_NOMEM;
		if (next(r, &e) < 0)
			break;
		(void)value_in(r, &e, one, depth + 1);
		one->key = key.value;
		one->key_line = key.key_line;
		one->key_column = key.key_column;
		yaml_event_delete(&e);
	}
	return r->rc;
}

static int
list_in(struct reader *r, struct yaml_node *out, int depth)
{
	yaml_event_t e;

	out->kind = Y_LIST;
	while (next(r, &e) == 0) {
		bool end = e.type == YAML_SEQUENCE_END_EVENT;
		struct yaml_node *one = end ? NULL : arena_push(r->a, out->members, out->n_members);

		if (one)
			(void)value_in(r, &e, one, depth + 1);
		else if (!end)
			r->rc = E_NOMEM;
		yaml_event_delete(&e);
		if (end)
			break;
	}
	return r->rc;
}

static int
value_in(struct reader *r, yaml_event_t *e, struct yaml_node *out, int depth)
{
	out->line = (int)e->start_mark.line + 1;
	out->column = (int)e->start_mark.column + 1;
	if (depth > LIMIT_DEPTH)
		return refuse(r, E_LIMIT, &e->start_mark, "nested too deep", "use fewer levels");
	switch (e->type) {
	case YAML_SCALAR_EVENT:
		return scalar_in(r, e, out);
	case YAML_MAPPING_START_EVENT:
		if (no_tricks(r, e, e->data.mapping_start.anchor, e->data.mapping_start.tag) < 0)
			return r->rc;
		return map_in(r, out, depth);
	case YAML_SEQUENCE_START_EVENT:
		if (no_tricks(r, e, e->data.sequence_start.anchor, e->data.sequence_start.tag) < 0)
			return r->rc;
		return list_in(r, out, depth);
	default:
		return refuse(r, E_UNSUPPORTED, &e->start_mark, "an alias", "write the value out where it is needed");
	}
}

/* Stream and document events, until the end of the one document or the first fault. */
static int
stream_in(struct reader *r, struct yaml_node *root)
{
	bool end = false;
	int documents = 0;
	yaml_event_t e;

	while (!end && next(r, &e) == 0) {
		end = e.type == YAML_STREAM_END_EVENT;
		if (e.type == YAML_DOCUMENT_START_EVENT && ++documents > 1)
			(void)refuse(r, E_UNSUPPORTED, &e.start_mark, "a second document", "keep one document in a file");
		else if (e.type != YAML_STREAM_START_EVENT && e.type != YAML_DOCUMENT_START_EVENT &&
		    e.type != YAML_DOCUMENT_END_EVENT && !end)
			(void)value_in(r, &e, root, 0);
		yaml_event_delete(&e);
	}
	return r->rc;
}

int
yaml_tree(struct arena *a, struct str yaml, struct yaml_node *root, struct faults *f)
{
	struct reader r = { .a = a, .f = f, .text = yaml };

	*root = (struct yaml_node){ .kind = Y_MAP, .line = 1, .column = 1 };
	if (yaml.n > LIMIT_CONF)
		return fault_add(f, E_LIMIT, yaml_place(a, 1, 1),
		    arena_fmt(a, "the file has %zu bytes, at most %d are read", yaml.n, LIMIT_CONF), S("make it smaller"));
	if (!yaml_parser_initialize(&r.p))
		return E_NOMEM;
	yaml_parser_set_encoding(&r.p, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r.p, (const unsigned char *)(yaml.p ? yaml.p : ""), yaml.n);
	(void)stream_in(&r, root);
	yaml_parser_delete(&r.p);
	/* a document that is only blanks and comments has one empty scalar: no settings */
	if (root->kind == Y_SCALAR && root->plain && root->value.n == 0)
		root->kind = Y_MAP;
	return a->spent ? E_NOMEM : r.rc;
}

/* ---- partner and payer files ---- */

static void
pair_in(struct arena *a, const struct yaml_node *m, const struct yaml_node *v, struct conf_pairs *out, struct faults *f)
{
	struct conf_pair *one;

	if (v->kind != Y_SCALAR) {
		(void)fault_add(f, E_CONF, yaml_place(a, v->line, v->column), S("neither a value nor a list of values"),
		    S("write one value, or a list of values, after the name"));
		return;
	}
	one = arena_push(a, out->v, out->n);
	if (one)
		*one = (struct conf_pair){ m->key, v->value, v->line, v->column };
}

int
conf_flat(struct arena *a, struct str yaml, struct conf_pairs *out, struct faults *f)
{
	size_t before = f->n;
	struct yaml_node root;
	int rc = yaml_tree(a, yaml, &root, f);

	*out = (struct conf_pairs){ NULL, 0 };
	if (rc < 0)
		return rc == E_NOMEM ? rc : E_CONF;
	if (root.kind != Y_MAP)
		(void)fault_add(f, E_CONF, yaml_place(a, root.line, root.column), S("not a mapping of names to values"),
		    S("write one name: value on each line"));
	for (size_t i = 0; root.kind == Y_MAP && i < root.n_members; i++) {
		const struct yaml_node *m = &root.members[i];

		if (m->kind != Y_LIST)
			pair_in(a, m, m, out, f);
		for (size_t j = 0; m->kind == Y_LIST && j < m->n_members; j++)
			pair_in(a, m, &m->members[j], out, f);
	}
	if (a->spent)
		return E_NOMEM;
	return f->n > before || f->more ? E_CONF : 0;
}
