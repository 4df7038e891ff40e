/*
 * one_arena - for tests: an arena that lives as long as a test. TestSuite(x, .init = open_arena, .fini = close_arena).
 */
#ifndef CLAIMLINE_TEST_ONE_ARENA_H
#define CLAIMLINE_TEST_ONE_ARENA_H

#include "base/base.h"

static struct arena a;

static inline void
open_arena(void)
{
	arena_init(&a, (size_t)1 << 30);
}

static inline void
close_arena(void)
{
	arena_free(&a);
}

#endif
