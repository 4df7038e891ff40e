/* Verbs of the command line over the memory store: what they print, what they move, what they refuse. */
#include "claimline/cli.h"
#include "claimline/find.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATIENT	"ZZPATIENTZZ"
#define NOTE	"ZZNOTEZZ"

static struct store *store;
static struct arena mem;
static char said[65536];		/* what the last verb printed on stdout */

static void
pack_into(struct work *w, const struct encounter *e, enum rec_part part)
{
	struct str raw;

	cr_assert(rec_pack(&mem, e, part, &raw) >= 0);
	cr_assert(part_seal(&mem, raw, true, &w->part[part]) >= 0);
	w->dirty |= 1U << part;
}

static struct encounter *
make(const char *pcn)
{
	struct encounter *e = rec_new(&mem);

	e->tenant = S("main");
	e->source = S("json");
	e->control = e->account = e->pcn = str_of(pcn);
	e->type = S("P");
	e->charge = 12345;
	e->patient.last = S(PATIENT);
	REC_PUSH(&mem, e, coded, diagnosis)->code = S("E119");
	return e;
}

/* An encounter in state `to` (from received), with why and due. Returns its id. */
static struct eid
put(const char *pcn, enum state to, int64_t due, cents_t charge)
{
	struct encounter *e = make(pcn);
	struct commit_by by = { S("test"), S("t"), S("") };
	struct admission ad = { .id = rec_eid(e), .tenant = e->tenant, .account = e->account, .pcn = e->pcn,
	    .charge = charge, .due = due, .lane = rec_lane(e->tenant, e->account, store->lanes),
	    .hash = S("00000000000000000000000000000000") };
	struct snapshot s;
	struct work *w = &s.w;
	struct str raw;

	cr_assert(rec_pack(&mem, e, PART_INGEST, &raw) >= 0 && part_seal(&mem, raw, true, &ad.body) >= 0);
	cr_assert(store->ops->admit(store, &by, &ad, 1, ST_RECEIVED, 0) >= 0);
	cr_assert(store->ops->get(store, ad.id, ad.lane, &mem, &s) >= 0);
	if (to == ST_RECEIVED)
		return ad.id;
	w->dirty = 0;
	pack_into(w, e, PART_SUGGEST);
	w->to = to;
	w->why = state_is_held(to) ? S("somebody must look") : STR_NONE;
	w->due = due;
	cr_assert(store->ops->advance(store, &by, &w, 1, 0) >= 0 && w->moved, "%s", pcn);
	return ad.id;
}

/* Runs `line` ("work accept ID CODE --actor ann"); ID is put in for @. Words are parted by blanks. */
static int
run(const struct verb *verb, const char *line, struct eid id)
{
	const struct opt *const tables[2] = { cli_global_opts, verb->opts };
	struct cli *c = calloc(1, sizeof *c);
	char *argv[24] = { (char *)(uintptr_t)verb->name }, why[160];
	struct str rest = str_of(line);
	int argc = 1, first, rc;
	FILE *f = tmpfile();
	int keep = dup(STDOUT_FILENO);

	arena_init(&c->a, 0);
	conf_defaults(&c->conf);
	c->verb = verb;
	c->store = store;
	while (rest.n) {
		struct str word = str_cut(&rest, ' ');

		argv[argc++] = (char *)(uintptr_t)(str_is(word, "@") ? eid_text(&mem, id) : arena_str(&mem, word)).p;
	}
	cr_assert(opt_read(argc, argv, tables, false, &c->opts, &first, why) == 0, "%s", why);
	c->argc = argc - first;
	c->argv = argv + first;
	(void)fflush(stdout);
	(void)dup2(fileno(f), STDOUT_FILENO);
	rc = verb->run(c);
	(void)fflush(stdout);
	(void)dup2(keep, STDOUT_FILENO);
	(void)close(keep);
	rewind(f);
	said[fread(said, 1, sizeof said - 1, f)] = '\0';
	(void)fclose(f);
	arena_free(&c->a);
	free(c);
	return rc;
}

static void
look(struct eid id, struct seen *out)
{
	struct cli c = { .store = store };
	unsigned lane;

	cr_assert(store->ops->find(store, id, &lane) >= 0);
	cr_assert(seen_get(&c, &mem, id, lane, out) >= 0);
}

static void
start(void)
{
	arena_init(&mem, 0);
	cr_assert(store_mem_open(&store, 4) >= 0);
	store_mem_advance_clock(store, 1000);
	(void)setenv("USER", "tester", 1);
}

