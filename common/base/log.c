/*
 * log.c - log lines in one write(2) each, so that lines of several processes on one stderr do not mix.
 * The one place with process-wide state besides the signal flags: level, form and names, set once.
 * Never allocates, never fails, never blocks a caller on formatting errors.
 */
#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAX_BYTES	4096
#define VALUE_MAX_BYTES	512
#define TAIL_BYTES	32	/* kept free for what closes a line that was cut */

static struct {
	enum log_level	 level;
	enum log_form	 form;
	const char	*program, *instance;
} now = { LOG_INFO, LOG_AS_TEXT, "claimline", "" };

static const char *const level_names[] = { "debug", "info", "warn", "error" };

void
log_open(enum log_level level, enum log_form form, const char *program, const char *instance)
{
	now.level = level;
	now.form = form;
	now.program = program ? program : "claimline";
	now.instance = instance ? instance : "";
}

enum log_level
log_level_of(struct str name)
{
	for (int i = 0; i < (int)(sizeof level_names / sizeof *level_names); i++)
		if (str_is(name, level_names[i]))
			return (enum log_level)i;
	return LOG_INFO;
}

/* ---- a line being built; what does not fit is left out, whole pairs at a time ---- */

struct out {
	char	b[LINE_MAX_BYTES];
	size_t	n;
	bool	full;
};

static void
put(struct out *o, const char *p, size_t n)
{
	if (o->full || n > sizeof o->b - TAIL_BYTES - o->n) {
		o->full = true;
		return;
	}
	memcpy(o->b + o->n, p, n);
	o->n += n;
}

static void put_fmt(struct out *, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void
put_fmt(struct out *o, const char *fmt, ...)
{
	char t[128];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(t, sizeof t, fmt, ap);
	va_end(ap);
	if (n > 0)
		put(o, t, (size_t)n < sizeof t ? (size_t)n : sizeof t - 1);
}

/* The same escapes in both forms: a text value is a JSON string too, so one parser reads either. */
static void
put_escaped(struct out *o, struct str s)
{
	const unsigned char *p = (const unsigned char *)s.p;
	size_t n = s.n < VALUE_MAX_BYTES ? s.n : VALUE_MAX_BYTES, len;

	for (size_t i = 0; i < n; i += len) {
		len = 1;
		if (p[i] == '"' || p[i] == '\\')
			put_fmt(o, "\\%c", p[i]);
		else if (p[i] < 0x20 || p[i] == 0x7f)
			put_fmt(o, "\\u%04x", p[i]);
		else if (p[i] < 0x80)
			put(o, s.p + i, 1);
		else if ((len = str_utf8_at(p + i, n - i)) > 0)
			put(o, s.p + i, len);
		else
			put_fmt(o, "\\ufffd"), len = 1;
	}
}

static bool
needs_quotes(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] == '"' || s.p[i] == '=' || s.p[i] == '\\' || s.p[i] >= 0x7f)
			return true;
	return s.n == 0 || s.n > VALUE_MAX_BYTES;
}

static void
put_pair(struct out *o, const struct log_kv *kv, bool json)
{
	bool quotes = json || needs_quotes(kv->s);
	size_t before = o->n;

	put_fmt(o, json ? ",\"%s\":" : " %s=", kv->key);
	if (kv->is_num) {
		put_fmt(o, "%lld", (long long)kv->i);
	} else {
		put(o, "\"", quotes);
		put_escaped(o, kv->s);
		put(o, "\"", quotes);
	}
	if (o->full)
		o->n = before;
}

static void
put_time(struct out *o)
{
	struct timespec ts;
	struct tm tm;

	(void)clock_gettime(CLOCK_REALTIME, &ts);
	(void)gmtime_r(&ts.tv_sec, &tm);
	put_fmt(o, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
	    tm.tm_hour, tm.tm_min, tm.tm_sec, (int)(ts.tv_nsec / 1000000));
}

static void
put_head(struct out *o, enum log_level level, const char *msg, bool json)
{
	put_fmt(o, "%s", json ? "{\"time\":\"" : "");
	put_time(o);
	if (json) {
		put_fmt(o, "\",\"level\":\"%s\",\"program\":\"", level_names[level]);
		put_escaped(o, str_of(now.program));
		put_fmt(o, "\",\"instance\":\"");
		put_escaped(o, str_of(now.instance));
		put_fmt(o, "\",\"message\":\"");
		put_escaped(o, str_of(msg));
		put_fmt(o, "\"");
		return;
	}
	put_fmt(o, " %-5s %s", level_names[level], now.program);
	if (now.instance[0])
		put_fmt(o, "[%s]", now.instance);
	put_fmt(o, " ");
	put_escaped(o, str_of(msg));
}

void
log_write(enum log_level level, const char *msg, const struct log_kv *kv, size_t n)
{
	bool json = now.form == LOG_AS_JSON;
	struct out o;
	const char *tail;

	if (level < now.level)
		return;
	o.n = 0;
	o.full = false;
	put_head(&o, level, msg, json);
	for (size_t i = 0; i < n; i++)
		put_pair(&o, &kv[i], json);
	tail = json ? o.full ? ",\"cut\":true}\n" : "}\n" : o.full ? " cut=true\n" : "\n";
	memcpy(o.b + o.n, tail, strlen(tail));		/* TAIL_BYTES are free */
	o.n += strlen(tail);
	if (write(STDERR_FILENO, o.b, o.n) < 0)
		return;					/* nobody to tell */
}

int64_t
mono_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

bool
log_gate_open(struct log_gate *g)
{
	int64_t ms = mono_ms();

	if (ms < g->next_ms) {
		g->shut++;
		return false;
	}
	g->next_ms = ms + 1000;
	g->held = g->shut;
	g->shut = 0;
	return true;
}
