/*
 * stream_json_pay_in.c - lines of payments back to an 835: lines with one head become one set, and the sets an interchange.
 * A line is written as it comes; only adjustments wait for the last claim. Never adds amounts up.
 */
#include "x12/plan.h"
#include "x12/remit_wire.h"
#include "x12/stream_json.h"

#define SETS_MOST	999999			/* GE01 has six digits */

struct x12_unpay {
	struct faults	*f, got;		/* got: of the line at hand, told up to `told` */
	size_t		 told;
	x12_line_fn	*line;
	void		*self;
	struct x12_ends	 ends;			/* of the open interchange */
	struct arena	 a, set;		/* of the line at hand; of the payment that is open */
	struct x12_put	 w;
	struct str	 head, section;		/* packed, of the open payment and of its last section */
	struct payment	 rest;			/* what stands behind its last claim */
	size_t		 n_claims, n_sections;
	int64_t		 n_sets;
	bool		 in_ic, in_set;
};

struct x12_unpay *
x12_unpay_open(struct arena *a, struct faults *f, x12_line_fn *line, void *self)
{
	struct x12_unpay *u = arena_alloc(a, sizeof *u);

	if (!u)
		return NULL;
	*u = (struct x12_unpay){ .f = f, .line = line, .self = self };
	arena_init(&u->a, (size_t)256 << 20);
	arena_init(&u->set, 0);
	x12_put_open(&u->w, &u->a, &u->got);
	u->w.plan = x12_plan_open(a, T_R);
	return u->w.plan ? u : NULL;
}

void
x12_unpay_close(struct x12_unpay *u)
{
	arena_free(&u->a);
	arena_free(&u->set);
}

static void
fresh(struct x12_unpay *u)
{
	arena_reset(&u->a);
	buf_init(&u->w.b, &u->a);
	u->w.rc = 0;
	u->got = (struct faults){ .a = &u->a };
	u->told = 0;
}

static int
emit(struct x12_unpay *u)
{
	int rc = u->a.spent || u->set.spent ? E_NOMEM : u->got.n ? u->got.v[0].rc : 0;

	rc = rc < 0 || u->w.b.n == 0 ? rc : u->line(u->self, buf_view(&u->w.b));
	return rc < 0 ? rc : 0;
}

/* What was found since the last call lies at this pointer, or in it; the writer's own place is an X12 one. */
static void
tell(struct x12_unpay *u, struct str pointer)
{
	for (; u->told < u->got.n; u->told++) {
		const struct fault *v = &u->got.v[u->told];
		const char *part = v->place.n == 0 || *v->place.p == '/' ? "" : ", ";

		(void)fault_add(u->f, v->rc, arena_fmt(&u->a, STR_FMT "%s" STR_FMT, STR_ARG(pointer), part, STR_ARG(v->place)),
		    v->words, v->fix);
	}
}

static void
refuse(struct x12_unpay *u, int rc, struct str pointer, struct str words, const char *fix)
{
	(void)fault_add(&u->got, rc, STR_NONE, words, str_of(fix));
	tell(u, pointer);
}

/* ---- what a line has of its payment: the head that names it, and what stands behind its last claim ---- */

static void
part(struct x12_unpay *u, const struct payment *y, struct payment *head, struct payment *rest)
{
	*head = *y;
	head->claims = NULL;
	head->sections = NULL;
	head->adjustments = NULL;
	head->extras = NULL;
	head->n_claims = head->n_sections = head->n_adjustments = head->n_extras = 0;
	rec_init(&rec_payment, rest);
	rest->adjustments = y->adjustments;
	rest->n_adjustments = y->n_adjustments;
	for (size_t i = 0; i < y->n_extras; i++) {
		struct payment *to = str_starts(y->extras[i].loop, S("SUMMARY")) ? rest : head;
		struct extra *one = arena_push(&u->a, to->extras, to->n_extras);

		if (one)
			*one = y->extras[i];
	}
}

static struct str
packed(struct x12_unpay *u, const struct rec_object *o, const void *obj)
{
	struct str out = STR_NONE;

	if (rec_object_pack(&u->a, o, obj, &out) < 0)
		u->a.spent = true;
	return out;
}

/* The PLB of a further line are further ones. */
static void
rest_add(struct x12_unpay *u, const struct payment *copy)
{
	int64_t last = u->rest.n_adjustments ? u->rest.adjustments[u->rest.n_adjustments - 1].set : 0;

	for (size_t i = 0; i < copy->n_adjustments; i++) {
		struct provider_adjustment *one = arena_push(&u->set, u->rest.adjustments, u->rest.n_adjustments);

		if (one) {
			*one = copy->adjustments[i];
			one->set += last;
		}
	}
	for (size_t i = 0; i < copy->n_extras; i++) {
		struct extra *one = arena_push(&u->set, u->rest.extras, u->rest.n_extras);

		if (one)
			*one = copy->extras[i];
	}
}

/* Written once now and taken back, so that the line at hand is the one that is blamed. */
static void
rest_keep(struct x12_unpay *u, const struct payment *rest)
{
	size_t n = u->w.b.n, n_segs = u->w.n_segs;
	struct payment *copy;

	if (rest->n_adjustments == 0 && rest->n_extras == 0)
		return;
	x12_835_summary(&u->w, rest);
	u->w.b.n = n;
	u->w.n_segs = n_segs;
	tell(u, S("/payment/adjustments"));
	if (u->rest.n_adjustments + rest->n_adjustments > (size_t)rec_payment.fields[IX_payment_adjustments].max ||
	    u->rest.n_extras + rest->n_extras > (size_t)rec_payment.fields[IX_payment_extras].max) {
		refuse(u, E_LIMIT, S("/payment/adjustments"), S("more adjustments or extras than one payment may have"),
		    "make several payments of it, each with a head of its own");
		return;
	}
	copy = arena_alloc(&u->set, sizeof *copy);
	if (!copy)
		return;
	rec_init(&rec_payment, copy);
	if (rec_object_unpack(&u->set, packed(u, &rec_payment, rest), &rec_payment, copy) < 0)
		u->set.spent = true;
	else
		rest_add(u, copy);
}

