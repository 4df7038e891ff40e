/*
 * see.c - from the tree of the Alphabetic Index to flat rows: the path in words, and the code it leads
 * to, following "see" and "see also" one hop. A reference that names nothing we have is passed over.
 */
#include "codebook/icd.h"

#include <stdlib.h>
#include <string.h>

#define COPY_MAX	60	/* nodes under a "see" target that are copied; above this it is noise */
#define PIECES_MAX	8
#define STEPS_MAX	100000000	/* nodes looked at for the references of a file; the official index takes 7,000,000 */

struct tree {
	struct cb_build	*cb;
	struct arena	 a;		/* ends with the work */
	struct str	*plain;		/* titles in lower case, without what stands in parentheses */
	struct main_key	*mains;
	size_t		 n_mains;
	size_t		 steps;
	uint16_t	 source;	/* whose steps they are */
	struct faults	*f;
};

struct main_key {
	struct str	key;
	uint32_t	node;
};

static struct str
plain_of(struct arena *a, struct str title)
{
	char *p = arena_alloc(a, title.n + 1);
	size_t n = 0;
	int open = 0;

	if (!p)
		return STR_NONE;
	for (size_t i = 0; i < title.n; i++) {
		char c = title.p[i];

		if (c == '(' || c == '[')
			open++;
		else if ((c == ')' || c == ']') && open)
			open--;
		else if (!open && !(c == ' ' && (n == 0 || p[n - 1] == ' ')))
			p[n++] = c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
	}
	return str_trim((struct str){ p, n });
}

static int
by_key(const void *a, const void *b)
{
	const struct main_key *x = a, *y = b;
	int rc = str_cmp(x->key, y->key);

	return rc ? rc : x->node < y->node ? -1 : x->node > y->node;
}

static bool
main_add(struct tree *t, struct str key, uint32_t node)
{
	struct main_key *m = arena_push(&t->a, t->mains, t->n_mains);

	if (m)
		*m = (struct main_key){ key, node };
	return m;
}

static int
tree_build(struct tree *t)
{
	t->plain = arena_array(&t->a, t->cb->n_nodes, sizeof *t->plain);
	if (!t->plain)
		return E_NOMEM;
	for (uint32_t i = 0; i < t->cb->n_nodes; i++) {
		struct str rest = t->plain[i] = plain_of(&t->a, t->cb->nodes[i].title), piece;

		if (t->cb->nodes[i].depth)
			continue;
		piece = str_trim(str_cut(&rest, ','));
		if (!main_add(t, t->plain[i], i) || (rest.n && !main_add(t, piece, i)))
			return E_NOMEM;
	}
	if (t->n_mains)
		qsort(t->mains, t->n_mains, sizeof *t->mains, by_key);
	return t->a.spent ? E_NOMEM : 0;
}

