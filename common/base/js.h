/*
 * js - reading a JSON text (RFC 8259) forward, once, without a tree.
 *
 * jansson reads and writes wherever a tree is wanted (FHIR, answers, schemas). An encounter is read into its struct
 * member by member, and a tree of some 150 nodes that is taken down at once was two thirds of what reading one
 * cost. What this accepts is what jansson accepts, no more and no less, but for LIMIT_DEPTH: fuzz_js compares them.
 * A text that is not JSON is bad from the place it is found on, and every later call answers false or JS_BAD.
 */
#ifndef CLAIMLINE_JS_H
#define CLAIMLINE_JS_H

#include "base/base.h"

enum js_kind { JS_BAD, JS_NULL, JS_BOOL, JS_NUMBER, JS_STRING, JS_OBJECT, JS_ARRAY };
enum js_error { JS_GOOD, JS_SYNTAX, JS_SHORT, JS_UTF8, JS_DEEP, JS_TWICE };

struct js {
	const char	*start, *p, *end;
	struct arena	*a;		/* for strings with escapes */
	enum js_error	 error;
	unsigned	 depth;
	bool		 is_first;	/* no member of this object or array was read yet */
};

struct js	js_of(struct arena *, struct str text);	/* borrows text: strings without escapes stay in it */

enum js_kind	js_kind(struct js *);			/* of the value that begins here; reads nothing of it */
bool		js_string(struct js *, struct str *out);	/* decoded; never holds a NUL */
bool		js_number(struct js *, struct str *out);	/* as it is written */
bool		js_bool(struct js *, bool *out);
bool		js_skip(struct js *);			/* a value with all that is in it */

/* js_open at an object or array, then a member and its value until false: its end is read, or the text is bad. */
bool		js_open(struct js *);
bool		js_member(struct js *, struct str *name);
bool		js_element(struct js *);

bool		js_done(struct js *);			/* nothing but blanks is left, and the text was good */
bool		js_twice(struct js *);			/* the caller saw this name before; false */
void		js_place(const struct js *, unsigned *line, unsigned *column);	/* of the end of what is bad; in
							   characters, from 1 */

#endif
