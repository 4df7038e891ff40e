/*
 * x12_word_from_json.c - x12 from-json: X12 out of lines of JSON. Encounters are written by x12_write_837, a batch at a time,
 * payments line by line; generic lines are put back as they were told. Answers are none of these: see x12_from_verdicts.c.
 */
#include "claimline/x12_from.h"
#include "base/js.h"

#include <time.h>

#define LINE_MOST	((size_t)16 << 20)
#define BATCH		5000		/* claims of one interchange written */

int
x12_from_out(void *from, struct str s)
{
	return x12_dest_put(((struct x12_from *)from)->out, s);
}

void
x12_from_wrote(struct x12_from *k)
{
	k->spec.ends.control = k->spec.ends.control % 999999999 + 1;
}

/* ---- what is wrong with a line ---- */

int
x12_from_bad(struct x12_from *k, const struct faults *f, int rc)
{
	(void)x12_dest_flush(&k->w->out);
	if (f)
		cli_faults(k->w->c, arena_fmt(&k->w->line, "%s line %lld", k->file.name, (long long)k->n_line).p, f);
	return rc;
}

int
x12_from_refuse(struct x12_from *k, const char *pointer, const char *words, const char *fix)
{
	struct faults f = { .a = &k->w->line };
	int rc = fault_add(&f, E_VALUE, str_of(pointer), str_of(words), str_of(fix));

	return x12_from_bad(k, &f, rc);
}

/* Faults of a record are placed in the record: told as places of the line. */
int
x12_from_told(struct x12_from *k, const struct faults *got, int rc, const char *pointer)
{
	struct faults f = { .a = &k->w->line };

	if (rc <= 0)
		return rc;
	for (size_t i = 0; i < got->n; i++) {
		const struct fault *v = &got->v[i];
		bool in = v->place.n == 0 || *v->place.p == '/';

		(void)fault_add(&f, v->rc, in ? arena_fmt(&k->w->line, "%s" STR_FMT, pointer, STR_ARG(v->place)) : v->place,
		    v->words, v->fix);
	}
	f.more = got->more;
	return x12_from_bad(k, &f, E_VALUE);
}

/* ---- claims ---- */

static int
batch_write(struct x12_from *k)
{
	struct x12_written done;
	int rc;

	if (k->n == 0)
		return 0;
	if (!k->spec.submitter.n || !k->spec.phone.n)
		return cli_usage(k->w->c, "encounters want --sender, --receiver and --phone, which stand in the envelope");
	if (!k->has_usage)
		k->spec.ends.usage = str_is(k->usage, "P") ? 'P' : 'T';
	rc = x12_write_837(&k->a, &k->spec, k->v, k->n, &done);
	if (rc < 0) {
		(void)x12_dest_flush(&k->w->out);
		cli_faults(k->w->c, arena_fmt(&k->w->line, STR_FMT ", claims from line %lld on", STR_ARG(str_of(k->file.name)),
		    (long long)k->first).p, &done.faults);
		return rc;
	}
	k->n_blanked += done.n_blanked;
	rc = x12_dest_put(k->out, done.bytes);
	x12_from_wrote(k);
	arena_reset(&k->a);
	k->v = NULL;
	k->n = 0;
	return rc;
}

static int
encounter(struct x12_from *k, const struct x12_line_parts *p)
{
	struct str text = arena_str(&k->a, p->encounter);	/* the encounter borrows from it */
	struct encounter *e = rec_new(&k->a);
	struct claim_view *view = arena_alloc(&k->a, sizeof *view);
	struct faults f = { .a = &k->a };
	struct x12_out *one;
	int rc;

	if (!e || !view)
		return E_NOMEM;
	rc = x12_from_told(k, &f, rec_from_json(&k->a, text, e, &f), p->wrapped ? "/encounter" : "");
	if (rc < 0)
		return rc;
	if (k->n && (!str_eq(k->type, e->type) || (!k->has_usage && !str_eq(k->usage, e->usage)))) {
		/* one interchange has one type and one usage; the claim is read once more */
		rc = batch_write(k);
		return rc != 0 ? rc : encounter(k, p);
	}
	if (claim_view(&k->a, e, view) < 0 || !(one = arena_push(&k->a, k->v, k->n)))
		return E_NOMEM;
	if (k->n == 1) {
		k->first = k->n_line;
		k->type = e->type;
		k->usage = e->usage;
	}
	k->n_turned += k->has_usage && k->spec.ends.usage == 'P' && str_is(e->usage, "T");
	*one = (struct x12_out){ e, view };
	return k->n == k->most ? batch_write(k) : 0;
}

