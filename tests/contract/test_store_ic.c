/* test_store_ic.c - the contract of store.h for interchanges, journals, peers and rights, for both kinds of store. */
#include "contract.h"
#include "pipe/store_impl.h"

#define LANES	4u
#define LEASE	600000

static struct interchange
reserve(struct fixture *f, const char *partner, size_t n, int64_t lease)
{
	struct interchange ic = { .partner = str_of(partner), .n = n };

	ic.members = arena_array(&f->a, n ? n : 1, sizeof *ic.members);
	for (unsigned i = 0; i < n; i++)
		ic.members[i] = (struct member){ fixture_eid(i), i % LANES, arena_fmt(&f->a, "PCN %u\n", i) };
	need(f->s->ops->ic_reserve(f->s, &fixture_by, &ic, lease) == 0);
	return ic;
}

static struct interchange
ic_get(struct fixture *f, const struct interchange *ic)
{
	struct interchange got;

	need(f->s->ops->ic_get(f->s, ic->partner, ic->number, &f->a, &got) == 0);
	return got;
}

static int
update(struct fixture *f, struct interchange *ic, enum ic_state st)
{
	ic->state = st;
	return f->s->ops->ic_update(f->s, &fixture_by, ic);
}

static size_t
journal(struct fixture *f, const struct journal_entry *after, size_t n_after, size_t max, struct journal_entry **out)
{
	size_t n;

	need(f->s->ops->journal_read(f->s, after, n_after, max, &f->a, out, &n) == 0);
	return n;
}

/* ---- interchanges ---- */

static void
life(struct fixture *f)
{
	struct interchange ic = reserve(f, "payer", 3, LEASE), got = ic_get(f, &ic);
	struct str sha = S("00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff");

	check(ic.number == 1 && ic.state == IC_RESERVED && ic.made > 0 && ic.token > ic.made);
	check(got.state == IC_RESERVED && got.n == 3 && got.made == ic.made && got.token == ic.token && got.sha.n == 0);
	for (unsigned i = 0; i < 3; i++)
		check(memcmp(got.members[i].id.b, fixture_eid(i).b, 16) == 0 && got.members[i].lane == i % LANES &&
		    str_eq(got.members[i].pcn, ic.members[i].pcn));
	ic.n = 2;			/* one of three did not join */
	ic.sha = sha;
	ic.name = S("payer-000000001.837");
	check(update(f, &ic, IC_SEALED) == 0);
	got = ic_get(f, &ic);
	check(got.state == IC_SEALED && got.n == 2 && str_eq(got.sha, sha) && str_eq(got.name, ic.name));
	check(update(f, &ic, IC_SEALED) == 0);		/* sent again after a lost reply */
	ic.sha = S("ff");
	check(update(f, &ic, IC_SENT) == E_CONFLICT);	/* other bytes under the same number: never */
	ic.sha = sha;
	check(update(f, &ic, IC_SENT) == 0 && update(f, &ic, IC_SENT) == 0);
	check(ic_get(f, &ic).state == IC_SENT && ic_get(f, &ic).token == 0);
	check(update(f, &ic, IC_SEALED) == E_CONFLICT && update(f, &ic, IC_VOID) == E_CONFLICT);
	check(update(f, &ic, IC_ACCEPTED) == 0 && ic_get(f, &ic).state == IC_ACCEPTED);
	check(update(f, &ic, IC_REJECTED) == 0 && update(f, &ic, IC_ACCEPTED) == E_CONFLICT);
	check(str_eq(ic_get(f, &ic).sha, sha));
}

