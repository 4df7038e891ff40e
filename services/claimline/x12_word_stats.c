/* x12_word_stats.c - x12 stats: what is in files, as tables or one line of JSON. Counts nothing itself. */
#include "claimline/x12_words.h"
#include "x12/rules.h"
#include "x12/stats.h"

#define SHOWN	10

struct counting {
	struct x12_words *w;
	struct x12_stats *s;
	struct x12_watch on;		/* of s */
	struct x12_totals t;
	struct faults	*lost;		/* of the file at hand: why numbers of it may be too small */
	size_t		 files;
	int64_t		 limit;
};

static const struct { const char *name, *title; bool money; } kinds[X12_STATS] = {
	[X12_STAT_SET] = { "sets", "transaction set", false }, [X12_STAT_PAYER] = { "payers", "payer", true },
	[X12_STAT_PROCEDURE] = { "procedures", "procedure", true },
	[X12_STAT_REVENUE] = { "revenue_codes", "revenue code", true },
	[X12_STAT_DIAGNOSIS] = { "diagnoses", "diagnosis", false }, [X12_STAT_FINDING] = { "findings", "finding", false },
};

/* An envelope that is cut short or counts otherwise: what is counted is not all there was. */
static int
found(void *self, const struct x12_finding *f)
{
	static const char *const ids[] = { "CUT_SHORT", "SET_NO_SE", "SET_COUNT", "GROUP_NO_GE", "GROUP_COUNT",
	    "ISA_NO_IEA", "ISA_COUNT" };
	struct counting *k = self;

	for (size_t i = 0; i < sizeof ids / sizeof *ids; i++)
		if (strcmp(f->id, ids[i]) == 0)
			(void)fault_add(k->lost, E_INCOMPLETE, arena_fmt(k->lost->a, "segment %zu", f->ordinal), str_of(f->words),
			    str_of(f->fix));
	return k->on.found(k->on.self, f);
}

/* The watch of stats with found before it. */
static int
segment(void *self, const struct x12_check *c, const struct x12_seg *s)
{
	struct counting *k = self;

	return k->on.segment(k->on.self, c, s);
}

static int
set(void *self, const struct x12_set *t)
{
	struct counting *k = self;

	return k->on.set(k->on.self, t);
}

static int
one_file(struct counting *k, const char *name)
{
	struct x12_rules rules = { .today = x12_today(k->w->c) };
	struct x12_check_spec spec = { .guides = k->w->guides, .rules = &rules, .seed = k->w->seed,
	    .watch = { .self = k, .found = found, .segment = segment, .set = set } };
	struct x12_totals t = { 0 };
	struct x12_file f;
	int rc = x12_file_open(k->w->c, name, &f);

	if (rc == CLI_OK) {
		struct faults lost = { .a = &f.a };

		k->on = x12_stats_watch(k->s);
		k->lost = &lost;
		rc = x12_check_run(&f.a, f.r, &spec, &t);
		if (lost.n)
			cli_faults(k->w->c, f.name, &lost);
		if (rc >= 0 && f.f.n == 0)
			rc = lost.n ? CLI_NO : CLI_OK;
		else
			rc = x12_file_fail(k->w->c, &f, rc < 0 ? rc : E_MALFORMED);
		k->files++;
		k->t.interchanges += t.interchanges;
		k->t.groups += t.groups;
		k->t.sets += t.sets;
		k->t.sets_rejected += t.sets_rejected;
		k->t.segments += t.segments;
		k->t.errors += t.errors;
		k->t.warnings += t.warnings;
	}
	x12_file_close(&f);
	return rc;
}

/* ---- JSON ---- */

static void
kind_json(struct counting *k, enum x12_stat kind, struct buf *b)
{
	struct x12_stat_row *v = NULL;
	int n = x12_stats_top(&k->w->line, k->s, kind, (size_t)k->limit, &v);

	buf_fmt(b, ",\"%s\":[", kinds[kind].name);
	for (int i = 0; i < n; i++) {
		buf_cstr(b, i ? ",{\"name\":" : "{\"name\":");
		x12_json_str(b, v[i].name);
		buf_fmt(b, ",\"count\":%lld", (long long)v[i].n);
		if (kinds[kind].money)
			x12_json_put(b, "charges", cents_text(&k->w->line, v[i].cents));
		buf_ch(b, '}');
	}
	buf_ch(b, ']');
}