/* ---- payments and generic lines ---- */

static int
payment(struct x12_from *k, struct str text)
{
	int rc;

	if (!k->spec.submitter.n)
		return cli_usage(k->w->c, "payments want --sender and --receiver, which stand in the envelope");
	rc = x12_unpay_line(k->pay, &k->spec.ends, text);
	return rc < 0 && k->file.f.n ? x12_from_bad(k, &k->file.f, E_VALUE) : rc;
}

static int
payments_end(struct x12_from *k)
{
	int rc = x12_unpay_end(k->pay);

	if (rc > 0)
		x12_from_wrote(k);
	return rc < 0 ? rc : 0;
}

static int
generic(struct x12_from *k, struct str text)
{
	int rc = x12_unjson_line(k->generic, text);

	return rc == E_VALUE ? x12_from_bad(k, &k->file.f, rc) : rc;
}

/* An interchange in an interchange is none: what is open ends before the next kind begins. */
static int
open_end(struct x12_from *k, enum x12_line_kind next)
{
	enum x12_line_kind was = k->open;
	int rc;

	k->open = next;
	if (was == next || was == LINE_NONE)
		return 0;
	if (was == LINE_PAYMENT)
		return payments_end(k);
	if (was == LINE_CLAIM)
		return k->as_277ca ? x12_from_verdicts_write(k) : batch_write(k);
	rc = x12_unjson_end(k->generic);
	k->generic = x12_unjson_open(&k->file.a, &k->file.f, x12_from_out, k);
	return rc < 0 ? rc : k->generic ? 0 : E_NOMEM;
}

/* ---- lines ---- */

enum { M_ENCOUNTER, M_PAYMENT, M_ANSWER, M_VERDICT, M_FROM, M_GENERIC };
static const char *const names[] = { "encounter", "payment", "answer", "verdict", "from", "interchange", "group", "set",
    "content", "ta1" };

/* Of what a line may have once; of encounter, payment, answer and generic it has one. */
static bool
comes_again(unsigned *seen, struct str name)
{
	unsigned i = 0, was = *seen;

	while (i < sizeof names / sizeof *names && !str_is(name, names[i]))
		i++;
	if (i == sizeof names / sizeof *names)
		return false;
	*seen |= 1u << i;
	was &= i < M_VERDICT ? ~(1u << M_VERDICT | 1u << M_FROM) : i < M_GENERIC ? 1u << i :
	    1u << i | 1u << M_ENCOUNTER | 1u << M_PAYMENT | 1u << M_ANSWER;
	return was != 0;
}

static void
member(struct x12_line_parts *p, struct str name, struct str value, unsigned *seen)
{
	p->twice = comes_again(seen, name) || p->twice;
	if (str_is(name, "encounter")) {
		p->encounter = value;
		p->wrapped = true;
	} else if (str_is(name, "payment")) {
		p->payment = value;
		p->kind = LINE_PAYMENT;
	} else if (str_is(name, "verdict")) {
		p->verdict = value;
	} else if (str_is(name, "from")) {
		p->from = value;
	} else if (str_is(name, "answer")) {
		p->kind = LINE_ANSWER;
	} else if (*seen >> M_GENERIC) {
		p->kind = LINE_GENERIC;
	}
}

