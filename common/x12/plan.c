/*
 * plan.c - the tables of one type of claim, put so that a loop has its segments and a segment its leaves at hand. Never
 * looks at a claim.
 */
#include "x12/plan.h"
#include "x12/remit_wire.h"

struct row { int types; enum x12_loop loop; const char *id; enum x12_how how; enum x12_scope_id scope; };
struct leaf_row {
	int			 types;
	enum x12_scope_id	 scope;
	const char		*id;
	unsigned		 el, comp;
	const struct rec_object	*of;
	unsigned		 field;
	const char		*qual;
	enum x12_map		 how;
	size_t			 place;
};

static const struct row rows[] = {
#define SEG(type, loop, segment, how, scope) { T_##type, L_##loop, segment, HOW_##how, SC_##scope },
#include "schemas/x12_837_order.def"
#define SEG(type, loop, segment, how, scope) { T_##type, L_##loop, segment, HOW_##how, SC_##scope },
#include "schemas/x12_remit_order.def"
};
static const struct leaf_row leaf_rows[] = {
#define MAP(type, scope, segment, element, component, object, field, qual, how) \
	{ T_##type, SC_##scope, segment, element, component, &rec_##object, IX_##object##_##field, qual, MAP_##how, AT_##object },
#include "schemas/x12_837.def"
#define MAP(type, scope, segment, element, component, object, field, qual, how) \
	{ T_##type, SC_##scope, segment, element, component, &rec_##object, IX_##object##_##field, qual, MAP_##how, AT_##object },
#include "schemas/x12_remit.def"
};
#define N_ROWS		(sizeof rows / sizeof *rows)
#define N_LEAVES	(sizeof leaf_rows / sizeof *leaf_rows)

/* Rows of a table that stand together. */
static void
span_add(struct x12_span *s, size_t i)
{
	must(s->end == 0 || s->end == i);
	if (s->end == 0)
		s->first = (uint32_t)i;
	s->end = (uint32_t)i + 1;
}

static uint32_t
letter(char c)
{
	return UINT32_C(1) << (c & 31);
}

static struct x12_leaf
leaf_of(const struct leaf_row *r)
{
	const struct rec_field *f = &r->of->fields[r->field];
	size_t at_n = r->how == MAP_SAID ? f[1].at : f->at_n;

	must(f->at <= UINT16_MAX && at_n <= UINT16_MAX && f->max <= INT32_MAX);
	return (struct x12_leaf){ (uint8_t)r->el, (uint8_t)r->comp, (uint8_t)r->how, (uint8_t)f->kind, (uint16_t)r->place,
	    (uint16_t)f->at, (uint16_t)at_n, (int32_t)f->max, str_of(r->qual) };
}

/* Leaves of one segment stand together, those of a scope too. */
static void
leaves_find(struct x12_step *s, const struct row *r, const struct x12_leaf *leaves, const struct x12_span *scopes,
    const size_t *from)
{
	for (size_t i = scopes[r->scope].first; i < scopes[r->scope].end; i++) {
		if (!str_is(str_of(leaf_rows[from[i]].id), r->id))
			continue;
		must(!s->leaf || s->leaf_end == &leaves[i]);
		s->leaf = s->leaf ? s->leaf : &leaves[i];
		s->leaf_end = &leaves[i] + 1;
	}
}

static void
steps_make(struct x12_plan *p, const struct x12_leaf *leaves, const struct x12_span *scopes, const size_t *from)
{
	size_t n = 0;

	for (size_t i = 0; i < N_ROWS; i++) {
		const struct row *r = &rows[i];

		if (!(r->types & p->type))
			continue;
		span_add(&p->loops[r->loop], n);
		p->steps[n] = (struct x12_step){ .loop = r->loop, .id = r->id, .how = r->how,
		    .kept = r->how == HOW_RAW || r->how == HOW_CODE || r->how == HOW_OLD,
		    .bit = UINT32_C(1) << (n - p->loops[r->loop].first) };
		leaves_find(&p->steps[n], r, leaves, scopes, from);
		n++;
	}
}

const struct x12_plan *
x12_plan_open(struct arena *a, int type)
{
	struct x12_plan *p = arena_alloc(a, sizeof *p);
	struct x12_leaf *leaves;
	struct x12_span scopes[SC_COUNT] = { 0 };
	size_t from[N_LEAVES], n = 0, n_steps = 0;

	for (size_t i = 0; i < N_LEAVES; i++)
		n += (leaf_rows[i].types & type) != 0;
	for (size_t i = 0; i < N_ROWS; i++)
		n_steps += (rows[i].types & type) != 0;
	leaves = arena_array(a, n, sizeof *leaves);
	n = 0;
	if (p)
		p->steps = arena_array(a, n_steps, sizeof *p->steps);
	if (!p || !leaves || !p->steps)
		return NULL;
	p->type = type;
	for (size_t i = 0; i < x12_n_enters; i++) {
		span_add(&p->contexts[x12_enters[i].context], i);
		if (x12_enters[i].types & type)
			p->letters[x12_enters[i].context] |= letter(*x12_enters[i].id);
	}
	for (size_t i = 0; i < N_LEAVES; i++)
		if (leaf_rows[i].types & type) {
			span_add(&scopes[leaf_rows[i].scope], n);
			leaves[n] = leaf_of(&leaf_rows[i]);
			from[n++] = i;
		}
	steps_make(p, leaves, scopes, from);
	return p;
}

const struct x12_step *
x12_step_of(const struct x12_plan *p, enum x12_loop loop, struct str id)
{
	for (size_t i = p->loops[loop].first; i < p->loops[loop].end; i++)
		if (x12_id_is(id, p->steps[i].id))
			return &p->steps[i];
	return NULL;
}

bool
x12_is_segment(const struct x12_plan *p, struct str id)
{
	for (int i = 1; i < L_COUNT; i++)
		if (x12_step_of(p, (enum x12_loop)i, id))
			return true;
	return false;
}

const struct x12_enter *
x12_enter_of(const struct x12_plan *p, enum x12_loop context, struct str id, struct str qual)
{
	if (id.n == 0 || !(p->letters[context] & letter(*id.p)))
		return NULL;
	for (size_t i = p->contexts[context].first; i < p->contexts[context].end; i++) {
		const struct x12_enter *n = &x12_enters[i];

		if ((n->types & p->type) && x12_id_is(id, n->id) && (!*n->qual || str_is(qual, n->qual)))
			return n;
	}
	return NULL;
}
