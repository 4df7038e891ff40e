/* io_level.c - asks the store and the daemons' metrics for one look. Changes nothing. */
#include "claimline/level.h"
#include "claimline/ask.h"
#include "claimline/find.h"

#define FRESH_MS	5000

static int
sum_queue(struct cli *c, enum state st, size_t max, struct level_held *out)
{
	struct arena a, one;
	struct listing *v = NULL;
	size_t n = 0;
	int rc;

	arena_init(&a, 0);
	arena_init(&one, 0);
	rc = c->store->ops->list(c->store, st, max, &a, &v, &n);
	for (size_t i = 0; rc >= 0 && i < n; i++) {
		struct snapshot s;

		if (c->store->ops->get(c->store, v[i].id, v[i].lane, &one, &s) >= 0) {
			out->n++;
			out->cents += s.charge;
			if (s.due > 0 && (out->due == 0 || s.due < out->due))
				out->due = s.due;
		}
		arena_reset(&one);
	}
	out->partial = n == max;
	arena_free(&one);
	arena_free(&a);
	return rc;
}

static int64_t
port_of(const struct conf *c, int stage)
{
	const int64_t ports[STAGES] = { c->ingest.http_port, c->suggest.http_port, c->validate.http_port,
	    c->audit.http_port, c->submit.http_port };

	return ports[stage];
}

static int
read_stage(struct cli *c, int i, int64_t now, struct level_stage *s)
{
	static const char *const through[STAGES] = { "claimline_encounters_admitted_total", "claimline_encounters_passed_total",
		"claimline_encounters_passed_total", "claimline_encounters_passed_total", "claimline_claims_sent_total" };
	struct peer *v = NULL;
	struct arena a;
	struct str text;
	size_t n = 0;
	int rc;

	arena_init(&a, 0);
	rc = c->store->ops->peer_list(c->store, crew_stages[i], &a, &v, &n);
	for (size_t k = 0; rc >= 0 && k < n; k++)
		s->alive += now - v[k].seen < FRESH_MS;
	s->rate_milli = -1;
	s->answers = port_of(&c->conf, i) && s->alive &&
	    ask_get(&a, c->conf.site.http_address.p, port_of(&c->conf, i), "/metrics", &text) == 0;
	if (s->answers) {
		s->through = ask_metric(text, through[i]) + (i ? ask_metric(text, "claimline_encounters_held_total") : 0);
		s->in_hand = ask_metric(text, "claimline_encounters_in_hand");
		s->retried = ask_metric(text, "claimline_encounters_retried_total");
		s->buried = ask_metric(text, "claimline_encounters_buried_total");
	}
	arena_free(&a);
	return rc;
}

int
level_read(struct cli *c, size_t sum_max, struct level *out)
{
	struct store *s = c->store;
	int rc = s->ops->now(s, &out->at);

	if (rc >= 0)
		rc = s->ops->depths(s, out->depth);
	for (int st = 0; rc >= 0 && st < ST_COUNT; st++)
		if (state_is_held((enum state)st) && out->depth[st].n)
			rc = sum_queue(c, (enum state)st, sum_max, &out->held[st]);
	for (int i = 0; rc >= 0 && i < STAGES; i++)
		rc = read_stage(c, i, out->at, &out->stage[i]);
	return rc;
}
