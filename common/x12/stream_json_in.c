/*
 * stream_json_in.c - generic lines of stream_json back to segments, with trailers counted anew. A value that holds a
 * separator is refused: it could not be told from the separator any more.
 */
#include "base/js.h"
#include "x12/stream_json.h"

#define ISA_ELEMENTS	16
#define TEXT_ROOM	32
#define NEST_MOST	20

struct x12_unjson {
	struct faults	*f;
	x12_line_fn	*line;
	void		*self;
	struct arena	 a;			/* of the line at hand */
	struct buf	 b;
	struct js	 j;
	char		 elem, comp, rep, term;
	struct str	 el[LIMIT_ELEMENTS + 2];
	unsigned	 n;			/* last element that is filled */
	int64_t		 n_line, n_segs, n_sets, n_groups;
	bool		 in_ic, in_group, in_set;
	char		 isa13[TEXT_ROOM], gs06[TEXT_ROOM], st02[TEXT_ROOM];
	int		 rc;
};

struct x12_unjson *
x12_unjson_open(struct arena *a, struct faults *f, x12_line_fn *line, void *self)
{
	struct x12_unjson *u = arena_alloc(a, sizeof *u);

	if (!u)
		return NULL;
	*u = (struct x12_unjson){ .f = f, .line = line, .self = self };
	arena_init(&u->a, (size_t)256 << 20);
	return u;
}

static bool
refuse(struct x12_unjson *u, const char *words, const char *fix)
{
	if (u->rc == 0)
		u->rc = fault_add(u->f, E_VALUE, arena_fmt(u->f->a, "line %lld", (long long)u->n_line),
		    str_of(words), str_of(fix));
	return false;
}

static void
hold(char to[TEXT_ROOM], struct str s)
{
	s = str_trim(s);
	memset(to, 0, TEXT_ROOM);
	if (s.n && s.n < TEXT_ROOM)
		memcpy(to, s.p, s.n);
}

/* ---- segments out ---- */

static void
write(struct x12_unjson *u)
{
	for (unsigned i = 0; i <= u->n; i++) {
		if (i)
			buf_ch(&u->b, u->elem);
		buf_str(&u->b, u->el[i]);
	}
	buf_ch(&u->b, u->term);
	if (u->term != '\n')
		buf_ch(&u->b, '\n');
	u->n_segs++;
}

static void
trailer(struct x12_unjson *u, const char *id, int64_t n, const char *control)
{
	buf_fmt(&u->b, "%s%c%lld%c%s%c%s", id, u->elem, (long long)n, u->elem, control, u->term, u->term == '\n' ? "" : "\n");
}

static void
set_close(struct x12_unjson *u)
{
	if (u->in_set)
		trailer(u, "SE", u->n_segs + 1, u->st02);
	u->in_set = false;
}

static void
group_close(struct x12_unjson *u)
{
	set_close(u);
	if (u->in_group)
		trailer(u, "GE", u->n_sets, u->gs06);
	u->in_group = false;
}

static void
interchange_close(struct x12_unjson *u)
{
	group_close(u);
	if (u->in_ic)
		trailer(u, "IEA", u->n_groups, u->isa13);
	u->in_ic = false;
}

/* ---- values in ---- */

static bool
holds(struct str v, char c)
{
	return c && c != ' ' && v.n && memchr(v.p, c, v.n);
}

static bool
one_text(struct x12_unjson *u, struct buf *b)
{
	struct str v;

	if (!js_string(&u->j, &v))
		return refuse(u, "a value that is neither a text, a list, repeat nor hex", "write it as to-json does");
	if (holds(v, u->elem) || holds(v, u->term) || holds(v, u->comp) || holds(v, u->rep))
		return refuse(u, "a value holds a separator of its interchange", "take it out, or choose other separators");
	buf_str(b, v);
	return true;
}

static bool
composite(struct x12_unjson *u, struct buf *b)
{
	bool first = true, good = true;

	if (js_kind(&u->j) != JS_ARRAY)
		return one_text(u, b);
	if (!js_open(&u->j))
		return refuse(u, "is not JSON", "write one object a line");
	while (js_element(&u->j) && good) {
		if (!first)
			buf_ch(b, u->comp);
		first = false;
		good = one_text(u, b);
	}
	return good;
}

