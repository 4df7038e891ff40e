/*
 * repair - what is wrong in the form of an X12 file and has one right form, set right while it streams by: listed,
 * never clinical, apart from the check. A second repair of what came out changes nothing. schemas/x12_repairs.def.
 */
#ifndef CLAIMLINE_X12_REPAIR_H
#define CLAIMLINE_X12_REPAIR_H

#include "x12/check.h"

/* One change. Texts borrow: valid during the call that hands it over. */
struct x12_repaired {
	const char	*id, *words;		/* of schemas/x12_repairs.def */
	size_t		 ordinal;		/* place of the segment in the file, from 1 */
	struct str	 segment, loop;
	unsigned	 element, component;	/* from 1; 0 = none */
	struct str	 before, after;		/* may hold patient data */
};
struct x12_repair_spec {
	const struct x12_guides	*guides;
	bool			 zip_pad;	/* ZIP+4 of a billing provider that is unknown: 9998 */
	struct str		 line_end;	/* after each segment written */
	struct faults		*lacks;		/* what a file that was cut short has not; may be NULL. It stays missing */
	int			(*told)(void *self, const struct x12_repaired *);	/* may be NULL; below 0 stops it */
	void			*self;
};

struct x12_repair;
int	x12_repair_open(struct arena *, struct x12_reader *, const struct x12_repair_spec *, struct x12_repair **out);
/* The next segment as it should be, appended to *out: 1; 0 at the end; below 0 as x12_next, or a BIN over LIMIT_BODY. */
int	x12_repair_next(struct x12_repair *, struct buf *out);
size_t	x12_repair_count(const struct x12_repair *);		/* changes so far */
void	x12_repair_close(struct x12_repair *);

#endif
