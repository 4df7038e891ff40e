/* test_state.c - the life of an encounter: names, legal moves, riding, and that PROTOCOL.md tells the same. */
#include "base/file.h"
#include "record/state.h"

#include <criterion/criterion.h>
#include <string.h>

Test(state, names)
{
	for (int s = 0; s < ST_COUNT; s++) {
		cr_expect(state_of(str_of(state_name((enum state)s))) == (enum state)s, "%d", s);
		cr_expect(state_is_held((enum state)s) == (strncmp(state_name((enum state)s), "held:", 5) == 0), "%d", s);
	}
	cr_expect(strcmp(state_name(ST_NONE), "?") == 0 && strcmp(state_name(ST_COUNT), "?") == 0);
	cr_expect(state_of(S("held:nobody")) == ST_NONE && state_of(S("")) == ST_NONE);
	cr_expect(strcmp(state_stage(ST_RECEIVED), "suggest") == 0 && !state_stage(ST_SENT) && !state_stage(ST_NONE));
}

Test(state, moves)
{
	static const struct { enum state from, to; const char *event; } rows[] = {
		{ ST_NEW, ST_RECEIVED, "release" }, { ST_NEW, ST_NEW, "amend" },
		{ ST_RECEIVED, ST_CODED, "code" }, { ST_CODED, ST_CHECKED, "check" }, { ST_CHECKED, ST_CLEARED, "clear" },
		{ ST_RECEIVED, ST_CHECKED, "pass" }, { ST_RECEIVED, ST_CLEARED, "pass" }, { ST_CODED, ST_CLEARED, "pass" },
		{ ST_CLEARED, ST_BATCHED, "join" }, { ST_BATCHED, ST_CLEARED, "unseal" }, { ST_BATCHED, ST_SENT, "send" },
		{ ST_SENT, ST_ACCEPTED, "accept" }, { ST_SENT, ST_HELD_BILLING, "reject" },
		{ ST_BATCHED, ST_HELD_BILLING, "hold" },
		{ ST_CHECKED, ST_HELD_COMPLIANCE, "hold" }, { ST_HELD_CODING, ST_CODED, "decide" },
		{ ST_HELD_CODING, ST_HELD_BILLING, "route" }, { ST_BURIED, ST_RECEIVED, "kick" },
		    { ST_CLEARED, ST_BURIED, "bury" },
		/* not legal */
		{ ST_NEW, ST_CODED, NULL }, { ST_RECEIVED, ST_BATCHED, NULL }, { ST_RECEIVED, ST_SENT, NULL },
		{ ST_CLEARED, ST_SENT, NULL }, { ST_CLEARED, ST_CHECKED, NULL }, { ST_SENT, ST_CLEARED, NULL },
		{ ST_SENT, ST_VOID, NULL }, { ST_BATCHED, ST_HELD_CODING, NULL }, { ST_VOID, ST_RECEIVED, NULL },
		{ ST_CLOSED, ST_RECEIVED, NULL }, { ST_CODED, ST_CODED, NULL }, { ST_HELD_CODING, ST_SENT, NULL },
		{ ST_NONE, ST_NEW, NULL }, { ST_NEW, ST_NONE, NULL }, { ST_BURIED, ST_SENT, NULL },
	};

	for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
		const char *e = state_event(rows[i].from, rows[i].to);

		cr_expect(rows[i].event ? e && strcmp(e, rows[i].event) == 0 : !e, "%s -> %s: %s",
		    state_name(rows[i].from), state_name(rows[i].to), e ? e : "none");
	}
}

/* No state is a trap or an orphan: each can be reached from new, and what ends is meant to end. */
Test(state, graph)
{
	const struct state_move *m;
	size_t n = state_moves(&m);
	bool seen[ST_COUNT] = { [ST_NEW] = true }, leaves[ST_COUNT] = { false };

	for (int round = 0; round < ST_COUNT; round++)
		for (size_t i = 0; i < n; i++)
			if (seen[m[i].from])
				seen[m[i].to] = leaves[m[i].from] = true;
	for (int s = 0; s < ST_COUNT; s++) {
		cr_expect(seen[s], "%s is never reached", state_name((enum state)s));
		cr_expect(leaves[s] == (s != ST_CLOSED && s != ST_VOID), "%s", state_name((enum state)s));
	}
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < i; j++)
			cr_expect(m[i].from != m[j].from || m[i].to != m[j].to || strcmp(m[i].event, m[j].event) != 0,
			    "%s -%s-> %s stands twice", state_name(m[i].from), m[i].event, state_name(m[i].to));
}

/* A body may be away only where nobody works on it; whoever leaves these states comes to people, who bring it back. */
Test(state, settled)
{
	const struct state_move *m;
	size_t n = state_moves(&m), settled = 0;

	for (int s = 0; s < ST_COUNT; s++) {
		bool is = state_is_settled((enum state)s);

		settled += is;
		cr_expect(!is || (!state_stage((enum state)s) && !state_is_held((enum state)s)), "%s", state_name((enum state)s));
	}
	cr_expect(settled == 5 && state_is_settled(ST_SENT) && state_is_settled(ST_VOID) && !state_is_settled(ST_BATCHED) &&
	    !state_is_settled(ST_BURIED) && !state_is_settled(ST_NONE) && !state_is_settled(ST_COUNT));
	for (size_t i = 0; i < n; i++)
		if (state_is_settled(m[i].from))
			cr_expect(state_is_settled(m[i].to) || state_is_held(m[i].to), "%s -> %s", state_name(m[i].from),
			    state_name(m[i].to));
}

Test(state, protocol_names_every_state)
{
	struct arena a;
	struct str page = STR_NONE;

	arena_init(&a, 0);
	cr_assert(file_read(&a, CL_SOURCE_DIR "/schemas/PROTOCOL.md", LIMIT_INPUT, &page) == 0);
	for (int s = 0; s < ST_COUNT; s++)
		cr_expect(strstr(page.p, state_name((enum state)s)) != NULL, "PROTOCOL.md does not tell of %s",
		    state_name((enum state)s));
	arena_free(&a);
}
