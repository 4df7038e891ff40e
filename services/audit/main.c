/*
 * claimline-audit - scores each encounter's risk, draws the compliance sample, and writes the ledger.
 *
 * Commits before anything goes on to a payer. The ledger gets every commit of every stage and person,
 * from the journal in Redis, and the journal is trimmed only when the ledger is on disk.
 */
#include "audit/io_audit.h"
#include "pipe/stage.h"

static const struct stage audit = {
	.name = "audit", .from = ST_CHECKED, .to = ST_CLEARED, .part = PART_AUDIT,
	.open = audit_open, .process = audit_process, .io = &audit_io, .close = audit_close,
};

int
main(int argc, char **argv)
{
	return stage_main(argc, argv, &audit);
}
