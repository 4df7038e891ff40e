/*
 * ledger.c - the chain. A line is accepted only as exactly the next one: number, previous hash, own hash,
 * and a stream id above all ids of that stream before it, so that an entry can be neither lost nor doubled.
 */
#include "audit/ledger.h"

#include <stdio.h>
#include <string.h>

#define MAX_STREAM	96
#define TAIL		(sizeof ",\"sha\":\"\"}" - 1 + LEDGER_HEX)	/* what the hash does not cover, but for } */

/* ---- marks ---- */
static struct ledger_mark *
mark_find(const struct ledger_chain *c, struct str stream)
{
	for (size_t i = 0; i < c->n_marks; i++)
		if (str_eq(c->marks[i].stream, stream))
			return &c->marks[i];
	return NULL;
}

static int
mark_set(struct ledger_chain *c, struct str stream, struct ledger_id id)
{
	struct ledger_mark *m = mark_find(c, stream);

	if (!m) {
		if (c->n_marks >= LIMIT_LEDGER_STREAMS)
			return E_LIMIT;
		m = arena_push(c->a, c->marks, c->n_marks);
		if (!m)
			return E_NOMEM;
		m->stream = arena_str(c->a, stream);
		if (!m->stream.p) {
			c->n_marks--;
			return E_NOMEM;
		}
	}
	m->id = id;
	return 0;
}

/* Stream names go into the first line of every segment, so they are kept short and plain. */
static bool
is_stream(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] >= 0x7f || s.p[i] == '"' || s.p[i] == '\\')
			return false;
	return s.n > 0 && s.n <= MAX_STREAM;
}

void
ledger_chain_init(struct ledger_chain *c, struct arena *a)
{
	*c = (struct ledger_chain){ .a = a };
	memset(c->sha, '0', LEDGER_HEX);
}

/* ---- adding ---- */
static void
line_begin(const struct ledger_chain *c, struct buf *b)
{
	buf_cstr(b, "{\"n\":");
	ledger_put_int(b, c->n + 1);
	buf_cstr(b, ",\"sync\":");
	ledger_put_int(b, c->synced);
	buf_ch(b, ',');
}

static int
line_end(struct ledger_chain *c, struct buf *b, size_t from)
{
	char sha[LEDGER_HEX + 1];

	buf_cstr(b, ",\"prev\":\"");
	buf_put(b, c->sha, LEDGER_HEX);
	buf_cstr(b, "\"}");
	if (b->a->spent) {
		b->n = from;
		return E_NOMEM;
	}
	ledger_sha((struct str){ b->p + from, b->n - from }, STR_NONE, sha);
	b->n--;
	buf_cstr(b, ",\"sha\":\"");
	buf_put(b, sha, LEDGER_HEX);
	buf_cstr(b, "\"}\n");
	if (b->a->spent) {
		b->n = from;
		return E_NOMEM;
	}
	memcpy(c->sha, sha, sizeof sha);
	c->n++;
	return 1;
}

int
ledger_append(struct ledger_chain *c, const struct ledger_source *s, struct buf *out)
{
	const struct ledger_mark *m = mark_find(c, s->stream);
	struct ledger_id id, was = m ? m->id : (struct ledger_id){ 0, 0 };
	size_t from = out->n;
	int rc;

	if (!is_stream(s->stream) || !ledger_id_parse(s->id, &id))
		return E_STORE_REPLY;
	if (ledger_id_cmp(id, was) <= 0)
		return 0;
	rc = mark_set(c, s->stream, id);
	if (rc < 0)
		return rc;
	line_begin(c, out);
	rc = ledger_line_body(out, s);
	rc = line_end(c, out, from);
	if (rc < 0)
		(void)mark_set(c, s->stream, was);
	return rc;
}

