/*
 * io_cold - bodies of settled encounters to the archive, then out of Redis; never the other way round. Only while
 * the ledger is ours to write, so that one process does it.
 */
#ifndef CLAIMLINE_AUDIT_IO_COLD_H
#define CLAIMLINE_AUDIT_IO_COLD_H

#include "pipe/runner.h"

struct cooler;

int	cooler_open(struct cooler **out, const struct conf *, unsigned lanes);	/* *out NULL: bodies stay in Redis */
void	cooler_close(struct cooler *);				/* NULL is fine */
/* Whatever has been settled long enough, a bounded number. What hinders it is shown as condition "archive". */
void	cooler_turn(struct cooler *, struct runner *, struct arena *, bool mine, int64_t now_ms);

#endif
