/*
 * in_pcs_definitions.c - the definitions of ICD-10-PCS: what a value means, the words that mean it (body part, device
 * and substance keys), and which general device stands for a particular one in other tables.
 */
#include "codebook/pcs_in.h"

#include <string.h>

#define TITLES_MAX	32			/* of one entry: "left", "right", ... */
#define SYSTEMS_MAX	64

struct definitions {
	bool	in_section, in_axis, in_terms, in_device;
	int64_t	section, place, axis;
	int64_t	title[TITLES_MAX], definition, explanation;
	size_t	n_titles;
	int64_t	device, operation, value, general, system[SYSTEMS_MAX];
	size_t	n_systems;
};

static void
place_open(struct cb_xml *x, struct definitions *d, const char *pos)
{
	if (!str_to_int(str_of(pos), &d->place) || d->place < 1 || d->place > 7)
		cb_xml_stop(x, E_MALFORMED, "expected a pos of 1 to 7");
	d->in_axis = true;
	d->axis = 0;
}

static void
section_open(struct cb_xml *x, struct definitions *d, struct str code)
{
	if (code.n != 1 || !cb_code_plain(code))
		cb_xml_stop(x, E_MALFORMED, "expected a section of one character");
	d->in_section = true;
	d->section = cb_code_key(code);
}

static void
on_start(struct cb_xml *x, const char *name, const char **attrs)
{
	struct definitions *d = x->self;

	if (strcmp(name, "section") == 0) {
		section_open(x, d, str_of(cb_xml_attr(attrs, "code")));
	} else if (strcmp(name, "axis") == 0 && d->in_section) {
		place_open(x, d, cb_xml_attr(attrs, "pos"));
	} else if (strcmp(name, "terms") == 0 && d->in_axis) {
		d->in_terms = true;
		d->n_titles = 0;
		d->definition = d->explanation = 0;
	} else if (strcmp(name, "aggregate") == 0) {
		d->in_device = true;
		d->n_systems = 0;
		d->device = d->operation = d->value = d->general = 0;
	} else if (d->in_axis || d->in_device) {
		if (d->in_device && strcmp(name, "parent") == 0)
			d->value = cb_code_key(str_of(cb_xml_attr(attrs, "value")));
		cb_xml_take(x);
	}
}

static void
term_close(struct cb_xml *x, struct definitions *d)
{
	if (!d->n_titles)
		(void)cb_fault(x->in, E_INCOMPLETE, cb_xml_line(x), 1, "the entry has no title");
	for (size_t i = 0; i < d->n_titles; i++) {
		struct cb_row *row = cb_put(x->in, CS_PCS_TERM, cb_xml_line(x));

		if (!row)
			return;
		CB_SET(row, PCS_TERM_TITLE, d->title[i]);
		CB_SET(row, PCS_TERM_SECTION, d->section);
		CB_SET(row, PCS_TERM_PLACE, d->place);
		CB_SET(row, PCS_TERM_AXIS, d->axis);
		CB_SET(row, PCS_TERM_DEFINITION, d->definition);
		CB_SET(row, PCS_TERM_EXPLANATION, d->explanation);
	}
	d->in_terms = false;
	x->rows++;
}

static void
synonym_put(struct cb_xml *x, struct definitions *d, struct str words)
{
	for (size_t i = 0; i < d->n_titles; i++) {
		struct cb_row *row = cb_put(x->in, CS_PCS_SYNONYM, cb_xml_line(x));

		if (!row)
			return;
		CB_SET(row, PCS_SYNONYM_WORDS, cb_text(x->in->b, words));
		CB_SET(row, PCS_SYNONYM_TITLE, d->title[i]);
		CB_SET(row, PCS_SYNONYM_SECTION, d->section);
		CB_SET(row, PCS_SYNONYM_PLACE, d->place);
	}
}

static void
term_text(struct cb_xml *x, struct definitions *d, const char *name, struct str text)
{
	if (strcmp(name, "title") == 0 && d->n_titles == TITLES_MAX)
		cb_xml_stop(x, E_LIMIT, "more titles of one entry than any published has");
	else if (strcmp(name, "title") == 0 && text.n)
		d->title[d->n_titles++] = cb_text(x->in->b, text);
	else if (strcmp(name, "definition") == 0)
		d->definition = cb_text(x->in->b, text);
	else if (strcmp(name, "explanation") == 0)
		d->explanation = cb_text(x->in->b, text);
	else if (strcmp(name, "includes") == 0)
		synonym_put(x, d, text);
}

static void
device_text(struct cb_xml *x, struct definitions *d, const char *name, struct str text)
{
	if (strcmp(name, "bodySys") == 0 && d->n_systems == SYSTEMS_MAX)
		cb_xml_stop(x, E_LIMIT, "more body systems of one device than any published has");
	else if (strcmp(name, "bodySys") == 0)
		d->system[d->n_systems++] = cb_text(x->in->b, text);
	else if (strcmp(name, "device") == 0)
		d->device = cb_text(x->in->b, text);
	else if (strcmp(name, "operation") == 0)
		d->operation = cb_text(x->in->b, text);
	else if (strcmp(name, "parent") == 0)
		d->general = cb_text(x->in->b, text);
}

static void
device_close(struct cb_xml *x, struct definitions *d)
{
	if (!d->device || !d->value || !d->general || !d->n_systems)
		(void)cb_fault(x->in, E_INCOMPLETE, cb_xml_line(x), 1, "expected device, bodySys and parent with its value");
	for (size_t i = 0; i < d->n_systems; i++) {
		struct cb_row *row = cb_put(x->in, CS_PCS_DEVICE, cb_xml_line(x));

		if (!row)
			return;
		CB_SET(row, PCS_DEVICE_DEVICE, d->device);
		CB_SET(row, PCS_DEVICE_SYSTEM, d->system[i]);
		CB_SET(row, PCS_DEVICE_OPERATION, d->operation);
		CB_SET(row, PCS_DEVICE_VALUE, d->value);
		CB_SET(row, PCS_DEVICE_GENERAL, d->general);
	}
	d->in_device = false;
	x->rows++;
}

static void
on_end(struct cb_xml *x, const char *name, struct str text)
{
	struct definitions *d = x->self;

	if (strcmp(name, "terms") == 0 && d->in_terms)
		term_close(x, d);
	else if (strcmp(name, "aggregate") == 0 && d->in_device)
		device_close(x, d);
	else if (strcmp(name, "axis") == 0)
		d->in_axis = false;
	else if (strcmp(name, "section") == 0)
		d->in_section = d->in_axis = false;
	else if (x->taking && d->in_terms)
		term_text(x, d, name, text);
	else if (x->taking && d->in_device)
		device_text(x, d, name, text);
	else if (x->taking && d->in_axis && strcmp(name, "title") == 0)
		d->axis = cb_text(x->in->b, text);
	x->taking = false;
	if (x->in->faults->more)
		cb_xml_stop(x, E_MALFORMED, "too much of the file does not fit");
}

int
cb_read_pcs_definitions(struct cb_in *in)
{
	struct definitions d = { .place = 0 };
	struct cb_xml x = { .in = in, .self = &d, .start = on_start, .end = on_end };

	return cb_xml_read(&x);
}