int
ledger_append_open(struct ledger_chain *c, struct buf *out)
{
	size_t from = out->n;
	bool any = false;

	line_begin(c, out);
	buf_cstr(out, "\"open\":[");
	for (size_t i = 0; i < c->n_marks; i++) {
		const struct ledger_mark *m = &c->marks[i];

		if (ledger_id_cmp(m->id, (struct ledger_id){ 0, 0 }) == 0)
			continue;
		buf_cstr(out, any ? ",[" : "[");
		ledger_put_text(out, m->stream);
		buf_fmt(out, ",\"%llu-%llu\"]", (unsigned long long)m->id.ms, (unsigned long long)m->id.seq);
		any = true;
	}
	buf_ch(out, ']');
	return line_end(c, out, from);
}

int
ledger_append_cut(struct ledger_chain *c, int64_t bytes, const char *sha, struct buf *out)
{
	size_t from = out->n;

	line_begin(c, out);
	buf_cstr(out, "\"cut\":[");
	ledger_put_int(out, bytes);
	buf_cstr(out, ",\"");
	buf_put(out, sha, LEDGER_HEX);
	buf_cstr(out, "\"]");
	return line_end(c, out, from);
}

int
ledger_remember(const struct ledger_chain *c, struct arena *a, struct ledger_back *out)
{
	*out = (struct ledger_back){ .n = c->n, .synced = c->synced, .n_ids = c->n_marks };
	memcpy(out->sha, c->sha, sizeof out->sha);
	out->ids = arena_array(a, c->n_marks + 1, sizeof *out->ids);
	if (!out->ids)
		return E_NOMEM;
	for (size_t i = 0; i < c->n_marks; i++)
		out->ids[i] = c->marks[i].id;
	return 0;
}

/* Streams met meanwhile stay, with nothing of them in the chain: their names would else be kept once per try. */
void
ledger_forget(struct ledger_chain *c, const struct ledger_back *b)
{
	c->n = b->n;
	c->synced = b->synced;
	memcpy(c->sha, b->sha, sizeof c->sha);
	for (size_t i = 0; i < c->n_marks; i++)
		c->marks[i].id = i < b->n_ids ? b->ids[i] : (struct ledger_id){ 0, 0 };
}

/* ---- checking ---- */
static int
broken(struct ledger_break *w, const char *what, struct str expected, struct str found)
{
	w->what = what;
	(void)snprintf(w->expected, sizeof w->expected, STR_FMT, STR_ARG(expected));
	(void)snprintf(w->found, sizeof w->found, STR_FMT, STR_ARG(found));
	return E_CHAIN;
}

static int
broken_number(struct ledger_break *w, const char *what, int64_t expected, int64_t found)
{
	w->what = what;
	(void)snprintf(w->expected, sizeof w->expected, "%lld", (long long)expected);
	(void)snprintf(w->found, sizeof w->found, "%lld", (long long)found);
	return E_CHAIN;
}

/* The line was read: it has its tail. */
static struct str
own_sha(struct str line, char out[LEDGER_HEX + 1])
{
	ledger_sha((struct str){ line.p, line.n - TAIL }, S("}"), out);
	return (struct str){ out, LEDGER_HEX };
}

bool
ledger_holds(struct arena *a, struct str line, struct ledger_line *head)
{
	char sha[LEDGER_HEX + 1];

	return ledger_line_head(a, line, head) == 0 && str_eq(own_sha(line, sha), head->sha);
}

/* The first line of a segment repeats the marks, so that a writer need not read older segments. */
static int
check_marks(const struct ledger_chain *c, const struct ledger_line *l, struct ledger_break *w)
{
	size_t known = 0;

	for (size_t i = 0; i < c->n_marks; i++)
		known += c->marks[i].id.ms || c->marks[i].id.seq;
	if (known != l->n_marks)
		return broken_number(w, "the first line of a segment names other streams than the ledger has",
		    (int64_t)known, (int64_t)l->n_marks);
	for (size_t i = 0; i < l->n_marks; i++) {
		const struct ledger_mark *m = mark_find(c, l->marks[i].stream);

		if (!m || ledger_id_cmp(m->id, l->marks[i].id) != 0)
			return broken(w, "the first line of a segment names another last entry than the ledger has",
			    STR_NONE, l->marks[i].stream);
	}
	return 0;
}