/* What a line is. A text that is not JSON is an encounter: its reader says where it is torn. */
static struct x12_line_parts
parts_of(struct x12_from *k, struct str text)
{
	struct js j = js_of(&k->w->line, text);
	struct x12_line_parts p = { .kind = LINE_CLAIM, .encounter = text }, none = p;
	unsigned seen = 0;
	struct str name;

	if (js_kind(&j) != JS_OBJECT || !js_open(&j))
		return none;
	while (js_member(&j, &name)) {
		const char *from;

		(void)js_kind(&j);
		from = j.p;
		if (!js_skip(&j))
			break;
		member(&p, name, (struct str){ from, (size_t)(j.p - from) }, &seen);
	}
	return js_done(&j) ? p : none;
}

static int
one_line(struct x12_from *k, struct str text)
{
	bool behind = k->array_over;
	struct x12_line_parts p;
	int rc;

	k->array_over = k->closed;
	k->n_line++;
	if (!str_trim(text).n)
		return 0;
	if (behind)
		return x12_from_refuse(k, "", "stands behind the end of the array", "give one array, or one object a line");
	k->any = true;
	p = parts_of(k, text);
	rc = p.twice ? x12_from_refuse(k, "", "holds two things, or the same twice", "write one object of one thing a line") :
	    open_end(k, p.kind);
	if (rc == 0 && k->as_277ca)
		rc = x12_from_verdict(k, &p);
	else if (rc == 0 && p.kind == LINE_ANSWER)
		rc = x12_from_refuse(k, "/answer", "an answer does not hold what it answers, and cannot be written again",
		    "give claims with a verdict, and --as 277CA; x12 check --ack writes TA1 and 999");
	else if (rc == 0 && p.kind == LINE_PAYMENT)
		rc = payment(k, p.payment);
	else if (rc == 0)
		rc = p.kind == LINE_GENERIC ? generic(k, text) : encounter(k, &p);
	arena_reset(&k->w->line);
	return rc;
}

/* More of the input behind what is left of it, or its end is known; below 0. */
static int
refill(struct x12_from *k)
{
	int64_t got;

	memmove(k->p, k->p + k->at, k->len - k->at);
	k->len -= k->at;
	k->at = 0;
	if (k->len == LINE_MOST)
		return fault_add(&k->file.f, E_LIMIT, S("a line"), S("longer than a line may be"),
		    S("write one object a line"));
	got = x12_file_fill(&k->file, k->p + k->len, LINE_MOST - k->len < 65536 ? LINE_MOST - k->len : 65536);
	if (got < 0)
		return (int)got;
	k->len += (size_t)got;
	k->ended = got == 0;
	return 0;
}

/* Past a byte order mark; whether it is an array. */
static int
begin(struct x12_from *k)
{
	size_t at;
	int rc = 0;

	while (rc == 0 && !k->ended && k->len < 3)
		rc = refill(k);
	if (k->len >= 3 && memcmp(k->p, "\xef\xbb\xbf", 3) == 0)
		k->at = 3;
	for (at = k->at; at < k->len && (k->p[at] == ' ' || k->p[at] == '\t' || k->p[at] == '\r' || k->p[at] == '\n'); at++)
		;
	k->array = at < k->len && k->p[at] == '[';
	k->at = k->array ? at + 1 : k->at;
	return rc;
}

/* Where the value that begins here ends, at the comma or bracket after it; false: not in what was read. */
static bool
value_end(const struct x12_from *k, size_t *end)
{
	size_t depth = 0;
	bool text = false;

	for (size_t i = k->at; i < k->len; i++) {
		char c = k->p[i];

		if (text) {
			i += c == '\\';
			text = c != '"';
		} else if (!depth && (c == ',' || c == ']')) {
			*end = i;
			return true;
		} else {
			text = c == '"';
			depth += c == '{' || c == '[';
			depth -= depth && (c == '}' || c == ']');
		}
	}
	return false;
}

