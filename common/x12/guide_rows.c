/* guide_rows.c - the tables themselves: dictionary and guides as they stand in schemas/. Decides nothing. */
#include "x12/guide_rows.h"

#define ELEMENT(num, type, lo, hi, text) { .id = #num, .kind = KIND_##type, .min = lo, .max = hi, .words = text },
#define COMPOSITE(name, parts, rules, about)
static const struct dict_row elements[] = {
#include "schemas/x12_elements.def"
};
#define ELEMENT(num, type, lo, hi, text)
#define COMPOSITE(name, parts, rules, about) { .id = #name, .text = parts, .notes = rules, .words = about },
#define SEGMENT(name, parts, rules, about) { .id = #name, .text = parts, .notes = rules, .words = about },
static const struct dict_row segments[] = {
#include "schemas/x12_elements.def"
#include "schemas/x12_segments.def"
};
const struct dict guide_dict_5010 = { elements, segments, sizeof elements / sizeof *elements,
	sizeof segments / sizeof *segments };

#define ELEMENT(num, type, lo, hi, text) { .id = #num, .kind = KIND_##type, .min = lo, .max = hi, .words = text },
#define COMPOSITE(name, parts, rules, about)
#define SEGMENT(name, parts, rules, about)
static const struct dict_row elder_elements[] = {
#include "schemas/x12_4010_segments.def"
};
#define ELEMENT(num, type, lo, hi, text)
#define COMPOSITE(name, parts, rules, about) { .id = #name, .text = parts, .notes = rules, .words = about },
#define SEGMENT(name, parts, rules, about) { .id = #name, .text = parts, .notes = rules, .words = about },
static const struct dict_row elder_segments[] = {
#include "schemas/x12_4010_segments.def"
};
const struct dict guide_dict_4010 = { elder_elements, elder_segments, sizeof elder_elements / sizeof *elder_elements,
	sizeof elder_segments / sizeof *elder_segments };

/* Each guide takes the macros with it. */
const struct guide_row guide_rows[] = {
#include "x12/rows.h"
#include "schemas/x12_lists.def"
#include "x12/rows.h"
#include "schemas/x12_837p.def"
#include "x12/rows.h"
#include "schemas/x12_837i.def"
#include "x12/rows.h"
#include "schemas/x12_837d.def"
#include "x12/rows.h"
#include "schemas/x12_835.def"
#include "x12/rows.h"
#include "schemas/x12_999.def"
#include "x12/rows.h"
#include "schemas/x12_277ca.def"
#include "x12/rows.h"
#include "schemas/x12_276.def"
#include "x12/rows.h"
#include "schemas/x12_277.def"
#include "x12/rows.h"
#include "schemas/x12_270.def"
#include "x12/rows.h"
#include "schemas/x12_271.def"
#include "x12/rows.h"
#include "schemas/x12_278.def"
#include "x12/rows.h"
#include "schemas/x12_278r.def"
#include "x12/rows.h"
#include "schemas/x12_275.def"
#include "x12/rows.h"
#include "schemas/x12_277rfai.def"
#include "x12/rows.h"
#include "schemas/x12_834.def"
#include "x12/rows.h"
#include "schemas/x12_4010_837p.def"
#include "x12/rows.h"
#include "schemas/x12_4010_837i.def"
#include "x12/rows.h"
#include "schemas/x12_4010_835.def"
#include "x12/rows.h"
#include "schemas/x12_4010_278.def"
#include "x12/rows.h"
#include "schemas/x12_4010_278r.def"
#include "x12/rows.h"
#include "schemas/x12_4010_834.def"
#include "x12/rows.h"
#include "schemas/x12_4010_270.def"
};
const size_t n_guide_rows = sizeof guide_rows / sizeof *guide_rows;