static int
check_entry(struct ledger_chain *c, const struct ledger_line *l, struct ledger_break *w)
{
	const struct ledger_mark *m = mark_find(c, l->stream);
	int rc;

	if (!is_stream(l->stream))
		return broken(w, "not the name of a journal", STR_NONE, STR_NONE);
	if (m && ledger_id_cmp(l->id, m->id) <= 0)
		return broken(w, "a journal entry stands twice, or before one that came earlier", STR_NONE, STR_NONE);
	rc = mark_set(c, l->stream, l->id);
	return rc == E_LIMIT ? broken(w, "more journals than a ledger follows", STR_NONE, STR_NONE) : rc;
}

static int
check(struct ledger_chain *c, struct arena *scratch, struct str line, struct ledger_break *w, struct ledger_line *l)
{
	char sha[LEDGER_HEX + 1];
	int rc = ledger_line_head(scratch, line, l);

	if (rc == E_NOMEM)
		return rc;
	if (rc < 0)
		return broken(w, "not a line of a ledger", STR_NONE, STR_NONE);
	if (l->n != c->n + 1)
		return broken_number(w, "another line number", c->n + 1, l->n);
	if (!str_eq(l->prev, (struct str){ c->sha, LEDGER_HEX }))
		return broken(w, "the hash of the line before is another", (struct str){ c->sha, LEDGER_HEX }, l->prev);
	if (!str_eq(l->sha, own_sha(line, sha)))
		return broken(w, "the line does not have its own hash", str_of(sha), l->sha);
	if (l->sync >= l->n || l->sync < c->synced)
		return broken_number(w, "another line was on disk last", c->synced, l->sync);
	rc = l->kind == LEDGER_OPEN ? check_marks(c, l, w) : l->kind == LEDGER_CUT ? 0 : check_entry(c, l, w);
	if (rc < 0)
		return rc;
	c->n = l->n;
	c->synced = l->sync;
	memcpy(c->sha, sha, sizeof sha);
	return 0;
}

/* ---- a whole ledger, in pieces ---- */
void
ledger_verify_init(struct ledger_verify *v, struct arena *a, int64_t anchor_n, const char *anchor_sha)
{
	*v = (struct ledger_verify){ .anchor_n = anchor_sha ? anchor_n : 0 };
	ledger_chain_init(&v->chain, a);
	arena_init(&v->scratch, 0);
	if (v->anchor_n)
		(void)snprintf(v->anchor_sha, sizeof v->anchor_sha, "%s", anchor_sha);
}

void
ledger_verify_free(struct ledger_verify *v)
{
	arena_free(&v->scratch);
}

int
ledger_verify_segment(struct ledger_verify *v, int64_t number)
{
	v->why.segment = number;
	v->why.line = 0;
	if (number != v->segment + 1)
		return broken_number(&v->why, "a segment is missing", v->segment + 1, number);
	if (v->segment && v->line == 0)
		return broken_number(&v->why, "a segment before the last is empty", v->segment, v->segment);
	v->segment = number;
	v->line = 0;
	return 0;
}

static int
verify_line(struct ledger_verify *v, struct str line)
{
	struct ledger_line l;
	int rc;

	v->why.line = v->line + 1;
	rc = check(&v->chain, &v->scratch, line, &v->why, &l);
	arena_reset(&v->scratch);
	if (rc < 0)
		return rc;
	if ((v->line == 0) != (l.kind == LEDGER_OPEN))
		return broken(&v->why, "a segment has exactly one opening line, its first", STR_NONE, STR_NONE);
	if (l.n == v->anchor_n && !str_is(l.sha, v->anchor_sha))
		return broken(&v->why, "not the line that was anchored: the ledger was rewritten",
		    str_of(v->anchor_sha), l.sha);
	v->cuts += l.kind == LEDGER_CUT;
	v->line++;
	return 0;
}