static void
end(void)
{
	store->ops->close(store);
	arena_free(&mem);
}

TestSuite(cli_verbs, .init = start, .fini = end);

Test(cli_verbs, decisions)
{
	static const struct { const char *line; enum state held; int rc; enum state then; size_t decisions;
	    const char *with; } rows[] = {
		{ "accept @ I10", ST_HELD_CODING, CLI_OK, ST_HELD_CODING, 1, "accept" },
		{ "accept @ E119", ST_HELD_CODING, CLI_NO, ST_HELD_CODING, 0, NULL },
		{ "accept @ I10 --release", ST_HELD_CODING, CLI_OK, ST_CODED, 1, "accept" },
		{ "accept @ nonsense!", ST_HELD_CODING, CLI_USAGE, ST_HELD_CODING, 0, NULL },
		{ "replace @ e11.9 E11.21", ST_HELD_CODING, CLI_OK, ST_HELD_CODING, 1, "replace" },
		{ "replace @ I10 E11.21", ST_HELD_CODING, CLI_DATA, ST_HELD_CODING, 0, NULL },
		{ "reject @ E11.9", ST_HELD_CODING, CLI_USAGE, ST_HELD_CODING, 0, NULL },
		{ "reject @ E11.9 --reason ruled-out", ST_HELD_CODING, CLI_OK, ST_HELD_CODING, 1, "reject" },
		{ "release @ --reason done", ST_HELD_CODING, CLI_OK, ST_CODED, 1, "release" },
		{ "release @ --reason done", ST_HELD_BILLING, CLI_OK, ST_CODED, 1, "release" },
		{ "release @ --reason done", ST_HELD_COMPLIANCE, CLI_OK, ST_CLEARED, 1, "release" },
		{ "release @ --reason done --to checked", ST_HELD_BILLING, CLI_OK, ST_CHECKED, 1, "release" },
		{ "release @ --reason done --to sent", ST_HELD_BILLING, CLI_USAGE, ST_HELD_BILLING, 0, NULL },
		{ "release @", ST_HELD_CODING, CLI_USAGE, ST_HELD_CODING, 0, NULL },
		{ "query @ " NOTE, ST_HELD_CODING, CLI_OK, ST_HELD_QUERY, 1, "query" },
		{ "route @ billing", ST_HELD_CODING, CLI_OK, ST_HELD_BILLING, 1, "route" },
		{ "route @ nowhere", ST_HELD_CODING, CLI_USAGE, ST_HELD_CODING, 0, NULL },
		{ "note @ " NOTE, ST_HELD_CODING, CLI_OK, ST_HELD_CODING, 1, "note" },
		{ "void @ --reason twice", ST_HELD_CODING, CLI_OK, ST_VOID, 1, "void" },
		{ "release @ --reason done --revision 77", ST_HELD_CODING, CLI_TEMP, ST_HELD_CODING, 0, NULL },
		{ "release @ --reason done --actor a|b", ST_HELD_CODING, CLI_USAGE, ST_HELD_CODING, 0, NULL },
		{ "release @ --reason done", ST_CODED, CLI_NO, ST_CODED, 0, NULL },
		{ "release --reason done", ST_HELD_CODING, CLI_USAGE, ST_HELD_CODING, 0, NULL },
		{ "dance @", ST_HELD_CODING, CLI_USAGE, ST_HELD_CODING, 0, NULL },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct eid id = put(arena_fmt(&mem, "ROW%zu", i).p, rows[i].held, 5000, 100);
		struct seen before, x;
		int rc;

		look(id, &before);
		rc = run(&verb_work, rows[i].line, id);
		look(id, &x);
		cr_expect(rc == rows[i].rc, "row %zu %s: exit %d", i, rows[i].line, rc);
		cr_expect(x.s.w.state == rows[i].then, "row %zu %s: %s", i, rows[i].line, state_name(x.s.w.state));
		cr_expect(x.e->n_decisions == rows[i].decisions, "row %zu: %zu decisions", i, x.e->n_decisions);
		cr_expect((x.s.w.revision > before.s.w.revision) == (rc == CLI_OK), "row %zu: revision", i);
		cr_expect(!str_is(x.s.why, NOTE), "row %zu: words of a person do not get into lists", i);
		if (rows[i].with) {
			cr_expect(str_is(x.e->decisions[0].action, rows[i].with), "row %zu", i);
			cr_expect(str_is(x.e->decisions[0].actor, "tester"), "row %zu", i);
			cr_expect(x.e->decisions[0].at >= 1000, "row %zu: the store's time", i);
		}
	}
}

