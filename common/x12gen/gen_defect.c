/*
 * gen_defect.c - plants one defect of schemas/x12_defects.def in the unit in hand and says where it lies. Each way of
 * planting is one small function; rows choose. It never plants a second thing: counts and sums that a defect would
 * put wrong besides are set right, by whoever counts after it or here.
 */
#include "x12gen/gen.h"

enum { T_P = 'P', T_I = 'I', T_B = 'B' };
static const struct x12gen_defect rows[] = {
#define DEFECT(id, snip, type, code, where, words) { #id, snip, T_##type, code, where, words },
#define PLANT(unit, kind, on, off, op, value)
#include "schemas/x12_defects.def"
};

enum op { OP_SET, OP_SETS, OP_DEL, OP_RM, OP_CUT, OP_INS, OP_DUP, OP_MOVE, OP_PLUS, OP_DIGIT, OP_COPY, OP_AGAIN, OP_LINES,
	OP_TURN, OP_COUNT };

static const struct plant plants[] = {
#define DEFECT(id, snip, type, code, where, words)
#define PLANT(unit, kind, on, off, op, value) { U_##unit, K_##kind, on, off, OP_##op, value },
#include "schemas/x12_defects.def"
};

#define N_ROWS (sizeof rows / sizeof *rows)
_Static_assert(sizeof plants / sizeof *plants == N_ROWS, "each DEFECT has its PLANT");

size_t
x12gen_defects(void)
{
	return N_ROWS;
}

const struct x12gen_defect *
x12gen_defect(size_t i)
{
	return i < N_ROWS ? &rows[i] : NULL;
}

int
x12gen_find(struct str id)
{
	for (size_t i = 0; i < N_ROWS; i++)
		if (str_is(id, rows[i].id))
			return (int)i;
	return E_NOT_FOUND;
}

const struct plant *
defect_plant(size_t i)
{
	return &plants[i];
}

bool
defect_wants(size_t i, char type)
{
	return plants[i].unit == U_CLAIM && (rows[i].type == 'B' || rows[i].type == type);
}

/* ---- ways of planting: each moves *s to where the defect lies, and may name another segment ---- */
struct job { struct gen *g; struct unit *u; const char *value; struct spot s; struct str id; };
struct amount { char t[24]; struct str s; };

static struct str
amount_text(struct amount *a, cents_t v)
{
	size_t n = sizeof a->t, whole = (size_t)(v < 0 ? -v : v);

	for (unsigned i = 0; i < 2; i++, whole /= 10)
		if (whole % 10 || n < sizeof a->t)
			a->t[--n] = (char)('0' + whole % 10);
	if (n < sizeof a->t)
		a->t[--n] = '.';
	do
		a->t[--n] = (char)('0' + whole % 10);
	while (whole /= 10);
	if (v < 0)
		a->t[--n] = '-';
	return (struct str){ a->t + n, sizeof a->t - n };
}

static bool
op_set(struct job *j)
{
	edit_set(j->u, &j->s, str_of(j->value));
	return true;
}

/* "04=CA 07=ON" */
static bool
op_sets(struct job *j)
{
	struct str rest = str_of(j->value);

	while (rest.n) {
		struct str one = str_cut(&rest, ' '), e = str_cut(&one, '=');
		struct spot s = { .seg = j->s.seg, .element = (unsigned)(e.p[0] - '0') * 10 + (unsigned)(e.p[1] - '0') };

		edit_set(j->u, &s, one);
	}
	return true;
}

static bool
op_del(struct job *j)
{
	edit_set(j->u, &j->s, STR_NONE);
	return true;
}

static bool
op_rm(struct job *j)
{
	edit_remove(j->u, j->s.seg, 1);
	j->s.seg--;
	return true;
}

/* A loop: up to the first segment of an id in value. */
static bool
op_cut(struct job *j)
{
	int n = 1;
	bool stop = false;

	while (j->s.seg + n < (int)j->u->n_segs && !stop) {
		struct str rest = str_of(j->value), id = edit_id(j->u, j->s.seg + n);

		while (rest.n && !stop)
			stop = str_eq(str_cut(&rest, ' '), id);
		n += !stop;
	}
	edit_remove(j->u, j->s.seg, n);
	j->s.seg--;
	return true;
}

static bool
op_ins(struct job *j)
{
	struct str text = str_of(j->value);

	edit_insert(j->u, j->s.seg++, text);
	j->id = str_cut(&text, '*');
	return true;
}

static bool
op_dup(struct job *j)
{
	char buf[SEG_ROOM];
	struct str text = edit_text(j->u, j->s.seg);
	int64_t n = 0;

	(void)str_to_int(str_of(j->value), &n);
	must(text.n < sizeof buf);
	memcpy(buf, text.p, text.n);
	for (; n > 0; n--)
		edit_insert(j->u, j->s.seg++, (struct str){ buf, text.n });
	return true;
}

