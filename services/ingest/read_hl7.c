/*
 * read_hl7.c - HL7 messages of one input to visits: one item per visit, one acknowledgement per message.
 * A file whose envelope is broken is refused as a whole: some of it may be missing.
 */
#include "ingest/parts.h"

#include <string.h>

static struct intake_reply *
add_reply(struct reading *r, struct str msg)
{
	struct intake_reply *one = arena_push(r->a, r->out->replies, r->out->n_replies);

	if (!one)
		return NULL;
	one->item = INTAKE_NO_ITEM;
	hl7_head_of(r->a, msg, &one->head);
	return one;
}

/* The faults of one message: the first answers it, all are kept. */
static int
refuse(struct reading *r, struct intake_reply *reply, struct str place, const struct faults *why, int rc)
{
	struct fault one = { .rc = rc, .words = str_of(err_text(rc)) };

	for (size_t i = 0; i < why->n; i++)
		(void)fault_add(&r->out->faults, why->v[i].rc, place_in(r->a, place, why->v[i].place), why->v[i].words,
		    why->v[i].fix);
	if (why->n == 0)
		(void)fault_add(&r->out->faults, rc, place, one.words, S("see the log of this program"));
	reply->rc = rc;
	return hl7_ack_write(r->a, &reply->head, hl7_ack_for(rc), why->n ? &why->v[0] : &one,
	    ingest_stamp(r->a, r->rules->at), &reply->bytes);
}

static int
join(struct reading *r, const struct hl7_visit *v, struct intake_reply *reply)
{
	struct intake_item *it = reading_find(r, v->e);
	static const enum intake_event events[] = {
		[HL7_NOTED] = INTAKE_AMEND, [HL7_AMEND] = INTAKE_AMEND, [HL7_RELEASE] = INTAKE_RELEASE,
		[HL7_CANCEL] = INTAKE_CANCEL,
	};
	enum intake_event event = events[v->event];

	if (!it) {
		struct encounter *e = rec_new(r->a);

		it = e ? reading_push(r, v->e) : NULL;
		if (!it)
			return E_NOMEM;
		*it = (struct intake_item){ .e = e, .event = event };
	}
	if (v->reopen) {
		hl7_reopen(it->e);
		it->reopen = true;
	}
	if (event != INTAKE_AMEND || it->event == INTAKE_CANCEL)
		it->event = event;
	it->messages++;
	reply->item = (size_t)(it - r->out->items);
	reply->n_items = 1;
	return hl7_merge(r->a, it->e, v->e);
}

static int
check_usage(struct reading *r, const struct encounter *e, struct faults *why)
{
	if (e->usage.n == 1 && e->usage.p[0] == r->rules->usage)
		return 0;
	return fault_add(why, E_VALUE, S("MSH-11"), r->rules->usage == 'P' ?
	    S("a test message on a production system") : S("a production message on a test system"),
	    S("send it to the system of its kind, or set ingest.usage"));
}

static int
read_message(struct reading *r, struct str msg, struct str place)
{
	struct intake_reply *reply = add_reply(r, msg);
	struct faults why = { .a = r->a };
	struct hl7_visit v;
	struct hl7_msg m;
	int rc;

	if (!reply)
		return E_NOMEM;
	rc = hl7_parse(r->a, msg, &m, &why);
	if (rc >= 0)
		rc = hl7_map(r->a, &m, r->rules->release, &v, &why);
	if (rc >= 0) {
		v.e->tenant = r->rules->tenant;
		rc = check_usage(r, v.e, &why);
	}
	if (rc >= 0 && v.event != HL7_NOTED)
		rc = ingest_fit(r->a, v.e, STR_NONE, &why);
	if (rc == E_NOMEM)
		return rc;
	if (rc < 0)
		return refuse(r, reply, place, &why, rc);
	if (v.note)
		(void)fault_add(&r->out->notes, E_UNSUPPORTED, place, str_of(v.note), STR_NONE);
	rc = v.event == HL7_NOTED ? 0 : join(r, &v, reply);
	if (rc < 0)
		return rc;
	return hl7_ack_write(r->a, &reply->head, HL7_AA, NULL, ingest_stamp(r->a, r->rules->at), &reply->bytes);
}

int
read_hl7(struct reading *r, struct str bytes)
{
	struct str *msgs = NULL, msg;
	struct faults why = { .a = r->a };
	struct hl7_split s;
	size_t n = 0;
	int rc;

	hl7_split_init(&s, bytes);
	while ((rc = hl7_split_next(r->a, &s, &msg, &why)) > 0) {
		struct str *one = arena_push(r->a, msgs, n);

		if (!one)
			return E_NOMEM;
		*one = msg;
	}
	if (rc == 0 && n == 0)
		rc = fault_add(&why, E_INCOMPLETE, S("MSH"), S("no message in the input"), S("start each message with MSH"));
	if (rc < 0) {
		struct intake_reply *reply = add_reply(r, bytes);

		return reply ? refuse(r, reply, STR_NONE, &why, rc) : E_NOMEM;
	}
	for (size_t i = 0; i < n && rc >= 0; i++)
		rc = read_message(r, msgs[i], n > 1 ? arena_fmt(r->a, "message %zu", i + 1) : STR_NONE);
	return rc;
}

/* The caller may hold a shallow copy of the visit as it was: change no list that the copy sees. */
static int
own_lists(struct arena *a, struct encounter *e)
{
	for (size_t i = 0; i < rec_encounter.n; i++) {
		const struct rec_field *f = &rec_encounter.fields[i];
		char *at = (char *)e + f->at, *was;
		size_t *n, n_was;

		if (f->kind == K_PART && f->max != PART_INGEST)
			break;
		if (f->kind != K_MANY)
			continue;
		n = (size_t *)(void *)((char *)e + f->at_n);
		was = *(char **)(void *)at;
		n_was = *n;
		*(void **)(void *)at = NULL;
		for (*n = 0; *n < n_was;) {
			size_t k = *n;
			void *one = rec_push_(a, (void **)(void *)at, n, f->of);

			if (!one)
				return E_NOMEM;
			memcpy(one, was + k * f->of->size, f->of->size);
		}
	}
	return 0;
}

int
intake_apply(struct arena *a, struct encounter *into, const struct intake_item *it, struct faults *faults)
{
	int rc = own_lists(a, into);

	if (rc < 0)
		return rc;
	if (it->reopen)
		hl7_reopen(into);
	rc = hl7_merge(a, into, it->e);
	if (rc < 0)
		return rc;
	hl7_settle(into);
	ingest_derive(a, into, true);
	return ingest_fit(a, into, STR_NONE, faults);
}

int
intake_nak(struct arena *a, const struct intake_reply *reply, int rc, int64_t at, struct str *out)
{
	struct fault why = { .rc = rc, .words = str_of(err_text(rc)) };

	if (reply->about)
		return x12_nak(a, reply, rc, at, out);
	return hl7_ack_write(a, &reply->head, hl7_ack_for(rc), &why, ingest_stamp(a, at), out);
}