static int
nibble(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool
hex(struct x12_unjson *u, struct buf *b)
{
	struct str v;

	if (!js_string(&u->j, &v) || v.n % 2)
		return refuse(u, "hex that is none", "write two digits a byte");
	for (size_t i = 0; i < v.n; i += 2) {
		int hi = nibble(v.p[i]), lo = nibble(v.p[i + 1]);

		if (hi < 0 || lo < 0)
			return refuse(u, "hex that is none", "write two digits a byte");
		buf_ch(b, (char)(hi << 4 | lo));
	}
	return true;
}

static bool
repeats(struct x12_unjson *u, struct buf *b)
{
	bool first = true, good = true;

	if (!u->rep || u->rep == ' ')
		return refuse(u, "a repeat in an interchange without a separator for it", "name one in separators");
	if (js_kind(&u->j) != JS_ARRAY || !js_open(&u->j))
		return refuse(u, "repeat wants a list", "write it as to-json does");
	while (js_element(&u->j) && good) {
		if (!first)
			buf_ch(b, u->rep);
		first = false;
		good = composite(u, b);
	}
	return good;
}

static bool
value(struct x12_unjson *u, struct str *out)
{
	struct str name;
	struct buf b;
	bool good = true;

	buf_init(&b, &u->a);
	if (js_kind(&u->j) != JS_OBJECT) {
		good = composite(u, &b);
	} else {
		if (!js_open(&u->j))
			return refuse(u, "is not JSON", "write one object a line");
		while (js_member(&u->j, &name) && good)
			good = str_is(name, "repeat") ? repeats(u, &b) : str_is(name, "hex") ? hex(u, &b) :
			    refuse(u, "a body that was too long to be told", "send it otherwise");
	}
	*out = buf_view(&b);
	return good;
}

/* "NM103 last name": the number behind the segment's id. */
static bool
element_at(struct str name, struct str id, unsigned *at)
{
	int64_t n;

	name = str_cut(&name, ' ');
	if (!id.n || !str_starts(name, id) || !str_to_int((struct str){ name.p + id.n, name.n - id.n }, &n) || n < 1 ||
	    n > LIMIT_ELEMENTS)
		return false;
	*at = (unsigned)n;
	return true;
}

static void
fresh(struct x12_unjson *u)
{
	for (unsigned i = 0; i <= u->n; i++)
		u->el[i] = STR_NONE;
	u->n = 0;
}

static bool content(struct x12_unjson *, unsigned depth);

/* A segment or a loop; its object is open. */
static bool
item(struct x12_unjson *u, unsigned depth)
{
	struct str name;
	unsigned at;
	bool good = true, segment = false;

	fresh(u);
	while (good && js_member(&u->j, &name)) {
		if (str_is(name, "segment")) {
			segment = good = js_string(&u->j, &u->el[0]) && u->el[0].n >= 1 && u->el[0].n <= 15;
		} else if (str_is(name, "content")) {
			good = content(u, depth + 1);
		} else if (segment && element_at(name, u->el[0], &at)) {
			good = value(u, &u->el[at]);
			u->n = at > u->n ? at : u->n;
		} else {
			good = js_skip(&u->j);
		}
	}
	if (!good)
		return refuse(u, "a segment or loop that is none", "write it as to-json does");
	if (segment)
		write(u);
	return true;
}

static bool
content(struct x12_unjson *u, unsigned depth)
{
	bool good = true;

	if (!u->in_set || depth > NEST_MOST || js_kind(&u->j) != JS_ARRAY || !js_open(&u->j))
		return refuse(u, "content outside of a set, or nested too deep",
		    "let lines of interchange, group and set come before");
	while (good && js_element(&u->j))
		good = js_kind(&u->j) == JS_OBJECT && js_open(&u->j) && item(u, depth);
	return good;
}

/* ---- lines ---- */

static bool
texts(struct x12_unjson *u, const char *id)
{
	bool good = js_kind(&u->j) == JS_ARRAY && js_open(&u->j);

	fresh(u);
	u->el[0] = str_of(id);
	while (good && js_element(&u->j)) {
		good = u->n < ISA_ELEMENTS && js_string(&u->j, &u->el[u->n + 1]);
		u->n += good;
	}
	return good ? true : refuse(u, "the elements of an envelope are no list of texts", "write it as to-json does");
}

static bool
isa(struct x12_unjson *u, struct str seps)
{
	static const unsigned char width[] = { 2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1 };

	if (seps.n != 4 || u->n != ISA_ELEMENTS)
		return refuse(u, "an interchange without its 16 elements and 4 separators", "write it as to-json does");
	u->elem = seps.p[0];
	u->comp = seps.p[1];
	u->rep = seps.p[2];
	u->term = seps.p[3];
	for (unsigned i = 0; i < ISA_ELEMENTS; i++) {
		if (u->el[i + 1].n > width[i])
			return refuse(u, "an element of ISA that is too long", "shorten it");
		if (u->el[i + 1].n < width[i])
			u->el[i + 1] = arena_fmt(&u->a, "%-*.*s", (int)width[i], STR_ARG(u->el[i + 1]));
	}
	hold(u->isa13, u->el[13]);
	u->n_groups = 0;
	u->in_ic = true;
	write(u);
	return true;
}

static bool
gs(struct x12_unjson *u)
{
	if (!u->in_ic || u->n < 8)
		return refuse(u, "a group outside of an interchange, or without its 8 elements", "write it as to-json does");
	group_close(u);
	hold(u->gs06, u->el[6]);
	u->n_sets = 0;
	u->n_groups++;
	u->in_group = true;
	write(u);
	return true;
}

static bool
st(struct x12_unjson *u)
{
	if (!u->in_group || u->n < 2)
		return refuse(u, "a set outside of a group, or without its control number", "write it as to-json does");
	set_close(u);
	hold(u->st02, u->el[2]);
	u->n_segs = 0;
	u->n_sets++;
	u->in_set = true;
	write(u);
	return true;
}

static bool
ta1(struct x12_unjson *u)
{
	if (!u->in_ic)
		return refuse(u, "a TA1 outside of an interchange", "write it as to-json does");
	group_close(u);			/* it may stand behind the groups, as pyx12 has it */
	write(u);
	return true;
}

static bool
members(struct x12_unjson *u)
{
	struct str name, seps = STR_NONE;
	bool good = true, is_isa = false, known = false;

	while (good && js_member(&u->j, &name)) {
		bool one = true;

		if (str_is(name, "interchange")) {
			interchange_close(u);
			is_isa = good = texts(u, "ISA");
		} else if (str_is(name, "separators")) {
			good = js_string(&u->j, &seps);
		} else if (str_is(name, "ta1")) {
			good = texts(u, "TA1") && ta1(u);
		} else if (str_is(name, "group")) {
			good = texts(u, "GS") && gs(u);
		} else if (str_is(name, "set")) {
			good = texts(u, "ST") && st(u);
		} else if (str_is(name, "content")) {
			good = content(u, 0);
		} else {
			one = false;
			good = js_skip(&u->j);
		}
		known = known || one;
	}
	if (good && is_isa)
		good = isa(u, seps);
	return good && (known || refuse(u, "a line of no kind that can be written", "give lines that to-json wrote"));
}

int
x12_unjson_line(struct x12_unjson *u, struct str line)
{
	bool good;

	u->n_line++;
	arena_reset(&u->a);
	buf_init(&u->b, &u->a);
	u->j = js_of(&u->a, line);
	good = js_kind(&u->j) == JS_OBJECT && js_open(&u->j) && members(u) && js_done(&u->j);
	if (!good)
		(void)refuse(u, "is not JSON", "write one object a line");
	if (u->a.spent)
		u->rc = E_NOMEM;
	return u->rc < 0 ? u->rc : u->line(u->self, buf_view(&u->b));
}

int
x12_unjson_end(struct x12_unjson *u)
{
	int rc;

	arena_reset(&u->a);
	buf_init(&u->b, &u->a);
	if (u->rc == 0)
		interchange_close(u);
	rc = u->rc < 0 || !u->b.n ? u->rc : u->line(u->self, buf_view(&u->b));
	arena_free(&u->a);
	return rc;
}