/* ---- sets ---- */

static struct str
st02(struct x12_unpay *u)
{
	return digits_text(&u->a, u->n_sets, 4);
}

static void
set_end(struct x12_unpay *u)
{
	if (!u->in_set)
		return;
	x12_835_summary(&u->w, &u->rest);
	x12_st_close(&u->w, st02(u));
	u->in_set = false;
}

static int
interchange_begin(struct x12_unpay *u, const struct x12_ends *ends)
{
	int rc = x12_ends_check(&u->a, ends, &u->got);

	tell(u, S("envelope"));
	if (rc < 0)
		return rc;
	u->ends = *ends;
	u->n_sets = 0;
	u->in_ic = true;
	return x12_frame_open(&u->w, ends, "HP", x12_guide_out(T_R));
}

static int
set_begin(struct x12_unpay *u, const struct x12_ends *ends, const struct payment *y, struct str head)
{
	int rc = u->in_ic ? 0 : interchange_begin(u, ends);

	if (rc < 0)
		return rc;
	if (u->n_sets == SETS_MOST)
		refuse(u, E_LIMIT, S("/payment"), S("more payments than one interchange can count (999999)"), "split the file");
	arena_reset(&u->set);
	u->head = arena_str(&u->set, head);
	u->section = STR_NONE;
	u->n_claims = u->n_sections = 0;
	rec_init(&rec_payment, &u->rest);
	u->n_sets++;
	u->in_set = true;
	x12_st_open(&u->w, "835", st02(u), "");		/* this guide has no ST03 */
	x12_835_head(&u->w, y);
	tell(u, S("/payment"));
	return 0;
}

/* ---- sections and claims ---- */

static void
section(struct x12_unpay *u, const struct payment *y, size_t i)
{
	x12_835_section(&u->w, &y->sections[i]);
	tell(u, arena_fmt(&u->a, "/payment/sections/%zu", i));
	if (++u->n_sections > (size_t)rec_payment.fields[IX_payment_sections].max)
		refuse(u, E_LIMIT, arena_fmt(&u->a, "/payment/sections/%zu", i), S("more sections than one payment may have"),
		    "make several payments of it, each with a head of its own");
}

static void
claim(struct x12_unpay *u, const struct payment *y, size_t i)
{
	x12_835_claim(&u->w, &y->claims[i]);
	tell(u, arena_fmt(&u->a, "/payment/claims/%zu", i));
	if (++u->n_claims > LIMIT_RECORDS)
		refuse(u, E_LIMIT, arena_fmt(&u->a, "/payment/claims/%zu", i),
		    arena_fmt(&u->a, "one payment has more than %d claims", LIMIT_RECORDS),
		    "make several payments of it, each with a head of its own");
}

/* The first section of a line is mostly that of the line before. */
static void
claims(struct x12_unpay *u, const struct payment *y)
{
	bool had = u->n_sections, known = y->n_sections && str_eq(packed(u, &rec_paid_section, y->sections), u->section);
	size_t c = 0;

	for (size_t i = 0; i <= y->n_sections && u->got.n == 0; i++) {
		if (i > known)
			section(u, y, i - 1);
		for (; c < y->n_claims && y->claims[c].section == (int64_t)i && (i || !had) && u->got.n == 0; c++)
			claim(u, y, c);
	}
	if (c < y->n_claims && u->got.n == 0)
		refuse(u, E_VALUE, arena_fmt(&u->a, "/payment/claims/%zu/section", c),
		    S("a claim of no section of this line, or of one before that of the last claim"),
		    "put the claims in the order of their sections, and the section into each line");
	if (y->n_sections > known)
		u->section = arena_str(&u->set, packed(u, &rec_paid_section, &y->sections[y->n_sections - 1]));
}

static int
payment_read(struct x12_unpay *u, struct str text, struct payment **out)
{
	struct payment *y = arena_alloc(&u->a, sizeof *y);
	int rc;

	if (!y)
		return E_NOMEM;
	rec_init(&rec_payment, y);
	rc = rec_object_from_json(&u->a, text, &rec_payment, y, &u->got);
	tell(u, S("/payment"));
	*out = y;
	return rc > 0 ? E_VALUE : rc;
}

int
x12_unpay_line(struct x12_unpay *u, const struct x12_ends *ends, struct str text)
{
	struct payment *y, head, rest;
	struct str name;
	int rc;

	fresh(u);
	rc = payment_read(u, text, &y);
	if (rc < 0)
		return rc;
	part(u, y, &head, &rest);
	name = packed(u, &rec_payment, &head);
	if (!u->in_set || !str_eq(name, u->head)) {
		set_end(u);
		rc = set_begin(u, ends, y, name);
	}
	if (rc < 0)
		return rc;
	if (u->got.n == 0)
		claims(u, y);
	rest_keep(u, &rest);
	return emit(u);
}

int
x12_unpay_end(struct x12_unpay *u)
{
	int rc;

	if (!u->in_ic)
		return 0;
	fresh(u);
	set_end(u);
	x12_frame_close(&u->w, &u->ends, (size_t)u->n_sets);
	u->in_ic = false;
	rc = emit(u);
	return rc < 0 ? rc : 1;
}
