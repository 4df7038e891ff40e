/* stream_json_parts - inside common/x12 only: the generic lines of stream_json, and its payments. */
#ifndef CLAIMLINE_X12_STREAM_JSON_PARTS_H
#define CLAIMLINE_X12_STREAM_JSON_PARTS_H

#include "x12/quiet.h"
#include "x12/remit.h"
#include "x12/stream_json.h"

struct json_from { struct str isa13, gs06, st02, sender; };
void	json_from(struct buf *, const struct json_from *, size_t ordinal);	/* "from":{...} */

struct json_generic {
	struct x12_quiet	 q;
	const struct x12_json_spec *spec;
	struct json_from	 from;
	struct arena		 a;		/* of the line that is open */
	struct buf		 b;
	uint16_t		 loops[WALK_DEPTH];	/* open in the line */
	unsigned		 depth;
	uint16_t		 unit;		/* loop of the unit the line is of; 0: it is of none */
	bool			 open, first;	/* first: nothing stands yet where the next item goes */
	bool			 in_unit;
	int64_t			 n_lines;
};
int	json_generic_open(struct json_generic *, struct arena *, struct x12_reader *, const struct x12_json_spec *);
void	json_generic_close(struct json_generic *);
int	json_generic_head(struct json_generic *, const char *what, struct str segment);	/* ISA, GS or TA1, joined */
int	json_generic_set(struct json_generic *, const struct x12_seg *st, struct str gs08);
int	json_generic_seg(struct json_generic *, const struct x12_seg *);
int	json_generic_end(struct json_generic *);

/* ---- payments: a line for each CLP, and one for what belongs to no claim ---- */
struct json_pay {
	/* segments before the first LX; from LX to CLP; the payment of one line */
	struct arena		 head, section, claim;
	struct x12_seg		*heads, *sections;
	size_t			 n_heads, n_sections;
	struct x12_remit	*now;		/* NULL: no line is open */
	struct payment		*p;
	struct faults		*f, lost;	/* lost: notes nobody asked for */
	struct x12_seps		 seps;
	struct json_from	 from;
	char			 usage;
	size_t			 ordinal;
	enum { PAY_HEAD, PAY_SECTION, PAY_CLAIM, PAY_REST } at;
	x12_line_fn		*line;		/* of the caller */
	void			*self;
};
void	json_pay_open(struct json_pay *, struct faults *, x12_line_fn *, void *self);
void	json_pay_close(struct json_pay *);
void	json_pay_begin(struct json_pay *, const struct json_from *, char usage, struct x12_seps);
int	json_pay_seg(struct json_pay *, const struct x12_seg *);
int	json_pay_end(struct json_pay *);

#endif
