/*
 * fit.c - an encounter that came from outside is brought within the bounds of encounter.def, and what
 * follows from it is filled in. A code, an id or a note is never cut: it is refused instead.
 */
#include "ingest/parts.h"

#include <string.h>

/* Fields a person reads: a shorter one still says what it is. */
static const char *const may_be_cut[] = {
	"words", "last", "first", "middle", "suffix", "line1", "line2", "city", "contact", "phone", "group_name", "type",
};

struct fit {
	struct arena	*a;
	struct faults	*faults;
	struct str	 place;
	int		 rc;
};

static void
too_large(struct fit *f, const struct rec_field *field, const char *words)
{
	f->rc = fault_add(f->faults, E_LIMIT, place_in(f->a, f->place, str_of(field->name)), str_of(words),
	    S("shorten or split it at its source"));
}

/* Bytes that are not UTF-8 are ISO 8859-1; control characters become blanks. */
static struct str
clean(struct arena *a, struct str s, bool keep_lines)
{
	bool high = false, ctl = false, utf8;
	struct buf b;

	for (size_t i = 0; (i += str_plain_run((struct str){ s.p + i, s.n - i })) < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		high = high || c >= 0x80;
		ctl = ctl || ((c < 0x20 || c == 0x7f) && !(keep_lines && (c == '\n' || c == '\t')));
	}
	utf8 = !high || str_is_utf8(s);
	if (utf8 && !ctl)
		return s;
	buf_init(&b, a);
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c >= 0x80 && !utf8) {
			buf_utf8(&b, c);
		} else if (c >= 0x80 || (c >= 0x20 && c != 0x7f) || (keep_lines && (c == '\n' || c == '\t'))) {
			buf_ch(&b, (char)c);
		} else {
			buf_ch(&b, ' ');
		}
	}
	return buf_view(&b);
}

static struct str
cut(struct str s, size_t max)
{
	s.n = max;
	while (s.n && ((unsigned char)s.p[s.n] & 0xc0) == 0x80)
		s.n--;		/* not in the middle of a character */
	return str_trim(s);
}

static void
fit_text(struct fit *f, const struct rec_field *field, struct str *s)
{
	*s = clean(f->a, *s, field->max >= LIMIT_DOCUMENT);
	if ((int64_t)s->n <= field->max)
		return;
	for (size_t i = 0; i < sizeof may_be_cut / sizeof *may_be_cut; i++)
		if (strcmp(field->name, may_be_cut[i]) == 0) {
			*s = cut(*s, (size_t)field->max);
			return;
		}
	too_large(f, field, "longer than this field may be");
}

static void fit_object(struct fit *, const struct rec_object *, void *obj);

static void
fit_list(struct fit *f, const struct rec_field *field, char *obj)
{
	size_t n = *(size_t *)(void *)(obj + field->at_n);
	char *v = *(char **)(void *)(obj + field->at);

	if ((int64_t)n > field->max)
		too_large(f, field, "more members than this list may have");
	for (size_t k = 0; field->kind == K_MANY && k < n; k++)
		fit_object(f, field->of, v + k * field->of->size);
}

static void
fit_object(struct fit *f, const struct rec_object *o, void *obj)
{
	for (const struct rec_field *field = o->fields, *end = field + o->n; field < end; field++) {
		char *at = (char *)obj + field->at;

		if (field->kind == K_TEXT) {		/* most of them, and most are empty */
			if (((struct str *)(void *)at)->n)
				fit_text(f, field, (struct str *)(void *)at);
		} else if (field->kind == K_ONE) {
			fit_object(f, field->of, at);
		} else if (field->kind == K_MANY || field->kind == K_STRS) {
			fit_list(f, field, obj);
		} else if (field->kind == K_PART && field->max != PART_INGEST) {
			return;
		}
	}
}

/* What must fit into one packed part: notes are what makes it large. */
#define ROOM_FOR_THE_REST	262144

int
ingest_fit(struct arena *a, struct encounter *e, struct str place, struct faults *faults)
{
	struct fit f = { .a = a, .faults = faults, .place = place };
	size_t bytes = 0;

	fit_object(&f, &rec_encounter, e);
	for (size_t i = 0; i < e->n_documents; i++)
		bytes += e->documents[i].text.n;
	if (bytes > LIMIT_BODY - ROOM_FOR_THE_REST)
		f.rc = fault_add(faults, E_LIMIT, place_in(a, place, S("documents")),
		    S("all notes together are over the size limit of one encounter"), S("leave copies out"));
	return a->spent ? E_NOMEM : f.rc;
}

/* ---- what follows ---- */

static void
widen(struct encounter *e, day_t day)
{
	if (day == DAY_NONE)
		return;
	if (e->from == DAY_NONE || day < e->from)
		e->from = day;
	if (e->to == DAY_NONE || day > e->to)
		e->to = day;
}

static void
derive_days(struct encounter *e)
{
	bool any = false;

	if (e->from != DAY_NONE) {
		if (e->to == DAY_NONE)
			e->to = e->from;
		return;
	}
	for (size_t i = 0; i < e->n_lines; i++) {
		any = any || e->lines[i].from != DAY_NONE;
		widen(e, e->lines[i].from);
		widen(e, e->lines[i].to);
	}
	if (!any || str_is(e->type, "I")) {	/* a stay is billed for its days, a visit for those of its services */
		widen(e, e->admitted);
		widen(e, e->discharged);
	}
}

static bool
is_institutional(const struct encounter *e)
{
	for (size_t i = 0; i < e->n_lines; i++)
		if (e->lines[i].revenue.n)
			return true;
	return e->tob.n > 0;
}

void
ingest_derive(struct arena *a, struct encounter *e, bool again)
{
	cents_t sum = 0;

	if (again) {
		e->from = e->to = DAY_NONE;
		e->charge = 0;
	}
	for (size_t i = 0; i < e->n_lines; i++)
		if (e->lines[i].charge < CENTS_MAX - sum)
			sum += e->lines[i].charge;
	if (e->charge == 0)
		e->charge = sum;
	if (e->type.n == 0)
		e->type = is_institutional(e) ? S("I") : S("P");
	if (e->pcn.n == 0)
		e->pcn = e->control.n <= 38 ? e->control : rec_hash16(a, &e->control, 1);
	derive_days(e);
}
