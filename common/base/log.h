/*
 * log - one line on stderr per event, text or JSON. For daemons and the command line; domain code never logs.
 *
 * Contract for callers: ids, counts, names of partners, files and states. Never patient data, never a
 * value out of an input. The message and the keys are literals of our own.
 *
 *	log_text(LOG_INFO, "drained");
 *	log_line(LOG_INFO, "interchange sent", LOG_STR("partner", p), LOG_NUM("claims", n));
 */
#ifndef CLAIMLINE_LOG_H
#define CLAIMLINE_LOG_H

#include "base/base.h"

enum log_level { LOG_DEBUG, LOG_INFO, LOG_WARN, LOG_ERROR };
enum log_form { LOG_AS_TEXT, LOG_AS_JSON };

struct log_kv {
	const char	*key;
	bool		 is_num;
	struct str	 s;		/* cut after 512 bytes; control bytes and bad UTF-8 are escaped */
	int64_t		 i;
};

#define LOG_STR(key, str)	{ (key), false, (str), 0 }
#define LOG_CSTR(key, cstr)	{ (key), false, str_of(cstr), 0 }
#define LOG_NUM(key, num)	{ (key), true, STR_NONE, (int64_t)(num) }
#define LOG_ERR(rc)		LOG_CSTR("error", err_name(rc)), LOG_CSTR("means", err_text(rc))

/* Once, before the first line; program and instance must outlive the process. Before it: info, text. */
void		log_open(enum log_level, enum log_form, const char *program, const char *instance);
enum log_level	log_level_of(struct str name);		/* "debug" ...; LOG_INFO for anything else */

void		log_write(enum log_level, const char *msg, const struct log_kv *kv, size_t n);
#define log_text(level, msg)	log_write((level), (msg), NULL, 0)
#define log_line(level, msg, ...) \
	log_write((level), (msg), (const struct log_kv[]){ __VA_ARGS__ }, \
	    sizeof((const struct log_kv[]){ __VA_ARGS__ }) / sizeof(struct log_kv))

/*
 * One gate per place that may repeat: true at most once a second. held then says how often it was
 * shut since the line before; start with a zeroed gate.
 */
struct log_gate { int64_t next_ms; uint64_t shut, held; };
bool		log_gate_open(struct log_gate *);

int64_t		mono_ms(void);		/* of a clock that nobody sets; for domain code there is none */

#endif
