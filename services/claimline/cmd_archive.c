/* cmd_archive.c - archive verify: every block of the archive read and compared with its index. Changes nothing. */
#include "claimline/cli.h"

#include "archive/io_archive.h"

#include <stdio.h>
#include <string.h>

static int
tell_json(int rc, const struct archive_check *k)
{
	return cli_put_json(json_pack("{s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:s}", "sound", rc >= 0, "bodies",
	    (json_int_t)k->bodies, "blocks", (json_int_t)k->blocks, "segments", (json_int_t)k->segments, "bytes",
	    (json_int_t)k->bytes, "damaged_bytes", (json_int_t)k->damaged, "not_in_index", (json_int_t)k->missing,
	    "not_in_segments", (json_int_t)k->extra, "why", rc >= 0 ? "" : k->why[0] ? k->why : err_text(rc)));
}

static int
archive_run(struct cli *c)
{
	struct str folder = c->conf.audit.archive;
	struct archive_check k;
	int rc;

	if (c->argc != 1 || strcmp(c->argv[0], "verify") != 0)
		return cli_usage(c, "what? verify");
	if (folder.n == 0)
		return cli_usage(c, "audit.archive is empty: bodies stay in Redis");
	rc = archive_verify(folder.p, true, &k);
	if (rc == E_NOT_FOUND)
		return cli_fail(c, CLI_NO_INPUT, "there is no archive at " STR_FMT, STR_ARG(folder));
	if (cli_wants_json(c))
		return tell_json(rc, &k) == CLI_OK && rc >= 0 ? CLI_OK : CLI_NO;
	if (rc < 0)
		return cli_fail(c, CLI_NO, "NOT SOUND: %s (%lld bodies can be read; bytes that are no block %lld, "
		    "not in the index %lld, "
		    "in the index only %lld). Fix: delete index.db and audit makes it anew; "
		    "bytes that are damaged come from a copy", k.why[0] ? k.why : err_text(rc), (long long)k.bodies,
		    (long long)k.damaged, (long long)k.missing, (long long)k.extra);
	(void)printf("sound: bodies %lld, blocks %lld, segments %lld, bytes %lld\n", (long long)k.bodies, (long long)k.blocks,
	    (long long)k.segments, (long long)k.bytes);
	return CLI_OK;
}

const struct verb verb_archive = {
	.name = "archive", .args = "verify [--json]", .words = "check the archive of bodies whose claims have left",
	.text = "verify reads every block, checks its checksum and compares it with the index. "
	    "A body comes back by itself when an answer\n"
	    "puts its claim into people's hands; `claimline show` reads it where it is. No Redis is needed.\n\n"
	    "  claimline archive verify\n",
	.run = archive_run,
};