static void
numbers_are_per_partner(struct fixture *f)
{
	struct interchange a = reserve(f, "a", 1, LEASE), b = reserve(f, "b.2-x", 1, LEASE), c = reserve(f, "a", 0,
	    LEASE);
	struct interchange bad = { .partner = S("a}b") };

	check(a.number == 1 && b.number == 1 && c.number == 2);
	check(update(f, &c, IC_VOID) == 0 && ic_get(f, &c).state == IC_VOID && ic_get(f, &c).n == 0);
	check(reserve(f, "a", 0, LEASE).number == 3);	/* a void number is not used again */
	check(f->s->ops->ic_reserve(f->s, &fixture_by, &bad, LEASE) == E_VALUE);
	bad.partner = S("nobody");
	bad.number = 5;
	check(f->s->ops->ic_get(f->s, bad.partner, 5, &f->a, &a) == E_NOT_FOUND);
	check(update(f, &bad, IC_SEALED) == E_NOT_FOUND);
}

/* Whoever reserved or sealed dies: another claims it, finishes it, and the dead one's next step is refused. */
static void
crash_between_steps(struct fixture *f)
{
	struct interchange ic = reserve(f, "payer", 2, 60), other = reserve(f, "payer", 1, LEASE), got, none;

	check(f->s->ops->ic_claim(f->s, S("payer"), LEASE, &f->a, &none) == E_NOT_FOUND);
	need(fixture_pass(f, 61));
	need(f->s->ops->ic_claim(f->s, S("payer"), 60, &f->a, &got) == 0);
	check(got.number == ic.number && got.state == IC_RESERVED && got.n == 2 && got.token > ic.token &&
	    got.made == ic.made);
	check(f->s->ops->ic_claim(f->s, S("other"), LEASE, &f->a, &none) == E_NOT_FOUND);
	ic.sha = S("aa");
	ic.name = S("x");
	check(update(f, &ic, IC_SEALED) == E_MOVED && ic_get(f, &ic).state == IC_RESERVED);
	got.sha = S("bb");
	got.name = S("y");
	check(update(f, &got, IC_SEALED) == 0);
	need(fixture_pass(f, 61));
	need(f->s->ops->ic_claim(f->s, S("payer"), LEASE, &f->a, &ic) == 0);
	check(ic.number == got.number && ic.state == IC_SEALED && str_eq(ic.sha, S("bb")) && str_eq(ic.name, S("y")));
	check(update(f, &got, IC_SENT) == E_MOVED);
	check(update(f, &ic, IC_SENT) == 0);
	check(f->s->ops->ic_claim(f->s, S("payer"), LEASE, &f->a, &none) == E_NOT_FOUND);
	check(ic_get(f, &other).state == IC_RESERVED);
	ic = reserve(f, "late", 1, 5 * LEASE);		/* the clock was set back since */
	need(f->s->ops->ic_claim(f->s, S("late"), LEASE, &f->a, &got) == 0);
	check(got.number == ic.number && got.token < ic.token && update(f, &ic, IC_VOID) == E_MOVED);
}

/* ---- journals ---- */

static void
journal_tells_all(struct fixture *f)
{
	struct admission ad[2] = { fixture_admission(&f->a, 0, LANES), fixture_admission(&f->a, LANES, LANES) };
	struct work w[2], *v[2] = { &w[0], &w[1] };
	struct journal_entry *e;
	struct str first, id, rev, verdict, hash;
	size_t n;

	need(f->s->ops->admit(f->s, &fixture_by, ad, 2, ST_RECEIVED, LEASE) == 0);
	for (int i = 0; i < 2; i++) {
		w[i] = fixture_work(&ad[i]);
		w[i].to = ST_CLEARED;
		w[i].part[PART_AUDIT] = S("\0part");
		w[i].dirty = 1u << PART_AUDIT;
	}
	w[1].token++;
	need(f->s->ops->advance(f->s, &(struct commit_by){ S("au|dit"), S("a\nb"), STR_NONE }, v, 2, 0) == 0);
	n = journal(f, NULL, 0, 100, &e);
	need(n == 2);
	check(str_starts(e[0].header, S("suggest|suggest-1|book-1|")) && str_eq(e[0].flags, S("11")));
	check(e[0].header.n > 11 && str_eq((struct str){ e[0].header.p + e[0].header.n - 11, 11 }, S("|-|received")));
	check(str_starts(e[1].header, S("au_dit|a_b|-|")) && str_eq(e[1].flags, S("10")));
	check(str_eq(e[0].stream, S("cl:{0}:journal")));
	first = str_cut(&e[1].rows, '\n');
	id = str_cut(&first, ' ');
	rev = str_cut(&first, ' ');
	verdict = str_cut(&first, ' ');
	hash = first;
	check(str_eq(id, eid_text(&f->a, ad[0].id)) && str_is(rev, "1") && str_is(verdict, "pass"));
	check(str_eq(hash, rec_hash16(&f->a, &w[0].part[PART_AUDIT], 1)) && hash.n == 32);
	check(str_starts(e[1].rows, eid_text(&f->a, ad[1].id)));
	check(str_starts(e[0].rows, eid_text(&f->a, ad[0].id)));
	/* nothing moved: nothing to tell */
	need(f->s->ops->admit(f->s, &fixture_by, ad, 2, ST_RECEIVED, LEASE) == 0);
	check(journal(f, NULL, 0, 100, &e) == 2);
}