/* The next value of the array: 1, 0 at the end, below 0. */
static int
next_value(struct x12_from *k, struct str *out)
{
	size_t end;
	int rc = 0;

	while (!value_end(k, &end)) {
		if (k->ended)
			return fault_add(&k->file.f, E_MALFORMED, S("the input"), S("an array without its end"),
			    S("give the whole array, or one object a line"));
		if ((rc = refill(k)) < 0)
			return rc;
	}
	*out = (struct str){ k->p + k->at, end - k->at };
	k->closed = k->p[end] == ']';
	k->at = end + 1;
	return 1;
}

/* The next line: 1, 0 at the end, below 0. */
static int
next_line(struct x12_from *k, struct str *out)
{
	if (k->array && !k->closed)
		return next_value(k, out);
	for (;;) {
		char *hit = k->len > k->at ? memchr(k->p + k->at, '\n', k->len - k->at) : NULL;
		int rc;

		if (hit || (k->ended && k->len > k->at)) {
			size_t n = hit ? (size_t)(hit - (k->p + k->at)) : k->len - k->at;

			*out = (struct str){ k->p + k->at, n };
			k->at += n + (hit != NULL);
			return 1;
		}
		if (k->ended)
			return 0;
		if ((rc = refill(k)) < 0)
			return rc;
	}
}

/* "ZZ:ID" or ID. */
static void
party(const char *text, struct str *qual, struct str *id)
{
	struct str rest = str_of(text), first = str_cut(&rest, ':');

	*qual = rest.n ? first : S("ZZ");
	*id = rest.n ? rest : first;
}

/* As the check asks of a telephone in PER. */
static bool
is_phone(struct str s)
{
	bool ok = s.n == 10;

	for (size_t i = 0; i < s.n; i++)
		ok = ok && s.p[i] >= '0' && s.p[i] <= '9';
	return ok;
}

/* What ISA can hold of one, and GS02, GS03 and NM109, which want two characters: said before a line is read. */
static bool
is_id(struct str qual, struct str id)
{
	bool ok = qual.n && qual.n <= 2 && id.n >= 2 && id.n <= 15 && *id.p != ' ';

	for (size_t i = 0; i < id.n; i++)
		ok = ok && id.p[i] >= 0x20 && id.p[i] < 0x7f && !memchr("*:^~", id.p[i], 4);
	return ok;
}

static int
spec_of(struct x12_from *k)
{
	const struct opts *o = &k->w->c->opts;
	const char *usage = opt_text(o, "usage"), *sender = opt_text(o, "sender"), *receiver = opt_text(o, "receiver"),
	    *submitter = opt_text(o, "submitter"), *name = opt_text(o, "receiver-name"), *as = opt_text(o, "as");
	int64_t per_st, range[2] = { 1, BATCH }, controls[2] = { 1, 999999999 };
	struct timespec now;

	if (opt_int(o, "per-st", BATCH, range, &per_st) < 0 || opt_int(o, "control", 1, controls, &k->spec.ends.control) < 0)
		return cli_usage(k->w->c, "--per-st wants 1 to 5000, --control 1 to 999999999");
	if (usage && strcmp(usage, "T") != 0 && strcmp(usage, "P") != 0)
		return cli_usage(k->w->c, "--usage wants T or P");
	if (as && strcmp(as, "277CA") != 0)
		return cli_usage(k->w->c, "--as wants 277CA; claims, payments and generic lines are written as what they are");
	if (!sender != !receiver || (as && !sender))
		return cli_usage(k->w->c, as ? "--as 277CA wants --sender and --receiver" :
		    "--sender and --receiver come together");
	if (opt_text(o, "phone") && !is_phone(str_of(opt_text(o, "phone"))))
		return cli_usage(k->w->c, "--phone wants ten digits, area code first, such as 5035550100");
	k->as_277ca = as != NULL;
	(void)clock_gettime(CLOCK_REALTIME, &now);
	k->most = BATCH;
	k->spec.max_per_st = (size_t)per_st;
	k->spec.ends.usage = usage ? *usage : 'T';
	k->has_usage = usage != NULL;
	k->spec.ends.at = (int64_t)now.tv_sec * 1000;
	if (!sender)
		return CLI_OK;
	party(sender, &k->spec.ends.isa05, &k->spec.ends.isa06);
	party(receiver, &k->spec.ends.isa07, &k->spec.ends.isa08);
	if (!is_id(k->spec.ends.isa05, k->spec.ends.isa06) || !is_id(k->spec.ends.isa07, k->spec.ends.isa08))
		return cli_usage(k->w->c, "--sender and --receiver want 2 to 15 plain characters, none of * : ^ ~, "
		    "as ID or ZZ:ID");
	k->spec.ends.gs02 = k->spec.submitter_id = k->spec.ends.isa06;
	k->spec.ends.gs03 = k->spec.receiver_id = k->spec.ends.isa08;
	k->spec.submitter = submitter ? str_of(submitter) : k->spec.submitter_id;
	k->spec.receiver = name ? str_of(name) : k->spec.receiver_id;
	k->spec.contact = k->spec.submitter;
	k->spec.phone = str_of(opt_text(o, "phone"));
	return CLI_OK;
}

