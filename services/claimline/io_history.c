/* io_history.c - the ledger's lines about one encounter, then what the journal holds beyond them. Changes nothing. */
#include "claimline/history.h"

#include "audit/io_ledger.h"
#include "base/file.h"

#define JOURNAL_SOME	512
#define JOURNAL_MAX	200000		/* entries looked at: what waits for the ledger is seconds of work */

struct seeker { struct ledger_story story; struct arena scratch; };

static int
on_line(void *me, struct str line)
{
	struct seeker *s = me;
	int rc = ledger_story_add(&s->story, &s->scratch, line);

	return rc < 0 ? rc : 0;
}

static struct journal_entry *
place_of(struct arena *a, struct journal_entry **v, size_t *n, struct str stream)
{
	struct journal_entry *e;

	for (size_t i = 0; i < *n; i++)
		if (str_eq((*v)[i].stream, stream))
			return &(*v)[i];
	e = arena_push(a, *v, *n);
	if (e)
		*e = (struct journal_entry){ .stream = arena_str(a, stream) };
	return e;
}

/* One read of the journals; returns the entries seen. The chain knows what the ledger has already. */
static int
read_some(struct cli *c, struct seeker *s, struct ledger_chain *chain, struct journal_entry **after, size_t *n_after)
{
	struct journal_entry *v = NULL, *place;
	struct arena a;
	size_t n = 0;
	int rc;

	arena_init(&a, 0);
	rc = c->store->ops->journal_read(c->store, *after, *n_after, JOURNAL_SOME, &a, &v, &n);
	for (size_t i = 0; rc >= 0 && i < n; i++) {
		struct ledger_source in = { v[i].stream, v[i].id, v[i].header, v[i].rows, v[i].flags };
		struct buf line;

		buf_init(&line, &a);
		rc = ledger_append(chain, &in, &line);
		if (rc > 0)
			rc = on_line(s, str_trim(buf_view(&line)));
		place = place_of(chain->a, after, n_after, v[i].stream);
		if (!place)
			rc = E_NOMEM;
		else
			place->id = arena_str(chain->a, v[i].id);
	}
	arena_free(&a);
	return rc < 0 ? rc : (int)n;
}

static int
add_journal(struct cli *c, struct seeker *s, struct ledger_chain *chain)
{
	struct journal_entry *after = NULL;
	size_t n_after = 0;
	int rc, seen = 0;

	do {
		rc = read_some(c, s, chain, &after, &n_after);
		seen += rc > 0 ? rc : 0;
	} while (rc > 0 && seen < JOURNAL_MAX);
	return rc;
}

static int
to_hops(struct arena *a, const struct ledger_story *s, size_t n_ledger, struct hop **out, size_t *n)
{
	*out = arena_array(a, s->n ? s->n : 1, sizeof **out);
	if (!*out)
		return E_NOMEM;
	*n = 0;
	for (size_t i = 0; i < s->n; i++) {
		const struct ledger_event *e = &s->v[i];

		if (!e->moved)
			continue;
		(*out)[(*n)++] = (struct hop){ .at = (int64_t)e->at.ms, .revision = e->revision, .stage = e->stage,
		    .actor = e->actor, .from = e->from, .to = e->to, .verdict = e->verdict, .in_ledger = i < n_ledger };
	}
	return 0;
}

int
history_of(struct cli *c, struct arena *a, struct eid id, struct hop **out, size_t *n, bool *incomplete)
{
	struct ledger_verify v;
	struct seeker s;
	size_t n_ledger;
	int rc, journal;

	*n = 0;
	rc = ledger_story_init(&s.story, a, eid_text(a, id));
	if (rc < 0)
		return rc;
	arena_init(&s.scratch, 0);
	ledger_verify_init(&v, a, 0, NULL);
	rc = c->conf.audit.ledger.n ? ledger_folder_walk(c->conf.audit.ledger.p, &v, on_line, &s, NULL) : E_NOT_FOUND;
	n_ledger = s.story.n;
	journal = add_journal(c, &s, &v.chain);
	/* a line that is just being written is no damage */
	*incomplete = journal < 0 || s.story.more || (rc < 0 && rc != E_NOT_FOUND && rc != E_INCOMPLETE);
	ledger_verify_free(&v);
	arena_free(&s.scratch);
	return to_hops(a, &s.story, n_ledger, out, n);
}
