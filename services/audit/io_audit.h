/* io_audit - the audit stage: risk and sample for each encounter, and the ledger from the journal. */
#ifndef CLAIMLINE_IO_AUDIT_H
#define CLAIMLINE_IO_AUDIT_H

#include "pipe/runner.h"

int	audit_open(struct stage_ctx *, struct runner *);
int	audit_process(const struct stage_ctx *, struct encounter *, struct hold *);
void	audit_close(struct stage_ctx *);
extern const struct stage_io audit_io;

#endif
