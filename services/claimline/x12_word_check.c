/*
 * x12_word_check.c - x12 check: what is wrong in each file, one line a finding, then one line a file. Decides nothing:
 * verdicts are the check's.
 */
#include "base/file.h"
#include "claimline/codes.h"
#include "claimline/x12_words.h"
#include "x12/partner_rules.h"
#include "x12/rules.h"
#include "x12/rules_codes.h"

#define SHOWN		100
#define VALUE_MAX	60
#define GAPS		64
#define MUST		(1u << X12_SYNTAX | 1u << X12_GUIDE)	/* without these a 999 would accept anything */

struct checking {
	struct x12_words *w;
	struct x12_file	 file;
	int64_t		 left;			/* findings still to be printed */
	size_t		 hidden, n_answers;
	struct str	 unanswered;		/* path of the answer that could not be written */
	struct x12_watch watch;
	struct x12_answering *answers;		/* NULL: none are wanted */
};

/* What every file is checked by. */
struct judge { struct x12_check_spec spec; struct x12_rules rules; struct book book; struct x12_partner_rules *partner;
    int64_t limit; };

static const char *const severities[] = { "note", "warning", "error" };

/* A stray separator makes a word of a note a segment id: what cannot be one is told by its shape. */
static struct x12_finding
told_safely(struct checking *k, const struct x12_finding *f)
{
	struct x12_finding out = *f;

	out.segment = x12_segment_shown(k->w, f->segment);
	return out;
}

/* ---- one finding ---- */

static struct str
value_of(struct checking *k, const struct x12_finding *f)
{
	struct str v = k->w->show ? f->value : x12_finding_shape(&k->w->line, f);

	v.n = v.n < VALUE_MAX ? v.n : VALUE_MAX;
	return v;
}

/* A control number is nobody's data, as long as it is a number. */
static struct str
set_of(struct checking *k, const struct x12_finding *f)
{
	struct x12_finding st02 = { .value = { f->st02.p, f->st02.n < 9 ? f->st02.n : 9 } };
	bool plain = true;

	for (size_t i = 0; i < f->st02.n; i++)
		plain = plain && f->st02.p[i] >= '0' && f->st02.p[i] <= '9';
	return plain || k->w->show ? st02.value : x12_finding_shape(&k->w->line, &st02);
}

static void
claim_json(struct checking *k, const struct x12_finding *f, struct buf *b)
{
	if (f->st02.n)
		x12_json_put(b, "set", set_of(k, f));
	if (f->claim)
		buf_fmt(b, ",\"claim\":%zu,\"claim_of_file\":%zu", f->claim, f->claim_of_file);
	if (f->pcn.n && k->w->show)
		x12_json_put(b, "pcn", f->pcn);
}

/* "claim 3 (set 0001), segment 586, loop 2300, CLM05-1", as billers look for it. */
static void
claim_text(struct checking *k, const struct x12_finding *f, struct buf *b)
{
	struct arena *a = &k->w->line;

	if (f->claim) {
		buf_fmt(b, "claim %zu", f->claim);
		if (f->pcn.n && k->w->show)
			buf_fmt(b, " " STR_FMT, STR_ARG(ui_clean(a, f->pcn)));
		buf_fmt(b, " (set " STR_FMT "), ", STR_ARG(ui_clean(a, set_of(k, f))));
	} else if (f->st02.n) {
		buf_fmt(b, "set " STR_FMT ", ", STR_ARG(ui_clean(a, set_of(k, f))));
	}
}

static void
code_json(struct buf *b, const struct x12_finding *f)
{
	const struct { const char *key, *v; } codes[] = { { "ta105", f->ta105 }, { "ak905", f->ak905 }, { "ik502", f->ik502 },
	    { "ik304", f->ik304 }, { "ik403", f->ik403 }, { "stc", f->stc } };

	for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
		x12_json_put(b, codes[i].key, str_of(codes[i].v));
}

/* What a count or sum says and what it should be; of amounts only the difference, unless values are shown. */
static void
sums_text(struct checking *k, const struct x12_finding *f, struct buf *b)
{
	struct arena *a = &k->w->line;

	if (f->money && k->w->show)
		buf_fmt(b, ": " STR_FMT ", the sum is " STR_FMT, STR_ARG(cents_text(a, f->said)), STR_ARG(cents_text(a, f->counted)));
	if (f->money)
		buf_fmt(b, ": the difference is " STR_FMT, STR_ARG(cents_text(a, f->said - f->counted)));
	else if (f->said > 0 || f->counted)
		buf_fmt(b, ": says %lld, %lld were counted", (long long)f->said, (long long)f->counted);
}