int
ledger_verify_some(struct ledger_verify *v, struct str bytes, bool last, size_t *used, ledger_line_fn fn, void *me)
{
	const char *end;
	int rc = 0;

	*used = 0;
	while (rc >= 0 && bytes.n > *used && (end = memchr(bytes.p + *used, '\n', bytes.n - *used))) {
		struct str line = { bytes.p + *used, (size_t)(end - bytes.p) - *used };

		rc = verify_line(v, line);
		if (rc >= 0 && fn)
			rc = fn(me, line);
		if (rc >= 0) {
			*used += line.n + 1;
			v->bytes += (int64_t)line.n + 1;
		}
	}
	if (rc < 0)
		return rc;
	v->why.line = v->line + 1;
	if (bytes.n - *used > LIMIT_LEDGER_LINE)
		return broken(&v->why, "a line without an end", STR_NONE, STR_NONE);
	if (last && bytes.n > *used) {
		(void)broken(&v->why, "the last line has no end: its write was cut short, or is under way",
		    STR_NONE, STR_NONE);
		return E_INCOMPLETE;
	}
	return 0;
}

int
ledger_verify_end(struct ledger_verify *v)
{
	v->why.segment = v->segment;
	v->why.line = v->line;
	if (v->anchor_n > v->chain.n)
		return broken_number(&v->why, "lines are missing at the end: the anchored line is not there",
		    v->anchor_n, v->chain.n);
	return 0;
}

/* ---- resuming ---- */
void
ledger_resume_init(struct ledger_resume *r, struct ledger_chain *c)
{
	*r = (struct ledger_resume){ .chain = c };
	arena_init(&r->scratch, 0);
}

void
ledger_resume_free(struct ledger_resume *r)
{
	arena_free(&r->scratch);
}

/* Take the past from the first line of a segment on trust; its number and hash are checked by the caller. */
static int
adopt(struct ledger_resume *r, const struct ledger_line *l)
{
	struct ledger_chain *c = r->chain;
	int rc = 0;

	if (l->kind != LEDGER_OPEN || l->n < 1)
		return E_CHAIN;
	c->n = l->n - 1;
	c->synced = 0;
	memcpy(c->sha, l->prev.p, LEDGER_HEX);
	r->before_n = c->n;
	memcpy(r->before_sha, l->prev.p, LEDGER_HEX);
	for (size_t i = 0; rc >= 0 && i < l->n_marks; i++)
		rc = is_stream(l->marks[i].stream) ? mark_set(c, l->marks[i].stream, l->marks[i].id) : E_CHAIN;
	return rc;
}

/*
 * A torn write leaves whole lines of its own batch behind the damage at most: they say a sync below the
 * broken line. A line that holds but was written after the broken one had been synced, or a line that
 * holds and yet is not the next one, means that somebody or something changed what was safe.
 */
static int
after_break(const struct ledger_resume *r, struct str line, struct arena *scratch, bool first)
{
	struct ledger_line l;

	if (!ledger_holds(scratch, line, &l))
		return 0;
	return first || l.sync > r->chain->n ? E_CHAIN : 0;
}

int
ledger_resume_line(struct ledger_resume *r, struct str line)
{
	struct ledger_line l;
	bool first = !r->torn;
	int rc = 0;

	if (!r->torn && r->good == 0 && ledger_holds(&r->scratch, line, &l))
		rc = adopt(r, &l);
	if (rc >= 0 && !r->torn)
		rc = check(r->chain, &r->scratch, line, &r->why, &l);
	if (rc >= 0 && !r->torn) {
		r->good += (int64_t)line.n + 1;
	} else if (rc == E_CHAIN || r->torn) {
		r->torn = true;
		rc = after_break(r, line, &r->scratch, first);
	}
	arena_reset(&r->scratch);
	return rc;
}