static bool
op_move(struct job *j)
{
	char buf[SEG_ROOM];
	struct str text = edit_text(j->u, j->s.seg);
	int to;

	must(text.n < sizeof buf);
	memcpy(buf, text.p, text.n);
	if (gen_edit_find(j->u, str_of(j->value), 0) < 0)
		return false;
	edit_remove(j->u, j->s.seg, 1);
	to = gen_edit_find(j->u, str_of(j->value), 0);
	must(to >= 0);
	edit_insert(j->u, to, (struct str){ buf, text.n });
	j->s.seg = to + 1;
	return true;
}

static bool
op_plus(struct job *j)
{
	struct amount a;
	cents_t v, more;

	if (!cents_parse(edit_get(j->u, j->s.seg, j->s.element, j->s.component), &v) || !cents_parse(str_of(j->value), &more))
		return false;
	edit_set(j->u, &j->s, amount_text(&a, v + more));
	return true;
}

static bool
op_digit(struct job *j)
{
	char buf[SEG_ROOM];
	struct str t = edit_get(j->u, j->s.seg, j->s.element, j->s.component);

	if (t.n == 0 || t.n > sizeof buf)
		return false;
	memcpy(buf, t.p, t.n);
	buf[t.n - 1] = (char)('0' + (buf[t.n - 1] - '0' + 1) % 10);
	edit_set(j->u, &j->s, (struct str){ buf, t.n });
	return true;
}

static bool
op_copy(struct job *j)
{
	char buf[SEG_ROOM];
	struct spot from;
	struct str t;

	if (!edit_spot(j->u, j->value, &from))
		return false;
	t = edit_get(j->u, from.seg, from.element, from.component);
	must(t.n < sizeof buf);
	memcpy(buf, t.p, t.n);
	edit_set(j->u, &j->s, (struct str){ buf, t.n });
	return true;
}

static bool
op_again(struct job *j)
{
	struct str was = str_of(j->value[0] == 'S' ? j->g->was_scn : j->g->was_gcn);

	if (was.n == 0)
		return false;
	edit_set(j->u, &j->s, was);
	return true;
}

/* The last line again and again, each with numbers of its own; the claim's charge follows. */
static bool
op_lines(struct job *j)
{
	const struct claim *c = &j->g->c;
	struct amount a;
	int first = j->s.seg, next, end;
	int64_t want = 0;
	struct spot s = { .seg = gen_edit_find(j->u, S("CLM"), 0), .element = 2 };

	while ((next = gen_edit_find(j->u, S("LX"), first + 1)) >= 0)
		first = next;
	end = (int)j->u->n_segs;
	(void)str_to_int(str_of(j->value), &want);
	for (int64_t k = c->n + 1; k <= want; k++)
		for (int i = first; i < end; i++) {
			char buf[SEG_ROOM];
			struct str t = edit_text(j->u, i);
			struct spot at = { .seg = (int)j->u->n_segs, .element = 1 };

			must(t.n < sizeof buf);
			memcpy(buf, t.p, t.n);
			edit_insert(j->u, at.seg - 1, (struct str){ buf, t.n });
			if (i == first) {
				edit_set(j->u, &at, amount_text(&a, k * 100));
				j->s.seg = at.seg;
			} else if (str_is(edit_get(j->u, at.seg, 1, 0), "6R")) {
				at.element = 2;
				edit_set(j->u, &at, amount_text(&a, (cents_t)(j->g->idx * 10000 + (uint64_t)k + 5000) * 100));
			}
		}
	edit_set(j->u, &s, amount_text(&a, c->total + (want - c->n) * c->line[c->n - 1].charge));
	return true;
}

/* A range of days the wrong way round. */
static bool
op_turn(struct job *j)
{
	char buf[17];
	struct str t = edit_get(j->u, j->s.seg, j->s.element, 0);

	if (t.n != sizeof buf || memcmp(t.p, t.p + 9, 8) == 0)
		return false;
	memcpy(buf, t.p + 9, 8);
	buf[8] = '-';
	memcpy(buf + 9, t.p, 8);
	edit_set(j->u, &j->s, (struct str){ buf, sizeof buf });
	return true;
}

static bool (*const ops[OP_COUNT])(struct job *) = {
	[OP_SET] = op_set, [OP_SETS] = op_sets, [OP_DEL] = op_del, [OP_RM] = op_rm, [OP_CUT] = op_cut, [OP_INS] = op_ins,
	[OP_DUP] = op_dup, [OP_MOVE] = op_move, [OP_PLUS] = op_plus, [OP_DIGIT] = op_digit, [OP_COPY] = op_copy,
	[OP_AGAIN] = op_again, [OP_LINES] = op_lines, [OP_TURN] = op_turn,
};

static struct str
last_id(const char *where)
{
	struct str rest = str_of(where), pattern = str_cut(&rest, ' '), part = STR_NONE;

	while (pattern.n)
		part = str_cut(&pattern, '>');
	return str_cut(&part, '*');
}

bool
defect_apply(struct gen *g, size_t i, struct x12gen_planted *p)
{
	struct job j = { .g = g, .u = &g->u, .value = plants[i].value, .id = last_id(rows[i].where) };

	if (!edit_spot(&g->u, rows[i].where, &j.s) || !ops[plants[i].op](&j))
		return false;
	p->seg = (uint32_t)(j.s.seg + 1);
	p->seg_id = j.id;
	p->element = j.s.element;
	p->component = j.s.component;
	return true;
}