static void
sums_json(struct checking *k, const struct x12_finding *f, struct buf *b)
{
	if (f->money)
		x12_json_put(b, "difference", cents_text(&k->w->line, f->said - f->counted));
	if (f->money && k->w->show)
		x12_json_put(b, "sum", cents_text(&k->w->line, f->counted));
	if (!f->money && (f->said > 0 || f->counted))
		buf_fmt(b, ",\"said\":%lld,\"counted\":%lld", (long long)f->said, (long long)f->counted);
}

static void
finding_json(struct checking *k, const struct x12_finding *f, struct buf *b)
{
	buf_cstr(b, "{\"file\":");
	x12_json_str(b, str_of(k->file.name));
	x12_json_put(b, "finding", str_of(f->id));
	x12_json_put(b, "severity", str_of(severities[f->severity]));
	buf_fmt(b, ",\"snip\":%d", (int)f->snip);
	x12_json_put(b, "place", x12_finding_place(&k->w->line, f));
	claim_json(k, f, b);
	buf_fmt(b, ",\"ordinal\":%zu,\"at\":%zu", f->ordinal, f->at);
	x12_json_put(b, "loop", f->loop);
	x12_json_put(b, "segment", f->segment);
	if (f->element)
		buf_fmt(b, ",\"element\":%u", f->element);
	if (f->component)
		buf_fmt(b, ",\"component\":%u", f->component);
	if (f->repeat)
		buf_fmt(b, ",\"repeat\":%u", f->repeat);
	code_json(b, f);
	x12_json_put(b, "subject", str_of(f->subject));
	x12_json_put(b, "words", str_of(f->words));
	sums_json(k, f, b);
	x12_json_put(b, "fix", str_of(f->fix));
	x12_json_put(b, k->w->show ? "value" : "shape", value_of(k, f));
	buf_ch(b, '}');
}

static const char *
code_of(const struct x12_finding *f)
{
	return f->ik403 ? f->ik403 : f->ik304 ? f->ik304 : f->ik502 ? f->ik502 : f->ak905 ? f->ak905 :
	    f->ta105 ? f->ta105 : f->stc;
}

static const char *
code_name(const struct x12_finding *f)
{
	return f->ik403 ? "IK403" : f->ik304 ? "IK304" : f->ik502 ? "IK502" : f->ak905 ? "AK905" : f->ta105 ? "TA105" : "STC01";
}

static void
finding_text(struct checking *k, const struct x12_finding *f, struct buf *b)
{
	static const enum ui_tone tones[] = { UI_DIM, UI_WARN, UI_BAD };
	struct arena *a = &k->w->line;
	struct str v = value_of(k, f);

	buf_fmt(b, STR_FMT ": ", STR_ARG(ui_clean(a, str_of(k->file.name))));
	claim_text(k, f, b);
	buf_fmt(b, STR_FMT ": " STR_FMT " %s", STR_ARG(ui_clean(a, x12_finding_place(a, f))),
	    STR_ARG(ui_tone_text(a, &k->w->c->ui, tones[f->severity], str_of(severities[f->severity]))), f->id);
	if (code_of(f))
		buf_fmt(b, " (%s %s)", code_name(f), code_of(f));
	if (f->subject)
		buf_fmt(b, ": %s", f->subject);
	buf_fmt(b, ": %s", f->words);
	sums_text(k, f, b);
	if (v.n)
		buf_fmt(b, " [" STR_FMT "]", STR_ARG(ui_clean(a, v)));
	if (f->fix)
		buf_fmt(b, ". Fix: %s", f->fix);
}

static int
found(void *self, const struct x12_finding *f)
{
	struct checking *k = self;
	struct x12_finding safe;
	struct buf b;

	if (k->left <= 0) {
		k->hidden++;
		return 0;
	}
	k->left--;
	safe = told_safely(k, f);
	buf_init(&b, &k->w->line);
	if (k->w->json)
		finding_json(k, &safe, &b);
	else
		finding_text(k, &safe, &b);
	return x12_line(k->w, &b);
}

static int
interchange_turn(void *self, const struct x12_interchange *ic)
{
	struct checking *k = self;

	(void)ic;
	if (k->answers)
		x12_answering_turn(k->answers);
	return 0;
}

/* ---- one file ---- */

