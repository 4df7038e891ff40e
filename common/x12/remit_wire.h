/*
 * remit_wire - inside common/x12 only: what the 835 adds to the tables and lists of wire.h.
 */
#ifndef CLAIMLINE_X12_REMIT_WIRE_H
#define CLAIMLINE_X12_REMIT_WIRE_H

#include "x12/wire.h"

#define BEGIN(object, words)	enum {
#define FIELD(object, name, kind, of, max, phi, since, words) IX_##object##_##name,
#define END(object)		IX_##object##_count };
#include "schemas/remit.def"

/* ---- of lists.c ---- */
#define X12_LIST(ptr, object, field) (struct x12_list){ (void **)&(ptr)->field, &(ptr)->n_##field, \
	rec_##object.fields[IX_##object##_##field].of, (size_t)rec_##object.fields[IX_##object##_##field].max }

bool	x12_plain(struct x12_cx *, struct str, size_t max);	/* no composite, no repeat, not too long */
void	x12_ref_put(struct x12_put *, const struct reference *);

/* ---- of remit_lists.c: what lists.c asks when the type is T_R ---- */
int	x12_remit_list_read(struct x12_cx *, const struct x12_seg *, enum x12_how, const struct x12_place *);
bool	x12_remit_list_write(struct x12_put *, enum x12_how, const struct x12_place *);	/* false: not one of its own */

/* ---- of write_835.c: between x12_st_open and x12_st_close, in this order; missing musts are refused ---- */
void	x12_835_head(struct x12_put *, const struct payment *);
void	x12_835_section(struct x12_put *, const struct paid_section *);
void	x12_835_claim(struct x12_put *, const struct paid_claim *);
void	x12_835_summary(struct x12_put *, const struct payment *);	/* adjustments, and extras of SUMMARY */

#endif
