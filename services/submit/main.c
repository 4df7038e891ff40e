/*
 * claimline-submit - writes cleared encounters as X12 837 interchanges, and reads what the receivers answer.
 *
 * A control number is reserved before the file and never used again; a crash repeats the same bytes
 * under the same name. It never sends a claim whose commit it did not see.
 */
#include "submit/io_submit.h"
#include "pipe/stage.h"

static const struct stage submit = {
	.name = "submit", .from = ST_CLEARED, .to = ST_SENT, .part = PART_SUBMIT,
	.check = submit_check, .open = submit_open, .process = submit_process, .io = &submit_io, .close = submit_close,
};

int
main(int argc, char **argv)
{
	return stage_main(argc, argv, &submit);
}