static void
journal_of_burials_and_numbers(struct fixture *f)
{
	struct admission ad = fixture_admission(&f->a, 1, LANES);
	struct interchange ic = reserve(f, "payer", 2, LEASE);
	struct journal_entry *e;
	struct work *got;
	size_t n;

	need(fixture_pass(f, 2));
	need(f->s->ops->admit(f->s, &fixture_by, &ad, 1, ST_RECEIVED, 0) == 0);
	for (int i = 0; i <= LIMIT_ATTEMPTS; i++) {
		need(f->s->ops->claim(f->s, &fixture_by, ST_RECEIVED, 9, LEASE, &f->a, &got, &n) == 0);
		need(n == (i < LIMIT_ATTEMPTS));
		need(n == 0 || (f->s->ops->fail(f->s, &got, 1, 0) == 0 && fixture_pass(f, 3)));
	}
	ic.sha = S("abcd");
	ic.name = S("a file");
	need(fixture_pass(f, 2) && update(f, &ic, IC_SEALED) == 0);
	n = journal(f, NULL, 0, 100, &e);
	need(n == 4);
	check(str_eq(e[0].stream, S("cl:{tp:payer}:journal")) && str_eq(e[0].rows, S("payer 1 2 - -\n")));
	check(str_eq((struct str){ e[0].header.p + e[0].header.n - 12, 12 }, S("|ic|reserved")));
	check(str_eq((struct str){ e[2].header.p + e[2].header.n - 16, 16 }, S("|received|buried")));
	check(str_eq(e[2].flags, S("1")) && str_eq((struct str){ e[2].rows.p + e[2].rows.n - 10, 10 },
	    S(" 1 bury -\n")));
	check(str_eq(e[3].rows, S("payer 1 2 abcd a_file\n")) && str_eq(e[3].flags, S("1")));
}

static void
journal_is_read_and_trimmed(struct fixture *f)
{
	struct journal_entry after[LANES + 1], *e;
	size_t n, total = 0, n_after = 0;
	struct str last = S("0-0");

	for (unsigned i = 0; i < 30; i++) {
		struct admission ad = fixture_admission(&f->a, i, LANES);

		need(f->s->ops->admit(f->s, &fixture_by, &ad, 1, ST_RECEIVED, LEASE) == 0);
		if (i == 10)
			(void)reserve(f, "payer", 1, LEASE);
	}
	while ((n = journal(f, after, n_after, 7, &e)) > 0) {
		check(n <= 7);
		for (size_t i = 0; i < n; i++) {
			size_t k = 0;

			check(store_id_cmp(last, e[i].id) <= 0);
			last = e[i].id;
			while (k < n_after && !str_eq(after[k].stream, e[i].stream))
				k++;
			need(k <= LANES);
			after[k] = e[i];
			n_after = k == n_after ? n_after + 1 : n_after;
		}
		total += n;
	}
	check(total == 31 && n_after == LANES + 1);
	for (size_t k = 1; k < n_after; k++)
		check(f->s->ops->journal_trim(f->s, after[k].stream, after[k].id) == 0);
	n = journal(f, NULL, 0, 100, &e);
	check(n > 0);
	for (size_t i = 0; i < n; i++)
		check(str_eq(e[i].stream, after[0].stream));
	check(f->s->ops->journal_trim(f->s, after[0].stream, e[0].id) == 0 && journal(f, NULL, 0, 100, &e) == n - 1);
	check(f->s->ops->journal_trim(f->s, after[0].stream, S("x-y")) == E_VALUE);
}

