/*
 * claimline-ingest - takes charts, charges and registration at every door and makes encounters of them.
 *
 * A source is answered only after its encounter is committed; the same thing sent again is known, not
 * made again. What cannot be read is refused to the sender with place and fix.
 */
#include "ingest/io_intake.h"
#include "pipe/stage.h"

static const struct stage ingest = {
	.name = "ingest", .from = ST_NONE, .to = ST_RECEIVED, .part = PART_INGEST,
	.open = ingest_open, .io = &ingest_io, .close = ingest_close,
};

int
main(int argc, char **argv)
{
	return stage_main(argc, argv, &ingest);
}
