/* io_validate - the validate stage: payer files are read once, at the start and after a reload. */
#ifndef CLAIMLINE_IO_VALIDATE_H
#define CLAIMLINE_IO_VALIDATE_H

#include "pipe/stage.h"

int	validate_check(const struct conf *, struct faults *);	/* payer files, as --check-config wants them */
int	validate_open(struct stage_ctx *, struct runner *);
int	validate_process(const struct stage_ctx *, struct encounter *, struct hold *);
void	validate_close(struct stage_ctx *);

#endif