static int
as_json(struct counting *k)
{
	const struct x12_stats_sum *s = x12_stats_sum(k->s);
	struct arena *a = &k->w->line;
	struct buf b;

	buf_init(&b, a);
	buf_fmt(&b, "{\"files\":%zu,\"interchanges\":%zu,\"groups\":%zu,\"sets_read\":%zu,\"sets_rejected\":%zu,\"segments\":%zu",
	    k->files, k->t.interchanges, k->t.groups, k->t.sets, k->t.sets_rejected, k->t.segments);
	buf_fmt(&b, ",\"claims\":%lld,\"lines\":%lld", (long long)s->claims, (long long)s->lines);
	x12_json_put(&b, "charges", cents_text(a, s->charges));
	x12_json_put(&b, "paid", cents_text(a, s->paid));
	if (s->first != DAY_NONE)
		x12_json_put(&b, "first_service", day_iso(a, s->first));
	if (s->last != DAY_NONE)
		x12_json_put(&b, "last_service", day_iso(a, s->last));
	buf_fmt(&b, ",\"errors\":%zu,\"warnings\":%zu,\"names_not_kept\":%lld", k->t.errors, k->t.warnings,
	    (long long)s->unnamed);
	for (int i = 0; i < X12_STATS; i++)
		kind_json(k, (enum x12_stat)i, &b);
	buf_ch(&b, '}');
	return x12_line(k->w, &b);
}

/* ---- text ---- */

static void
kind_text(struct counting *k, enum x12_stat kind, struct buf *b)
{
	const struct ui_col cols[] = { { kinds[kind].title, false, true }, { "count", true, false }, { "charges", true, false } };
	struct x12_stat_row *v = NULL;
	int n = x12_stats_top(&k->w->line, k->s, kind, (size_t)k->limit, &v);
	struct ui_table t;

	if (n <= 0)
		return;
	ui_table_init(&t, &k->w->line, cols, kinds[kind].money ? 3 : 2);
	for (int i = 0; i < n; i++) {
		ui_cell(&t, v[i].name);
		ui_cell_num(&t, v[i].n);
		if (kinds[kind].money)
			ui_cell(&t, ui_money(&k->w->line, v[i].cents));
	}
	buf_ch(b, '\n');
	ui_table_put(&t, &k->w->c->ui, b);
}

static int
as_text(struct counting *k)
{
	const struct x12_stats_sum *s = x12_stats_sum(k->s);
	struct arena *a = &k->w->line;
	struct buf b;

	buf_init(&b, a);
	buf_fmt(&b, "%zu files, %zu interchanges, %zu groups, %zu sets (%zu rejected), %zu segments\n", k->files,
	    k->t.interchanges, k->t.groups, k->t.sets, k->t.sets_rejected, k->t.segments);
	buf_fmt(&b, "%lld claims, %lld lines, charges " STR_FMT, (long long)s->claims, (long long)s->lines,
	    STR_ARG(ui_money(a, s->charges)));
	if (s->paid)
		buf_fmt(&b, ", paid " STR_FMT, STR_ARG(ui_money(a, s->paid)));
	if (s->first != DAY_NONE && s->last != DAY_NONE)
		buf_fmt(&b, ", service " STR_FMT " to " STR_FMT, STR_ARG(day_iso(a, s->first)), STR_ARG(day_iso(a, s->last)));
	buf_fmt(&b, "\n%zu errors, %zu warnings\n", k->t.errors, k->t.warnings);
	for (int i = 0; i < X12_STATS; i++)
		kind_text(k, (enum x12_stat)i, &b);
	if (s->unnamed)
		buf_fmt(&b, "\n%lld names and codes were not kept: there are more than %d\n", (long long)s->unnamed,
		    X12_STATS_NAMES);
	if (b.n && b.p[b.n - 1] == '\n')
		b.n--;
	return x12_line(k->w, &b);
}

int
x12_word_stats(struct x12_words *w)
{
	struct counting k = { .w = w, .s = x12_stats_open(&w->c->a) };
	int64_t range[2] = { 1, X12_STATS_NAMES };
	int rc;

	if (!k.s)
		return cli_fail(w->c, CLI_OS, "%s", err_text(E_NOMEM));
	if (w->show)
		x12_stats_raw(k.s);
	if (opt_int(&w->c->opts, "limit", SHOWN, range, &k.limit) < 0)
		return cli_usage(w->c, "--limit wants a number from 1 to 65536");
	for (int i = 0; i < w->c->argc; i++)
		x12_worse(w, one_file(&k, w->c->argv[i]));
	rc = w->json ? as_json(&k) : as_text(&k);
	return rc < 0 && w->out.rc == 0 ? CLI_OS : CLI_OK;
}
