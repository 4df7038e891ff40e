/*
 * cold - the body of a settled encounter back from the archive: to look at it, or to bring it into people's hands.
 * A cold_shelf is zeroed at first; it keeps the archive open between bodies.
 */
#ifndef CLAIMLINE_COLD_H
#define CLAIMLINE_COLD_H

#include "pipe/store.h"

#define ARCHIVE_FACT	"archive"	/* of the store: the id of the archive bodies left for */

struct archive_reader;
struct cold_shelf {
	struct archive_reader	*r;
	char			 why[200];	/* after E_AWAY: words for an operator, no patient data */
	bool			 lost;		/* ... and the archive in that folder will never have it */
};

/*
 * The parts of a cold snapshot out of the archive in folder; 0 at once when it is not cold. What submit added stays as
 * the store has it. E_AWAY: it cannot be read now (or folder is empty); E_NOMEM.
 */
int	cold_load(struct cold_shelf *, struct str folder, struct arena *, struct snapshot *);
/* Parts that were loaded, ready to be stored by the commit that moves the work. */
int	cold_thaw(struct arena *, bool zstd, struct work *);
bool	cold_is_of(struct arena *, struct str folder, struct str id);	/* that archive is in the folder */
void	cold_close(struct cold_shelf *);

#endif
