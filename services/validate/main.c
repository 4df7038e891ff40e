/*
 * claimline-validate - compares an encounter with the edits in force on its dates.
 *
 * Adds findings and changes nothing else, so a second run on the same revision gives the same answer.
 * That is what makes redelivery harmless here.
 */
#include "validate/io_validate.h"

static const struct stage validate = {
	.name = "validate", .from = ST_CODED, .to = ST_CHECKED, .part = PART_VALIDATE,
	.check = validate_check, .open = validate_open, .process = validate_process, .close = validate_close,
};

int
main(int argc, char **argv)
{
	return stage_main(argc, argv, &validate);
}
