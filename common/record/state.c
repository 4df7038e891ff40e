/* state.c - states.def as tables, and which moves are legal. */
#include "record/state.h"

static const struct { const char *name, *stage; } states[] = {
#define STATE(id, name, stage) { name, stage },
#include "schemas/states.def"
};

static const struct state_move moves[] = {
#define MOVE(from, event, to) { ST_##from, #event, ST_##to },
#include "schemas/states.def"
};

const char *
state_name(enum state s)
{
	return s >= 0 && s < ST_COUNT ? states[s].name : "?";
}

const char *
state_stage(enum state s)
{
	return s >= 0 && s < ST_COUNT ? states[s].stage : NULL;
}

enum state
state_of(struct str name)
{
	for (int s = 0; s < ST_COUNT; s++)
		if (str_is(name, states[s].name))
			return (enum state)s;
	return ST_NONE;
}

bool
state_is_held(enum state s)
{
	return str_starts(str_of(state_name(s)), S("held:"));
}

bool
state_is_settled(enum state s)
{
	static const bool is[ST_COUNT] = {
#define SETTLED(id) [ST_##id] = true,
#include "schemas/states.def"
	};

	return s >= 0 && s < ST_COUNT && is[s];
}

size_t
state_moves(const struct state_move **out)
{
	*out = moves;
	return sizeof moves / sizeof *moves;
}

const char *
state_event(enum state from, enum state to)
{
	static const struct { enum state from, to; } pass[] = {
#define PASS(from, event, to) { ST_##from, ST_##to },
#include "schemas/states.def"
	};
	enum state at = from;

	for (size_t i = 0; i < sizeof moves / sizeof *moves; i++)
		if (moves[i].from == from && moves[i].to == to)
			return moves[i].event;
	/* a riding stage jumps over any number of PASS rows; they stand in order */
	for (size_t i = 0; i < sizeof pass / sizeof *pass; i++)
		if (pass[i].from == at && (at = pass[i].to) == to)
			return "pass";
	return NULL;
}