static int
summary(struct checking *k, const struct x12_totals *t, bool is_read)
{
	const struct { const char *name; size_t n; } v[] = { { "interchanges", t->interchanges }, { "groups", t->groups },
	    { "sets", t->sets }, { "sets_rejected", t->sets_rejected }, { "claims", t->claims }, { "segments", t->segments },
	    { "errors", t->errors }, { "warnings", t->warnings }, { "notes", t->notes }, { "not_shown", k->hidden },
	    { "answers", k->n_answers } };
	const char *verdict = !is_read ? "unreadable" : t->errors ? "errors" : t->warnings ? "warnings" : "clean";
	struct buf b;

	buf_init(&b, &k->w->line);
	if (k->w->json) {
		buf_cstr(&b, "{\"file\":");
		x12_json_str(&b, str_of(k->file.name));
		x12_json_put(&b, "verdict", str_of(verdict));
		for (size_t i = 0; i < sizeof v / sizeof *v; i++)
			buf_fmt(&b, ",\"%s\":%zu", v[i].name, v[i].n);
		buf_ch(&b, '}');
		return x12_line(k->w, &b);
	}
	buf_fmt(&b, STR_FMT ": %s: %zu segments, %zu of %zu sets rejected, %zu claims; %zu errors, %zu warnings, %zu notes",
	    STR_ARG(ui_clean(&k->w->line, str_of(k->file.name))), verdict, t->segments, t->sets_rejected, t->sets, t->claims,
	    t->errors, t->warnings, t->notes);
	if (k->hidden)
		buf_fmt(&b, " (%zu not shown: --limit)", k->hidden);
	if (k->n_answers)
		buf_fmt(&b, "; %zu answers", k->n_answers);
	return x12_line(k->w, &b);
}

/* With answers they hear it first, and pass it on. */
static int
checked(struct checking *k, const struct judge *j, struct x12_totals *t)
{
	const char *dir = opt_text(&k->w->c->opts, "ack");
	struct x12_check_spec spec = j->spec;
	int rc, closed;

	spec.seed = k->w->seed;
	spec.watch = k->watch = (struct x12_watch){ .self = k, .found = found, .interchange = interchange_turn,
	    .interchange_end = interchange_turn };	/* what is answered from then on is another */
	if (dir) {
		k->answers = x12_answering_open(k->w, dir, &k->file, &k->watch);
		if (!k->answers)
			return E_NOMEM;
		spec.watch = x12_answering_watch(k->answers);
	}
	rc = x12_check_run(&k->file.a, k->file.r, &spec, t);
	if (!dir)
		return rc;
	closed = x12_answering_close(k->answers, k->file.r, &k->n_answers);
	k->unanswered = x12_answering_failed(k->answers);
	return rc < 0 ? rc : closed;
}

static int
one_file(struct x12_words *w, const struct judge *j, const char *name)
{
	struct checking k = { .w = w, .left = j->limit };
	struct x12_totals t = { 0 };
	int rc = x12_file_open(w->c, name, &k.file);

	if (rc == CLI_OK) {
		rc = checked(&k, j, &t);
		if (w->out.rc == 0 && !k.unanswered.n)
			(void)summary(&k, &t, rc >= 0 && k.file.f.n == 0);
		if (k.unanswered.n && w->out.rc == 0) {
			(void)x12_dest_flush(&w->out);
			rc = cli_fail(w->c, CLI_CANNOT_CREATE, "%s: the answer could not be written: %s",
			    k.unanswered.p, err_text(rc));
		} else if (rc < 0 || k.file.f.n) {
			(void)x12_dest_flush(&w->out);
			rc = w->out.rc ? CLI_OS : x12_file_fail(w->c, &k.file, rc < 0 ? rc : E_MALFORMED);
		} else {
			rc = t.errors + t.warnings ? CLI_NO : CLI_OK;
		}
	}
	x12_file_close(&k.file);
	return rc;
}

/* "1-7", "1-2", "3", "1,2,5". */
static bool
snip_bits(struct str s, unsigned *out)
{
	*out = 0;
	while (s.n) {
		struct str one = str_cut(&s, ','), last = one, first = str_cut(&last, '-');
		int64_t lo, hi;

		if (!str_to_int(first, &lo) || !str_to_int(last.n ? last : first, &hi) || lo < 1 || hi > 7 || lo > hi)
			return false;
		for (; lo <= hi; lo++)
			*out |= 1u << lo;
	}
	return *out != 0;
}

/* A file, or a name in one of the folders of partners; NULL: said where it was looked for. */
static const char *
partner_path(struct cli *c, const char *name)
{
	struct str dir = path_join(&c->a, c->conf.site.config_dir, S("partners")), file = arena_fmt(&c->a, "%s.yaml", name);
	const char *in[] = { name, path_join(&c->a, path_join(&c->a, dir, S("rules")), file).p, path_join(&c->a, dir, file).p };

	for (size_t i = 0; i < (strchr(name, '/') ? 1 : sizeof in / sizeof *in); i++)
		if (in[i] && file_exists(in[i]))
			return in[i];
	if (strchr(name, '/'))
		(void)cli_fail(c, CLI_OK, "%s: %s", name, err_text(E_NOT_FOUND));
	else
		(void)cli_fail(c, CLI_OK, "--partner %s: no such file, nor %s, nor %s", name, in[1] ? in[1] : "", in[2] ? in[2] : "");
	return NULL;
}