static int
all_lines(struct x12_from *k)
{
	struct str text = STR_NONE;
	int rc, end;

	k->p = arena_alloc(&k->file.a, LINE_MOST);
	k->generic = x12_unjson_open(&k->file.a, &k->file.f, x12_from_out, k);
	k->pay = x12_unpay_open(&k->file.a, &k->file.f, x12_from_out, k);
	if (!k->p || !k->generic || !k->pay)
		return E_NOMEM;
	rc = begin(k);
	while (rc == 0 && (rc = next_line(k, &text)) > 0)
		rc = one_line(k, text);
	if (rc == 0)
		rc = open_end(k, LINE_NONE);
	end = k->generic ? x12_unjson_end(k->generic) : 0;
	x12_unpay_close(k->pay);
	if (rc == 0 && end == 0 && !k->any)
		rc = cli_fail(k->w->c, CLI_UNREACHED, "%s: holds no line, so nothing was written", k->file.name);
	return rc != 0 ? rc : end;
}

/* What was written otherwise than it was given. */
static void
noted(const struct x12_from *k)
{
	if (k->n_turned)
		(void)cli_fail(k->w->c, 0, "warning: %zu test claims (usage T) were written as production, for --usage P says so",
		    k->n_turned);
	if (k->n_blanked)
		(void)cli_fail(k->w->c, 0, "note: %zu texts held one of * : ^ ~ or a control character, which became a blank. "
		    "Fix: avoid these characters in data", k->n_blanked);
}

int
x12_word_from_json(struct x12_words *w)
{
	struct x12_from k = { .w = w };
	const char *path = x12_out_path(w->c);
	int rc = spec_of(&k), closed = 0;

	if (rc == CLI_OK && w->c->argc != 1)
		rc = cli_usage(w->c, "from-json wants one file");
	if (rc != CLI_OK)
		return rc;
	k.out = path ? &k.to : &w->out;
	rc = x12_file_raw(w->c, w->c->argv[0], &k.file);
	arena_init(&k.a, (size_t)1 << 30);
	k.file.is_begun = true;
	if (rc == CLI_OK && path && (closed = x12_dest_open(&k.to, path)) < 0) {
		(void)x12_dest_close(&k.to, false);
		rc = cli_fail(w->c, CLI_CANNOT_CREATE, "%s: %s", path, err_text(closed));
	}
	if (rc == CLI_OK) {
		rc = all_lines(&k);
		closed = path ? x12_dest_close(&k.to, rc == 0) : 0;
		if (rc == 0 && closed == 0)
			noted(&k);
		if (rc == 0 && closed < 0)
			rc = cli_fail(w->c, CLI_CANNOT_CREATE, "%s: %s", path, err_text(closed));
		else if (rc < 0 && rc != E_VALUE && rc != E_INCOMPLETE && w->out.rc == 0)
			rc = x12_file_fail(w->c, &k.file, rc);
		else if (rc < 0)
			rc = CLI_UNREACHED;
	}
	arena_free(&k.a);
	x12_file_close(&k.file);
	return rc;
}
