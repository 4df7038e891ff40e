/* claimline - the one command a person types. This is the table of its verbs; each has a file cmd_*.c. */
#include "claimline/cli.h"

static const struct verb *const verbs[] = {
	/* run */
	&verb_up, &verb_down, &verb_demo, &verb_doctor,
	/* feed and look */
	&verb_send, &verb_status, &verb_show, &verb_list, &verb_queues, &verb_top,
	/* decide */
	&verb_work, &verb_kick, &verb_bury,
	/* operate */
	&verb_drain, &verb_check_config, &verb_ledger, &verb_archive, &verb_codes, &verb_x12, &verb_payer_sim, &verb_schema,
	&verb_help, &verb_version,
	NULL,
};

int
main(int argc, char **argv)
{
	return cli_main(argc, argv, verbs);
}