static int
partner_open(struct x12_words *w, struct judge *j)
{
	struct cli *c = w->c;
	const char *name = opt_text(&c->opts, "partner"), *path;
	struct faults f = { .a = &c->a };
	struct str text;
	int rc;

	if (!name)
		return CLI_OK;
	path = partner_path(c, name);
	if (!path)
		return CLI_NO_INPUT;
	rc = file_read(&c->a, path, LIMIT_CONF, &text);
	if (rc < 0)
		return cli_fail(c, rc == E_NOT_FOUND ? CLI_NO_INPUT : CLI_DATA, "%s: %s", path, err_text(rc));
	rc = x12_partner_load(&c->a, w->guides, str_of(path), text, &j->partner, &f);
	if (rc >= 0)
		return CLI_OK;
	cli_faults(c, "--partner", &f);
	return f.n ? CLI_CONFIG : cli_fail(c, CLI_CONFIG, "%s: %s", path, err_text(rc));
}

/* The book that was named, else the starter set where it is found. */
static int
book_open(struct cli *c, struct judge *j)
{
	const char *book = opt_text(&c->opts, "book"), *dir;
	struct faults f = { .a = &c->a };

	if (book || c->conf.site.code_book.n)
		return codes_map(c, book ? book : c->conf.site.code_book.p, &j->book);
	dir = path_join(&c->a, c->conf.site.config_dir, S("codesets")).p;
	if (!dir || !file_exists(dir))
		return CLI_OK;
	if (book_build(&dir, 1, &f, NULL, NULL, &j->book) < 0) {
		j->book = (struct book){ .cb = NULL };
		return CLI_OK;
	}
	return cli_fail(c, CLI_OK, "codes are judged by the starter set in %s, for neither --book nor site.code_book names a book",
	    dir);
}

static int
judge_open(struct x12_words *w, struct judge *j)
{
	struct cli *c = w->c;
	const char *snip = opt_text(&c->opts, "snip");
	int64_t range[2] = { 0, INT64_MAX };
	int rc = CLI_OK;

	j->spec.guides = w->guides;
	if (snip && !snip_bits(str_of(snip), &j->spec.snip))
		return cli_usage(c, "--snip wants types from 1 to 7, such as 1-2 or 1,2,5");
	if (j->spec.snip && opt_text(&c->opts, "ack") && (j->spec.snip & MUST) != MUST)
		return cli_usage(c, "--ack answers for syntax and guide: --snip must have 1 and 2 then");
	if (opt_text(&c->opts, "ack") && !*opt_text(&c->opts, "ack"))
		return cli_usage(c, "--ack wants a folder");
	if (opt_int(&c->opts, "limit", SHOWN, range, &j->limit) < 0)
		return cli_usage(c, "--limit wants a number");
	if (!j->spec.snip || j->spec.snip >> X12_CODES & 1)
		rc = book_open(c, j);
	if (rc == CLI_OK)
		rc = partner_open(w, j);
	if (rc == CLI_OK && opt_text(&c->opts, "ack") && mkdir_p(opt_text(&c->opts, "ack")) < 0)
		rc = cli_fail(c, CLI_CANNOT_CREATE, "%s: cannot be made a folder", opt_text(&c->opts, "ack"));
	j->rules = (struct x12_rules){ .book = j->book.cb, .partner = j->partner, .today = x12_today(c) };
	j->spec.rules = &j->rules;
	return rc;
}

/* Silence about codes must not be taken for praise: what the book cannot answer for is said once, before the files. */
static void
gaps_tell(const struct cli *c, const struct judge *j)
{
	struct x12_codes_gap v[GAPS];
	size_t n = x12_codes_gaps(j->rules.book, v, GAPS);
	struct arena a;
	struct buf b;

	if (n == 0 || (j->spec.snip && !(j->spec.snip >> X12_CODES & 1)))
		return;
	if (!j->rules.book) {
		(void)cli_fail(c, CLI_OK, "no code book: of codes only the form is judged; "
		    "--book FILE or site.code_book names one");
		return;
	}
	arena_init(&a, 0);
	buf_init(&b, &a);
	for (size_t i = 0; i < n && i < GAPS; i++)
		buf_fmt(&b, "%s%s%s", i ? ", " : "", v[i].title, v[i].absent ? "" : " (a selection)");
	(void)cli_fail(c, CLI_OK, "the code book does not have these as a whole, so only their form is judged: " STR_FMT,
	    STR_ARG(buf_view(&b)));
	arena_free(&a);
}

int
x12_word_check(struct x12_words *w)
{
	struct judge j = { .limit = SHOWN };
	int rc = judge_open(w, &j);

	if (rc == CLI_OK)
		gaps_tell(w->c, &j);
	for (int i = 0; rc == CLI_OK && i < w->c->argc && w->out.rc == 0; i++)
		x12_worse(w, one_file(w, &j, w->c->argv[i]));
	book_close(&j.book);
	return rc;
}
