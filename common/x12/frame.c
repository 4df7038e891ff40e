/*
 * frame.c - the envelope of what we send: ISA, GS, ST and their trailers. Counts are those of the segments
 * written. Control numbers and the time come from the caller.
 */
#include "x12/wire.h"

#include <string.h>

#define MS_PER_DAY	INT64_C(86400000)

struct x12_when
x12_when_of(struct arena *a, int64_t ms)
{
	int64_t days = ms / MS_PER_DAY, minutes = ms % MS_PER_DAY / 60000;
	struct str ymd = day_ccyymmdd(a, (day_t)days);

	return (struct x12_when){ ymd.n == 8 ? (struct str){ ymd.p + 2, 6 } : STR_NONE, ymd,
	    arena_fmt(a, "%02lld%02lld", (long long)(minutes / 60), (long long)(minutes % 60)) };
}

static void
check_text(struct arena *a, struct faults *f, const char *name, struct str v, size_t max)
{
	bool ok = v.n > 0 && v.n <= max && v.p[0] != ' ';

	for (size_t i = 0; i < v.n; i++)
		ok = ok && (unsigned char)v.p[i] >= 0x20 && (unsigned char)v.p[i] < 0x7f && !memchr("*:^~", v.p[i], 4);
	if (!ok)
		(void)fault_add(f, E_VALUE, str_of(name), arena_fmt(a, "needs 1 to %zu plain characters, none of * : ^ ~", max),
		    S("correct the settings of this partner"));
}

/* 0, or E_VALUE with one fault for each thing no envelope can carry. */
int
x12_ends_check(struct arena *a, const struct x12_ends *x, struct faults *f)
{
	size_t before = f->n;

	check_text(a, f, "ISA05", x->isa05, 2);
	check_text(a, f, "ISA06", x->isa06, 15);
	check_text(a, f, "ISA07", x->isa07, 2);
	check_text(a, f, "ISA08", x->isa08, 15);
	check_text(a, f, "GS02", x->gs02, 15);
	check_text(a, f, "GS03", x->gs03, 15);
	if (x->usage != 'T' && x->usage != 'P')
		(void)fault_add(f, E_VALUE, S("ISA15"), S("is neither T (test) nor P (production)"), S("say which"));
	if (x->control < 1 || x->control > 999999999)
		(void)fault_add(f, E_VALUE, S("ISA13"), S("the control number is not 1 to 999999999"), S("give the next number"));
	if (x->at < 0 || x->at / MS_PER_DAY > 84000)
		(void)fault_add(f, E_VALUE, S("ISA09"), S("the time is not between 1970 and 2199"), S("give ms since 1970"));
	return f->n > before || f->more ? E_VALUE : 0;
}

static void
isa_put(struct x12_put *w, const struct x12_ends *x, const struct x12_when *t)
{
	buf_fmt(&w->b, "ISA*00*          *00*          *%-2.2s*%-15.15s*%-2.2s*%-15.15s*%.6s*%.4s*^*00501*%09lld*0*%c*:~\n",
	    arena_str(w->a, x->isa05).p, arena_str(w->a, x->isa06).p, arena_str(w->a, x->isa07).p,
	    arena_str(w->a, x->isa08).p, t->yymmdd.p, t->hhmm.p, (long long)x->control, x->usage);
}

int
x12_frame_open(struct x12_put *w, const struct x12_ends *x, const char *gs01, const char *guide)
{
	struct x12_when t = x12_when_of(w->a, x->at);

	if (w->a->spent)
		return E_NOMEM;
	isa_put(w, x, &t);
	if (!gs01)
		return 0;
	x12_put_seg(w, "GS");
	x12_put_c(w, 1, gs01);
	x12_put_id(w, 2, 0, x->gs02);
	x12_put_id(w, 3, 0, x->gs03);
	x12_put_id(w, 4, 0, t.ccyymmdd);
	x12_put_id(w, 5, 0, t.hhmm);
	x12_put_n(w, 6, x->control);
	x12_put_c(w, 7, "X");
	x12_put_c(w, 8, guide);
	x12_put_end(w, false);
	return 0;
}

/* n_sets 0: an interchange without a group (TA1). */
void
x12_frame_close(struct x12_put *w, const struct x12_ends *x, size_t n_sets)
{
	if (n_sets) {
		x12_put_seg(w, "GE");
		x12_put_n(w, 1, (int64_t)n_sets);
		x12_put_n(w, 2, x->control);
		x12_put_end(w, false);
	}
	x12_put_seg(w, "IEA");
	x12_put_c(w, 1, n_sets ? "1" : "0");
	x12_put_id(w, 2, 0, arena_fmt(w->a, "%09lld", (long long)x->control));
	x12_put_end(w, false);
}

void
x12_st_open(struct x12_put *w, const char *set, struct str st02, const char *guide)
{
	w->n_segs = 0;
	x12_put_seg(w, "ST");
	x12_put_c(w, 1, set);
	x12_put_id(w, 2, 0, st02);
	x12_put_c(w, 3, guide);
	x12_put_end(w, false);
}

/*
 * One wrong SE01 makes a receiver refuse the whole set, so segments are counted as they are written.
 */
void
x12_st_close(struct x12_put *w, struct str st02)
{
	x12_put_seg(w, "SE");
	x12_put_n(w, 1, (int64_t)w->n_segs + 1);
	x12_put_id(w, 2, 0, st02);
	x12_put_end(w, false);
}