/* ---- peers and rights ---- */

static void
peers(struct fixture *f)
{
	struct peer *p;
	size_t n;
	int64_t now;

	need(f->s->ops->peer_put(f->s, "suggest", S("b"), S("ipc:/x|y")) == 0);
	need(f->s->ops->peer_put(f->s, "suggest", S("a"), S("tcp://h:1")) == 0);
	need(f->s->ops->peer_put(f->s, "audit", S("c"), S("ipc:/z")) == 0);
	need(f->s->ops->now(f->s, &now) == 0);
	need(f->s->ops->peer_list(f->s, "suggest", &f->a, &p, &n) == 0 && n == 2);
	check(str_eq(p[0].instance, S("a")) && str_eq(p[0].endpoint, S("tcp://h:1")) && str_eq(p[1].endpoint,
	    S("ipc:/x|y")));
	check(p[0].seen <= now && p[0].seen > now - 60000);
	need(f->s->ops->peer_put(f->s, "suggest", S("a"), STR_NONE) == 0);
	need(f->s->ops->peer_list(f->s, "suggest", &f->a, &p, &n) == 0);
	check(n == 1 && str_eq(p[0].instance, S("b")));
	need(f->s->ops->peer_list(f->s, "nobody", &f->a, &p, &n) == 0);
	check(n == 0);
}

static void
rights(struct fixture *f)
{
	check(f->s->ops->right(f->s, "ledger", S("one"), 80) == 0);
	check(f->s->ops->right(f->s, "ledger", S("two"), LEASE) == E_BUSY);
	check(f->s->ops->right(f->s, "other", S("two"), LEASE) == 0);
	check(f->s->ops->right(f->s, "ledger", S("one"), 80) == 0);
	need(fixture_pass(f, 90));
	check(f->s->ops->right(f->s, "ledger", S("two"), LEASE) == 0);
	check(f->s->ops->right(f->s, "ledger", S("one"), LEASE) == E_BUSY);
}

static struct str
fact(struct fixture *f, const char *name, struct str value)
{
	struct str out;

	need(f->s->ops->fact(f->s, name, value, &f->a, &out) == 0);
	return out;
}

/* The first who says it decides; asking sets nothing. */
static void
facts(struct fixture *f)
{
	check(fact(f, "archive", STR_NONE).n == 0);
	check(fact(f, "archive", STR_NONE).n == 0);
	check(str_is(fact(f, "archive", S("one")), "one"));
	check(str_is(fact(f, "archive", S("two")), "one"));
	check(str_is(fact(f, "archive", STR_NONE), "one"));
	check(fact(f, "other", STR_NONE).n == 0 && str_is(fact(f, "other", S("two")), "two"));
}

Test(store, interchanges, .timeout = 120)
{
	static const struct contract_case cases[] = {
		{ "life of an interchange", life },
		{ "numbers are per partner", numbers_are_per_partner },
		{ "a crash between the steps", crash_between_steps },
		{ "the journal tells all", journal_tells_all },
		{ "burials and numbers are journalled", journal_of_burials_and_numbers },
		{ "the journal is read and trimmed", journal_is_read_and_trimmed },
		{ "peers", peers },
		{ "rights", rights },
		{ "facts", facts },
	};

	contract_run(cases, sizeof cases / sizeof *cases, LANES);
}
