/* send.c - the pure side of sending: parts of large inputs, and what answers say. */
#include "claimline/send.h"

#include <string.h>

bool
send_is_ndjson(struct str path)
{
	static const char *const ends[] = { ".ndjson", ".jsonl" };

	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
		size_t n = strlen(ends[i]);

		if (path.n > n && memcmp(path.p + path.n - n, ends[i], n) == 0)
			return true;
	}
	return false;
}

static int
add_part(struct arena *a, struct send_part **out, size_t *n, struct str bytes, size_t first_line)
{
	struct send_part *p = arena_push(a, *out, *n);

	if (!p)
		return E_NOMEM;
	*p = (struct send_part){ bytes, first_line };
	return 0;
}

int
send_split(struct arena *a, struct str bytes, size_t max_bytes, size_t max_lines, struct send_part **out, size_t *n)
{
	size_t begin = 0, lines = 0, line = 1, first = 1, at = 0;
	int rc = 0;

	*out = NULL;
	*n = 0;
	while (at < bytes.n && rc == 0) {
		const char *nl = memchr(bytes.p + at, '\n', bytes.n - at);
		size_t next = nl ? (size_t)(nl - bytes.p) + 1 : bytes.n;

		if (lines && (lines == max_lines || next - begin > max_bytes)) {
			rc = add_part(a, out, n, (struct str){ bytes.p + begin, at - begin }, first);
			begin = at;
			first = line;
			lines = 0;
		}
		lines++;
		line++;
		at = next;
	}
	if (rc == 0 && (begin < bytes.n || *n == 0))
		rc = add_part(a, out, n, (struct str){ bytes.p + begin, bytes.n - begin }, first);
	return rc;
}

static struct str
text_of(struct arena *a, json_t *o, const char *key)
{
	json_t *v = json_object_get(o, key);

	return json_is_string(v) ? arena_str(a, (struct str){ json_string_value(v), json_string_length(v) }) : STR_NONE;
}

static void
read_rows(struct arena *a, json_t *list, struct sent_file *f)
{
	json_t *o;
	size_t i;

	json_array_foreach(list, i, o) {
		struct sent_row *row = arena_push(a, f->rows, f->n_rows);

		if (row)
			*row = (struct sent_row){ text_of(a, o, "id"), text_of(a, o, "result"), text_of(a, o, "state"),
			    text_of(a, o, "error") };
	}
}

static void
read_faults(struct arena *a, json_t *list, size_t first_line, struct sent_file *f)
{
	json_t *o;
	size_t i;

	json_array_foreach(list, i, o) {
		struct fault *x = arena_push(a, f->faults, f->n_faults);
		struct str place = text_of(a, o, "place");

		if (!x)
			return;
		if (first_line > 1)
			place = arena_fmt(a, STR_FMT " (counted from line %zu)", STR_ARG(place), first_line);
		*x = (struct fault){ 0, place, text_of(a, o, "words"), text_of(a, o, "fix") };
	}
}

bool
send_is_good(const struct sent_file *f)
{
	return (str_is(f->verdict, "accepted") || str_is(f->verdict, "known")) && f->refused == 0 && f->n_faults == 0;
}

/* The worst part decides about the file. */
static int
badness(struct str verdict)
{
	static const char *const order[] = { "", "known", "accepted", "conflict", "refused", "unanswered", "unread" };

	for (int i = 0; i < (int)(sizeof order / sizeof *order); i++)
		if (str_is(verdict, order[i]))
			return i;
	return 4;
}

bool
send_read_answer(struct arena *a, struct str verdict, struct str text, size_t first_line, struct sent_file *f)
{
	json_error_t err;
	json_t *o = text.n ? json_loadb(text.p, text.n, 0, &err) : NULL;
	struct str why;

	if (!json_is_object(o)) {
		json_decref(o);
		return false;
	}
	read_rows(a, json_object_get(o, "encounters"), f);
	read_faults(a, json_object_get(o, "faults"), first_line, f);
	f->refused += (size_t)json_integer_value(json_object_get(o, "refused"));
	why = text_of(a, o, "error");
	if (why.n && f->n_faults == 0) {
		struct fault *x = arena_push(a, f->faults, f->n_faults);

		if (x)
			*x = (struct fault){ 0, S("input"), why, STR_NONE };
	}
	if (badness(verdict) > badness(f->verdict))
		f->verdict = arena_str(a, verdict);
	json_decref(o);
	return true;
}
