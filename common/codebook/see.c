/*
 * see.c - from the tree of the Alphabetic Index to flat rows: the path in words, and the code it leads
 * to, following "see" and "see also" one hop. A reference that names nothing we have is passed over.
 */
#include "codebook/cb.h"

#include <stdlib.h>
#include <string.h>

#define COPY_MAX	60	/* nodes under a "see" target that are copied; above this it is noise */
#define PIECES_MAX	8

struct tree {
	struct codebook	*cb;
	struct arena	 a;		/* ends with the work */
	struct str	*plain;		/* titles in lower case, without what stands in parentheses */
	struct main_key	*mains;
	size_t		 n_mains;
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
subtree_end(const struct codebook *cb, size_t i)
{
	size_t j = i + 1;

	while (j < cb->n_nodes && cb->nodes[j].depth > cb->nodes[i].depth)
		j++;
	return j;
}

/* The child of i that answers to the piece, or a grandchild below a connective; 0 = none. */
static size_t
child_find(const struct tree *t, size_t i, struct str piece)
{
	const struct cb_node *v = t->cb->nodes;
	size_t end = subtree_end(t->cb, i), below = 0, connective = 0;

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

/* 1 + the node a reference names, or 0. */
static size_t
target_find(const struct tree *t, struct str see, struct arena *a)
{
	struct str rest = plain_of(a, see), piece = str_trim(str_cut(&rest, ','));
	const struct main_key *m = main_find(t, piece);
	size_t at;

	if (!m)
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

/* Cut to the longest code the order files have; without an order file it stands as it came. */
static struct str
code_cut(const struct codebook *cb, struct str code)
{
	if (!cb_code_ok(code))
		return STR_NONE;
	if (!codebook_knows(cb, CS_ICD10CM))
		return code;
	while (code.n >= 3 && !cb_first(&cb->sets[CS_ICD10CM], cb_key(code)))
		code.n--;
	return code.n >= 3 ? code : STR_NONE;
}

static void
path_put(struct buf *b, const struct codebook *cb, size_t i, size_t stop_at)
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
	struct codebook *cb = t->cb;
	struct index_row *row;
	struct buf b;

	buf_init(&b, &t->a);
	path_put(&b, cb, from, 0);
	if (at != target)
		path_put(&b, cb, at, target + 1);
	row = arena_push(&cb->a, cb->index, cb->n_index);
	if (!row)
		return E_NOMEM;
	*row = (struct index_row){ .words = arena_str(&cb->a, buf_view(&b)), .code = code, .see = from != at,
	    .depth = (uint8_t)(cb->nodes[from].depth + cb->nodes[at].depth - cb->nodes[target].depth) };
	return 0;
}

static int
see_copy(struct tree *t, size_t from, size_t target)
{
	const struct cb_node *node = t->cb->nodes;
	size_t end = subtree_end(t->cb, target);
	int rc = 0;

	if (node[from].see_also || end - target > COPY_MAX)
		end = target + 1;
	for (size_t i = target; i < end && rc >= 0; i++) {
		struct str code = node[i].code.n ? code_cut(t->cb, node[i].code) : STR_NONE;

		if (code.n && !(i == target && node[from].code.n))
			rc = row_add(t, from, target, i, code);
	}
	return rc;
}

static int
node_resolve(struct tree *t, size_t i)
{
	const struct cb_node *node = &t->cb->nodes[i];
	struct str code = node->code.n ? code_cut(t->cb, node->code) : STR_NONE;
	size_t target;
	int rc = 0;

	if (node->title.n == 0)
		return 0;
	if (code.n)
		rc = row_add(t, i, i, i, code);
	else if (!node->depth && str_ieq(node->see, S("condition")))
		rc = row_add(t, i, i, i, STR_NONE);
	if (rc < 0 || !node->see.n)
		return rc;
	target = target_find(t, node->see, &t->a);
	return target && target - 1 != i ? see_copy(t, i, target - 1) : 0;
}

int
cb_see_resolve(struct codebook *cb)
{
	struct tree t = { .cb = cb };
	int rc;

	if (!cb->n_nodes)
		return 0;
	arena_init(&t.a, CB_MEMORY);
	rc = tree_build(&t);
	for (size_t i = 0; i < cb->n_nodes && rc >= 0; i++)
		rc = node_resolve(&t, i);
	arena_free(&t.a);
	return rc < 0 ? rc : 0;
}