Test(cli_verbs, decisions_add_up)
{
	struct eid id = put("SUM", ST_HELD_CODING, 0, 100);
	struct claim_view v;
	struct seen x;

	cr_expect(run(&verb_work, "accept @ I10 --actor ann", id) == CLI_OK);
	cr_expect(run(&verb_work, "replace @ E119 E1121 --actor bob", id) == CLI_OK);
	cr_expect(run(&verb_work, "release @ --reason done --actor bob", id) == CLI_OK);
	look(id, &x);
	cr_assert(x.e->n_decisions == 3 && claim_view(&mem, x.e, &v) >= 0 && v.n_diagnoses == 2);
	cr_expect(str_is(v.diagnoses[0].code, "E1121") && str_is(v.diagnoses[1].code, "I10"));
	cr_expect(str_is(x.e->decisions[0].actor, "ann") && str_is(x.e->decisions[1].actor, "bob"));
	cr_expect(x.s.w.state == ST_CODED && x.s.why.n == 0, "nothing holds it any more");
}

Test(cli_verbs, most_urgent_first)
{
	struct eid id = { { 0 } };

	cr_expect(run(&verb_work, "next", id) == CLI_NO, "nothing waits");
	put("LATE", ST_HELD_CODING, 9000, 900000);
	put("SOON-SMALL", ST_HELD_BILLING, 5000, 100);
	put("SOON-LARGE", ST_HELD_BILLING, 5000, 200);
	put("NO-DUE", ST_HELD_QUERY, 0, 999999);
	cr_expect(run(&verb_work, "next", id) == CLI_OK && strstr(said, "SOON-LARGE"), "%s", said);
	cr_expect(strstr(said, PATIENT) && strstr(said, "4 waiting"), "a coder sees the patient");
	cr_expect(run(&verb_work, "next --queue coding", id) == CLI_OK && strstr(said, "LATE"));
	cr_expect(run(&verb_work, "next --queue denials", id) == CLI_NO);
	cr_expect(run(&verb_work, "next --queue x", id) == CLI_USAGE);
	cr_expect(run(&verb_work, "next --json", id) == CLI_OK && strstr(said, "\"queue\": \"held:billing\""));
}

Test(cli_verbs, finds)
{
	struct eid id = put("FIND-ME", ST_HELD_CODING, 0, 100), other = put("TWIN", ST_RECEIVED, 0, 100);
	static const struct { const char *line; int rc; } rows[] = {
		{ "@", CLI_OK }, { "FIND-ME", CLI_OK }, { "FIND-M", CLI_NO }, { "00000000000000000000000000000000", CLI_NO },
		{ "ffff", CLI_NO }, { "a b", CLI_USAGE },
	};
	char prefix[9];

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
		cr_expect(run(&verb_status, rows[i].line, id) == rows[i].rc, "%s", rows[i].line);
	memcpy(prefix, eid_text(&mem, id).p, 8);
	prefix[8] = '\0';
	cr_expect(run(&verb_status, prefix, id) == CLI_OK && strstr(said, eid_text(&mem, id).p), "%s", said);
	/* a control number that begins another's id names two */
	put(arena_fmt(&mem, "%.8s", eid_text(&mem, other).p).p, ST_RECEIVED, 0, 100);
	memcpy(prefix, eid_text(&mem, other).p, 8);
	cr_expect(run(&verb_status, prefix, id) == CLI_NO, "ambiguous");
	cr_expect(run(&verb_status, "TWIN --json", id) == CLI_OK && strstr(said, "\"state\": \"received\""), "%s", said);
}

Test(cli_verbs, what_is_shown)
{
	struct eid id = put("PCN-0001", ST_HELD_CODING, 5000, 12345);
	static const struct { const struct verb *verb; const char *line; const char *shows; bool patient; } rows[] = {
		{ &verb_show, "@", "E11.9", true }, { &verb_show, "@ --raw", "\"coded\"", true },
		{ &verb_list, "", "held:coding", false }, { &verb_list, "held:coding --json", "12345", false },
		{ &verb_list, "--state held:coding", "123.45", false },
		    { &verb_list, "--queue coding", "somebody must look", false },
		{ &verb_queues, "--sample-ms 0", "123.45", false },
		    { &verb_queues, "--sample-ms 0 --json", "\"charge_cents\": 12345", false },
		{ &verb_top, "--sample-ms 0", "held:coding", false }, { &verb_status, "@", "held:coding", false },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		cr_expect(run(rows[i].verb, rows[i].line, id) == CLI_OK, "row %zu", i);
		cr_expect(strstr(said, rows[i].shows), "row %zu: %s", i, said);
		cr_expect((strstr(said, PATIENT) != NULL) == rows[i].patient, "row %zu: patient", i);
		cr_expect(rows[i].patient || !strstr(said, "PCN-0001"), "row %zu: control number", i);
		cr_expect(!strchr(said, '\033'), "row %zu: no colours without a terminal", i);
	}
	cr_expect(run(&verb_list, "buried", id) == CLI_OK && !strstr(said, "held:coding"));
	cr_expect(run(&verb_list, "nonsense", id) == CLI_USAGE);
	cr_expect(run(&verb_list, "--queue nonsense", id) == CLI_USAGE);
	cr_expect(run(&verb_list, "--limit 0", id) == CLI_USAGE);
}

