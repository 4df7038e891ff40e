/*
 * io_visit - an encounter on its way into the store: as an admission of its own, or, HL7, as a fragment that
 * joins its visit.
 */
#ifndef CLAIMLINE_IO_VISIT_H
#define CLAIMLINE_IO_VISIT_H

#include "ingest/io_intake.h"

/* Packed, hashed and sealed; everything lives in the arena. Errors of rec_pack and part_seal. */
int	intake_admission(struct runner *, struct arena *, const struct encounter *, struct admission *out);
void	intake_row_set(struct intake_row *, const struct admission *);

/*
 * One fragment to its visit. 0 and *row, E_MOVED (somebody changed the visit meanwhile: again), or an
 * error; E_STORE_* leave everything as it was.
 */
int	visit_join(struct runner *, struct arena *, struct intake_item *, struct faults *, struct intake_row *);

#endif