static const struct main_key *
main_find(const struct tree *t, struct str key)
{
	size_t lo = 0, hi = t->n_mains;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (str_cmp(t->mains[mid].key, key) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < t->n_mains && str_eq(t->mains[lo].key, key) ? &t->mains[lo] : NULL;
}

/* A title such as "coronary, cardiac" answers to each of its pieces. */
static bool
answers_to(struct str plain, struct str piece)
{
	if (str_eq(plain, piece))
		return true;
	while (plain.n)
		if (str_eq(str_trim(str_cut(&plain, ',')), piece))
			return true;
	return false;
}

static bool
is_connective(struct str plain)
{
	return str_is(plain, "with") || str_is(plain, "due to") || str_is(plain, "in") || str_is(plain, "without");
}

static size_t
subtree_end(struct tree *t, size_t i)
{
	const struct cb_build *cb = t->cb;
	size_t j = i + 1;

	while (j < cb->n_nodes && cb->nodes[j].depth > cb->nodes[i].depth)
		j++;
	t->steps += j - i;
	return j;
}

/* The child of i that answers to the piece, or a grandchild below a connective; 0 = none. */
static size_t
child_find(struct tree *t, size_t i, struct str piece)
{
	const struct cb_node *v = t->cb->nodes;
	size_t end = subtree_end(t, i), below = 0, connective = 0;

	for (size_t j = i + 1; j < end; j++) {
		int depth = v[j].depth - v[i].depth;

		if (depth == 1)
			connective = is_connective(t->plain[j]);
		if (depth == 1 && answers_to(t->plain[j], piece))
			return j;
		if (depth == 2 && connective && !below && answers_to(t->plain[j], piece))
			below = j;
	}
	return below;
}

/* 1 + the node a reference names in its own index, or 0: other files must not change what a term means. */
static size_t
target_find(struct tree *t, struct str see, struct arena *a, uint16_t source)
{
	struct str rest = plain_of(a, see), piece = str_trim(str_cut(&rest, ','));
	const struct main_key *m = main_find(t, piece);
	size_t at;

	for (; m && m < t->mains + t->n_mains && str_eq(m->key, piece) && t->cb->nodes[m->node].source != source; m++)
		t->steps++;
	if (!m || m == t->mains + t->n_mains || !str_eq(m->key, piece))
		return 0;
	at = m->node;
	for (int pieces = 1; rest.n && pieces < PIECES_MAX; pieces++) {
		piece = str_trim(str_cut(&rest, ','));
		at = child_find(t, at, piece);
		if (!at)
			return 0;
	}
	return rest.n ? 0 : at + 1;
}

static void
path_put(struct buf *b, const struct cb_build *cb, size_t i, size_t stop_at)
{
	const struct cb_node *node = &cb->nodes[i];

	if (node->parent && node->parent != stop_at)
		path_put(b, cb, node->parent - 1, stop_at);
	if (b->n)
		buf_cstr(b, "; ");
	buf_str(b, node->title);
}

/* Words of `from`, then the titles from below `target` down to `at` (at == target: none). */
static int
row_add(struct tree *t, size_t from, size_t target, size_t at, struct str code)
{
	struct cb_build *cb = t->cb;
	struct faults none = { .a = &t->a };
	struct cb_in in = { .b = cb, .faults = &none };
	struct cb_row *row;
	struct buf b;

	buf_init(&b, &t->a);
	path_put(&b, cb, from, 0);
	if (at != target)
		path_put(&b, cb, at, target + 1);
	in.source = cb->nodes[from].source;
	row = cb_put(&in, CS_INDEX, 0);
	if (!row)
		return E_NOMEM;
	CB_SET(row, INDEX_WORDS, cb_text(cb, buf_view(&b)));
	CB_SET(row, INDEX_CODE, cb_code_key(code));
	CB_SET(row, INDEX_MANIFESTATION, cb_code_key(cb_code_cut(cb, cb->nodes[at].manifestation)));
	CB_SET(row, INDEX_ORIGIN, cb->nodes[from].origin);
	CB_SET(row, INDEX_SEE, from != at);
	CB_SET(row, INDEX_DEPTH, cb->nodes[from].depth + cb->nodes[at].depth - cb->nodes[target].depth);
	return 0;
}

static int
see_copy(struct tree *t, size_t from, size_t target)
{
	const struct cb_node *node = t->cb->nodes;
	size_t end = subtree_end(t, target);
	int rc = 0;

	if (node[from].see_also || end - target > COPY_MAX)
		end = target + 1;
	for (size_t i = target; i < end && rc >= 0; i++) {
		struct str code = node[i].code.n ? cb_code_cut(t->cb, node[i].code) : STR_NONE;

		if (code.n && !(i == target && node[from].code.n))
			rc = row_add(t, from, target, i, code);
	}
	return rc;
}

/* What the official index names and the order files do not have; a whole category it sends to, as a row. */
static int
node_judge(struct tree *t, size_t i)
{
	struct cb_build *cb = t->cb;
	const struct cb_node *node = &cb->nodes[i];
	struct cb_in in = { .b = cb, .source = node->source };
	struct str category = node->category.n ? cb_code_cut(cb, node->category) : STR_NONE;
	int rc = cb_code_judge(cb, node->source, node->line, node->code);
	struct cb_row *row;
	struct buf b;

	if (rc >= 0)
		rc = cb_code_judge(cb, node->source, node->line, node->manifestation);
	if (rc >= 0)
		rc = cb_code_judge(cb, node->source, node->line, node->category);
	if (rc < 0 || !category.n || !node->title.n)
		return rc;
	row = cb_put(&in, CS_INDEX_CATEGORY, node->line);
	if (!row)
		return E_NOMEM;
	buf_init(&b, &t->a);
	path_put(&b, cb, i, 0);
	CB_SET(row, INDEX_CATEGORY_WORDS, cb_text(cb, buf_view(&b)));
	CB_SET(row, INDEX_CATEGORY_CODE, cb_code_key(category));
	CB_SET(row, INDEX_CATEGORY_ORIGIN, node->origin);
	return 0;
}

static int
node_resolve(struct tree *t, size_t i)
{
	const struct cb_node *node = &t->cb->nodes[i];
	struct str code = node->code.n ? cb_code_cut(t->cb, node->code) : STR_NONE;
	size_t target;
	int rc = 0;

	if (node->title.n == 0)
		return 0;
	if (node->source != t->source)
		t->steps = 0;
	t->source = node->source;
	if (code.n)
		rc = row_add(t, i, i, i, code);
	else if (!node->depth && str_ieq(node->see, S("condition")))
		rc = row_add(t, i, i, i, STR_NONE);
	if (rc < 0 || !node->see.n)
		return rc;
	target = target_find(t, node->see, &t->a, node->source);
	if (t->steps > STEPS_MAX) {
		struct cb_in in = { .b = t->cb, .path = t->cb->sources[node->source].path, .faults = t->f };

		return cb_fault(&in, E_LIMIT, node->line, 1, "there are more references, below longer terms, than an index has");
	}
	return target && target - 1 != i ? see_copy(t, i, target - 1) : 0;
}

/* Inclusion terms of a code that no order file has lead nowhere. */
static void
inclusions_check(struct cb_build *cb)
{
	struct cb_table *t = &cb->tables[CS_INDEX];
	size_t n = 0;

	if (cb->tables[CS_ICD10CM].n == 0)
		return;
	for (size_t i = 0; i < t->n; i++) {
		const struct cb_row *row = cb_row_at(t, i);

		if (row->c[CB_CELL(CC_INDEX_ORIGIN)] != ORIGIN_INCLUSION ||
		    cb_first_row(&cb->tables[CS_ICD10CM], row->c[CB_CELL(CC_INDEX_CODE)]) != ROW_NONE)
			memmove(cb_row_at(t, n++), row, t->stride);
	}
	t->n = n;
}

int
cb_see_resolve(struct cb_build *cb, struct faults *f)
{
	struct tree t = { .cb = cb, .f = f };
	int rc;

	inclusions_check(cb);
	if (!cb->n_nodes)
		return 0;
	arena_init(&t.a, CB_MEMORY);
	rc = tree_build(&t);
	for (size_t i = 0; i < cb->n_nodes && rc >= 0; i++)
		if ((rc = node_judge(&t, i)) >= 0)
			rc = node_resolve(&t, i);
	arena_free(&t.a);
	return rc < 0 ? rc : 0;
}