Test(cli_verbs, limits_of_lists)
{
	struct eid id = { { 0 } };

	for (int i = 0; i < 5; i++)
		put(arena_fmt(&mem, "L%d", i).p, ST_HELD_BILLING, 1000 + i, 100);
	cr_expect(run(&verb_list, "--limit 2 --json", id) == CLI_OK && strstr(said, "\"left_out\": 3"), "%s", said);
	cr_expect(run(&verb_list, "--json", id) == CLI_OK && strstr(said, "\"left_out\": 0"));
}

Test(cli_verbs, bury_and_kick)
{
	struct eid id = put("BURY", ST_CHECKED, 0, 100), held = put("HELD", ST_HELD_CODING, 0, 100);
	struct seen x;

	cr_expect(run(&verb_bury, "@", id) == CLI_USAGE, "without a reason");
	cr_expect(run(&verb_bury, "@ --reason no", held) == CLI_NO, "people have it");
	cr_expect(run(&verb_kick, "@", id) == CLI_NO, "not buried");
	cr_expect(run(&verb_bury, "@ --reason stops-audit", id) == CLI_OK);
	look(id, &x);
	cr_expect(x.s.w.state == ST_BURIED && str_is(x.s.why, "stops-audit") && x.s.before == ST_CHECKED);
	cr_expect(run(&verb_kick, "@ --reason mended", id) == CLI_OK);
	look(id, &x);
	cr_expect(x.s.w.state == ST_CHECKED && x.e->n_decisions == 2 && str_is(x.e->decisions[1].reason, "mended"));
	cr_expect(run(&verb_bury, "@ --reason again", id) == CLI_OK);
	cr_expect(run(&verb_kick, "--all", id) == CLI_OK && strstr(said, "1 of 1"), "%s", said);
	cr_expect(run(&verb_kick, "--all", id) == CLI_OK && strstr(said, "0 of 0"), "%s", said);
	cr_expect(run(&verb_kick, "@ --all", id) == CLI_USAGE);
}

/* Somebody else commits between our look and our commit. */
static const struct store_ops *own;

static int
race_advance(struct store *s, const struct commit_by *by, struct work **v, size_t n, int64_t lease_ms)
{
	struct snapshot snap;
	struct work *w = &snap.w;

	cr_assert(own->get(s, v[0]->id, v[0]->lane, &mem, &snap) >= 0);
	w->dirty = 0;
	w->to = ST_CODED;
	cr_assert(own->advance(s, by, &w, 1, 0) >= 0 && w->moved);
	return own->advance(s, by, v, n, lease_ms);
}

static int
down_advance(struct store *s, const struct commit_by *by, struct work **v, size_t n, int64_t lease_ms)
{
	(void)s, (void)by, (void)v, (void)n, (void)lease_ms;
	return E_STORE_DOWN;
}

Test(cli_verbs, of_two_people_one_wins)
{
	static const struct {
		int (*advance)(struct store *, const struct commit_by *, struct work **, size_t, int64_t);
		int rc;
		enum state then;
	} rows[] = { { race_advance, CLI_TEMP, ST_CODED }, { down_advance, CLI_UNAVAILABLE, ST_HELD_CODING } };

	own = store->ops;
	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		struct eid id = put(arena_fmt(&mem, "RACE%zu", i).p, ST_HELD_CODING, 0, 100);
		struct store_ops ops = *own;
		struct seen x;
		int rc;

		ops.advance = rows[i].advance;
		store->ops = &ops;
		rc = run(&verb_work, "accept @ I10 --release", id);
		store->ops = own;
		look(id, &x);
		cr_expect(rc == rows[i].rc, "row %zu: exit %d", i, rc);
		cr_expect(x.s.w.state == rows[i].then && x.e->n_decisions == 0, "row %zu: the loser left nothing", i);
	}
}
