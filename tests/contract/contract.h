/* contract.h - one table of cases, run against every kind of store. */
#ifndef CLAIMLINE_CONTRACT_H
#define CLAIMLINE_CONTRACT_H

#include "support/support.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

struct contract_case { const char *name; void (*run)(struct fixture *); };

static const char *contract_now;		/* "redis: zombie", for messages */

#define check(cond)	cr_expect((cond), "%s: %s", contract_now, #cond)
#define need(cond)	cr_assert((cond), "%s: %s", contract_now, #cond)

static inline void
contract_run(const struct contract_case *v, size_t n, unsigned lanes)
{
	static const char *const kinds[] = { "mem", "redis" };
	static char name[128];

	for (int kind = FIXTURE_MEM; kind <= FIXTURE_REDIS; kind++) {
		struct fixture f;

		cr_assert(fixture_open(&f, (enum fixture_kind)kind, lanes), "%s store does not open", kinds[kind]);
		for (size_t i = 0; i < n; i++) {
			(void)snprintf(name, sizeof name, "%s: %s", kinds[kind], v[i].name);
			contract_now = name;
			need(fixture_clear(&f, lanes));
			v[i].run(&f);
		}
		fixture_close(&f);
	}
}

#endif
