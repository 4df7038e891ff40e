/*
 * rules_partner_load.c - the file of a trading partner to rules, and rules to positions of the guides. Everything that
 * is wrong with the file is told with its line and what to write; nothing is judged here.
 */
#include "x12/rules_partner.h"

#include "base/conf.h"

#define VALUES_TOLD	8

struct loader {
	struct arena	*a;
	const struct x12_guides *g;
	struct x12_partner_rules *p;
	struct faults	*f;
	struct str	 file;
};

enum kind { KIND_NAMES, KIND_TEXTS, KIND_COUNT, KIND_PLACE, KIND_CODES, KIND_PAIR, KIND_CHARS, KIND_YES, KIND_SEPS };

static const struct { const char *key; uint8_t kind; } keys[] = {
#define RULE(key, kind, words) { #key, KIND_##kind },
#include "schemas/x12_partner.def"
};

static const struct { const char *name, *set, *guide; } shorts[] = {
#define TAKES(name, set, guide) { name, set, guide },
#include "schemas/x12_partner.def"
};

static const struct { const char *key, *instead; } ends[] = {
#define ENVELOPE(key, or, segment, element, ta105, words) { key, or },
#include "schemas/x12_partner.def"
};

static const struct { const char *key, *target; } values[] = {
#define VALUE(key, target, words) { key, target },
#include "schemas/x12_partner.def"
};

static const char *const others[] = {		/* keys of partner files that this check may pass over */
#define PARTNER(key, def, max, words) #key,
#include "schemas/partner.def"
};

static bool
complain(struct loader *l, const struct conf_pair *at, struct str words, struct str fix)
{
	(void)fault_add(l->f, E_CONF, arena_fmt(l->a, STR_FMT " line %d column %d", STR_ARG(l->file), at->line, at->column), words,
	    fix);
	return false;
}

/* ---- a rule as written ---- */

static bool
is_short(struct str name)
{
	for (size_t i = 0; i < sizeof shorts / sizeof *shorts; i++)
		if (str_is(name, shorts[i].name))
			return true;
	return false;
}

static bool
digits(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.n > 0;
}

static unsigned
number(struct str s)
{
	int64_t n;

	return digits(s) && s.n <= 2 && str_to_int(s, &n) ? (unsigned)n : 0;
}

static bool
is_segment_id(const struct loader *l, struct str s)
{
	uint32_t key = x12_key(s);

	for (size_t i = 0; key && i < l->g->n_known; i++)
		if (l->g->known[i] == key)
			return true;
	return false;
}

/* SEG, SEG*CODE, SEGnn, SEGnn-n, SEGnn*CODE. */
static bool
segment_in(struct loader *l, const struct conf_pair *at, struct str s, struct partner_rule *r)
{
	struct str id = str_cut(&s, '*');
	bool dash = id.n && memchr(id.p, '-', id.n);
	struct str head = str_cut(&id, '-');
	bool element = !is_segment_id(l, head) && head.n > 3;

	r->code = s;
	r->segment = element ? (struct str){ head.p, head.n - 2 } : head;
	r->el = element ? number((struct str){ head.p + head.n - 2, 2 }) : 0;
	r->comp = number(id);
	if (!is_segment_id(l, r->segment))
		return complain(l, at, arena_fmt(l->a, "%s: no segment that X12 has", r->text), S("write it as NM1, REF*2U, CLM05-1"));
	if ((element && !r->el) || (dash && (!r->comp || !element)))
		return complain(l, at, arena_fmt(l->a, "%s: no number of an element or component", r->text),
		    S("write two digits after the segment, then - and the component: CLM05-1"));
	return true;
}

static bool
place_in(struct loader *l, const struct conf_pair *at, struct str text, struct partner_rule *r)
{
	static const struct { const char *word; enum x12_severity is; } words[] = {
		{ "error", X12_ERROR }, { "warning", X12_WARNING }, { "note", X12_NOTE },
	};
	struct str rest = str_trim(text), all = rest, one = str_cut(&rest, ' ');

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (str_is(one, words[i].word)) {
			r->severity = words[i].is;
			all = rest = str_trim(rest);
			one = str_cut(&rest, ' ');
			break;
		}
	if (is_short(one) && str_trim(rest).n) {
		r->guide = one;
		all = rest = str_trim(rest);
		one = str_cut(&rest, ' ');
	}
	r->text = arena_str(l->a, all).p;
	r->loop = one;
	rest = str_trim(rest);
	if (!r->text || !one.n)
		return complain(l, at, S("no loop is named"), S("write a loop, or a loop and a segment: 2310B, 2010BB REF*2U"));
	if (memchr(rest.p, ' ', rest.n))
		return complain(l, at, arena_fmt(l->a, "%s: more words than a place has", r->text), S("write a loop and a segment only"));
	return !rest.n || segment_in(l, at, rest, r);
}

/* Codes by blanks, or by | where one is there. */
static bool
codes_in(struct loader *l, const struct conf_pair *at, struct str text, struct partner_rule *r)
{
	char by = memchr(text.p, '|', text.n) ? '|' : ' ';
	struct str *v = NULL, *one;
	size_t n = 0;

	while (text.n) {
		struct str code = str_trim(str_cut(&text, by));

		if (code.n && (one = arena_push(l->a, v, n)))
			*one = code;
	}
	r->values = v;
	r->n_values = n;
	if (!n)
		return complain(l, at, arena_fmt(l->a, "%s: no code is given", r->text),
		    S("write the codes after a colon: \"2300 CLM05-1: 11 12 21\""));
	return true;
}

static bool
pair_in(struct loader *l, const struct conf_pair *at, struct str text, struct partner_rule *r)
{
	struct str *v = arena_array(l->a, 2, sizeof *v), name = text, id = str_cut(&name, '=');

	if (!v)
		return false;
	v[0] = str_trim(id);
	v[1] = str_trim(name);
	r->values = v;
	r->n_values = 2;
	if (!v[0].n || !v[1].n || r->el || !(str_is(r->segment, "NM1") || str_is(r->segment, "N1")))
		return complain(l, at, arena_fmt(l->a, "%s: not an identifier and a name", r->text),
		    S("write \"2010BB NM1: 12345 = NAME\""));
	return true;
}

static void
rule_in(struct loader *l, const struct conf_pair *at, enum partner_key key)
{
	struct partner_rule r = { .key = key, .severity = X12_ERROR, .line = at->line, .column = at->column }, *to;
	struct str text = arena_str(l->a, at->value), place = text;
	bool is_place = keys[key].kind == KIND_PLACE;

	if (!is_place)
		place = str_cut(&text, ':');
	if (!place_in(l, at, place, &r))
		return;
	if (!is_place && !(keys[key].kind == KIND_PAIR ? pair_in(l, at, text, &r) : codes_in(l, at, text, &r)))
		return;
	if (keys[key].kind == KIND_CODES && !r.el) {
		(void)complain(l, at, arena_fmt(l->a, "%s: no element is named", r.text),
		    S("write two digits after the segment: CLM05-1"));
		return;
	}
	if (l->p->n == PARTNER_RULES) {
		(void)complain(l, at, S("more rules than a file may have"), arena_fmt(l->a, "keep %d at most", PARTNER_RULES));
		return;
	}
	to = arena_push(l->a, l->p->v, l->p->n);
	if (to)
		*to = r;
}

/* ---- single values ---- */

static void
chars_in(struct loader *l, const struct conf_pair *at, enum partner_key key)
{
	static const char basic[] = " !\"&'()*+,-./:;?=", extended[] = "%@[]_{}\\|<>~#$`^";
	bool lower = true;

	if (key == PARTNER_upper_case) {
		if (str_is(at->value, "no"))
			return;
		lower = str_is(at->value, "yes") ? false : complain(l, at, S("upper_case is neither yes nor no"), S("write yes or no"));
	} else if (!str_is(at->value, "basic") && !str_is(at->value, "extended")) {
		(void)complain(l, at, S("characters are neither basic nor extended"), S("write basic or extended"));
		return;
	}
	l->p->checks_chars = true;
	for (unsigned ch = 0; ch < 256; ch++) {
		bool is_lower = ch >= 'a' && ch <= 'z', is_basic = (ch >= '0' && ch <= '9') || (ch >= 'A' && ch <= 'Z') ||
		    (ch && ch < 128 && strchr(basic, (int)ch)), more = ch && ch < 128 && strchr(extended, (int)ch);
		bool extra = str_is(at->value, "extended") && (is_lower || more);

		l->p->chars[ch] &= key == PARTNER_upper_case ? lower || !is_lower : is_basic || extra;
	}
}

static void
seps_in(struct loader *l, const struct conf_pair *at)
{
	bool twice = false;

	for (size_t i = 0; i < at->value.n; i++)
		twice = twice || memchr(at->value.p + i + 1, at->value.p[i], at->value.n - i - 1);
	if (at->value.n != 4 || twice)
		(void)complain(l, at, S("separators are not four different characters"),
		    S("write those of element, component, repetition and segment: \"*:^~\""));
	else
		l->p->seps = arena_str(l->a, at->value);
}

static void
count_in(struct loader *l, const struct conf_pair *at, enum partner_key key)
{
	struct x12_partner_rules *p = l->p;
	int64_t n = 0, *to = key == PARTNER_max_claims ? &p->max_claims : key == PARTNER_max_sets ? &p->max_sets : &p->max_bytes;

	if (!str_to_int(at->value, &n) || n < 1)
		(void)complain(l, at, arena_fmt(l->a, "%s is not a number above 0", keys[key].key),
		    S("write a whole number, such as 5000"));
	else
		*to = n;
}

static void
name_in(struct loader *l, const struct conf_pair *at, enum partner_key key)
{
	struct str *to;

	if (key == PARTNER_takes && !is_short(at->value)) {
		(void)complain(l, at, S("a transaction that is not known"),
		    S("write 837P, 837I, 837D, 835 and so on: TAKES in x12_partner.def"));
		return;
	}
	if (key == PARTNER_takes)
		to = arena_push(l->a, l->p->takes, l->p->n_takes);
	else
		to = arena_push(l->a, l->p->versions, l->p->n_versions);
	if (to)
		*to = arena_str(l->a, at->value);
}

static void
key_in(struct loader *l, const struct conf_pair *at, enum partner_key key)
{
	switch ((enum kind)keys[key].kind) {
	case KIND_NAMES:
	case KIND_TEXTS:
		name_in(l, at, key);
		break;
	case KIND_COUNT:
		count_in(l, at, key);
		break;
	case KIND_CHARS:
	case KIND_YES:
		chars_in(l, at, key);
		break;
	case KIND_SEPS:
		seps_in(l, at);
		break;
	default:
		rule_in(l, at, key);
		break;
	}
}

/* ---- keys of partner files ---- */

static void
end_in(struct loader *l, const struct conf_pair *at)
{
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		if (str_is(at->key, ends[i].key))
			l->p->ends[i] = arena_str(l->a, at->value);
}

/* What is not given for the group is that of the interchange. */
static void
ends_close(struct loader *l, const struct conf_pairs *pairs)
{
	for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
		for (size_t k = 0; k < pairs->n && !l->p->ends[i].n; k++)
			if (*ends[i].instead && str_is(pairs->v[k].key, ends[i].instead))
				l->p->ends[i] = arena_str(l->a, pairs->v[k].value);
}

/* All values of a key become one rule: the element has one of them. */
static void
values_close(struct loader *l, const struct conf_pairs *pairs)
{
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		struct partner_rule r = { .key = PARTNER_allow, .severity = X12_ERROR }, *to;
		struct str *v = NULL, *one;
		size_t n = 0;

		for (size_t k = 0; k < pairs->n; k++)
			if (str_is(pairs->v[k].key, values[i].key) && pairs->v[k].value.n) {
				r.line = pairs->v[k].line;
				r.column = pairs->v[k].column;
				if ((one = arena_push(l->a, v, n)))
					*one = arena_str(l->a, pairs->v[k].value);
			}
		r.values = v;
		r.n_values = n;
		if (!n || !place_in(l, &(struct conf_pair){ .line = r.line }, str_of(values[i].target), &r))
			continue;
		r.guide = S("837");
		r.implied = true;
		if ((to = arena_push(l->a, l->p->v, l->p->n)))
			*to = r;
	}
}

static bool
is_other(struct str key)
{
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (str_is(key, others[i]))
			return true;
	return false;
}

static void
pair_of(struct loader *l, const struct conf_pairs *pairs, size_t i)
{
	const struct conf_pair *at = &pairs->v[i];

	for (int k = 0; k < PARTNER_KEYS; k++)
		if (str_is(at->key, keys[k].key)) {
			key_in(l, at, (enum partner_key)k);
			return;
		}
	if (is_other(at->key))
		end_in(l, at);
	else
		(void)complain(l, at, S("a key that partner rules do not have"),
		    S("the keys are the rows of schemas/x12_partner.def and schemas/partner.def"));
}

/* A name may be short: of these guides. */
bool
partner_names_guide(struct str name, const struct x12_guide *g)
{
	if (str_is(name, g->set))
		return true;
	for (size_t i = 0; i < sizeof shorts / sizeof *shorts; i++)
		if (str_is(name, shorts[i].name) && strcmp(shorts[i].set, g->set) == 0 &&
		    strncmp(shorts[i].guide, g->ids, strlen(shorts[i].guide)) == 0)
			return true;
	return false;
}

/* ---- what to do, told with each finding: made once ---- */

/* The values of the file are configuration: no patient's. */
static const char *
rule_fix(struct loader *l, const struct partner_rule *r)
{
	struct buf b;

	buf_init(&b, l->a);
	if (keys[r->key].kind == KIND_CODES) {
		buf_cstr(&b, "use ");
		for (size_t i = 0; i < r->n_values && i < VALUES_TOLD; i++)
			buf_fmt(&b, "%s" STR_FMT, i ? ", " : "", STR_ARG(r->values[i]));
		buf_fmt(&b, "%s, as line %d of the partner's file says", r->n_values > VALUES_TOLD ? " ..." : "", r->line);
	} else if (keys[r->key].kind == KIND_PAIR) {
		buf_fmt(&b, "write " STR_FMT ", as line %d of the partner's file says", STR_ARG(r->values[1]), r->line);
	} else {
		buf_fmt(&b, "%s, for line %d of the partner's file asks for it", r->key == PARTNER_require ? "add it" :
		    "take it out", r->line);
	}
	buf_ch(&b, 0);
	return b.p;
}

static void
fixes(struct loader *l)
{
	struct x12_partner_rules *p = l->p;

	for (size_t i = 0; i < p->n; i++)
		p->v[i].fix = rule_fix(l, &p->v[i]);
	for (size_t i = 0; i < PARTNER_ENDS; i++)
		p->end_fix[i] = arena_fmt(l->a, "write " STR_FMT ", which is %s in the partner's file, or send it to the partner it is "
		    "meant for", STR_ARG(p->ends[i]), ends[i].key).p;
}

int
x12_partner_load(struct arena *a, const struct x12_guides *g, struct str name, struct str yaml, struct x12_partner_rules **out,
    struct faults *f)
{
	struct x12_partner_rules *p = arena_alloc(a, sizeof *p);
	struct loader l = { a, g, p, f, arena_str(a, name) };
	struct conf_pairs pairs = { 0 };
	size_t before = f->n;
	int rc;

	*out = NULL;
	if (!p)
		return E_NOMEM;
	memset(p->chars, 1, sizeof p->chars);
	rc = conf_flat(a, yaml, &pairs, f);
	for (size_t i = before; i < f->n; i++)
		f->v[i].place = arena_fmt(a, STR_FMT " " STR_FMT, STR_ARG(name), STR_ARG(f->v[i].place));
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < pairs.n; i++)
		pair_of(&l, &pairs, i);
	ends_close(&l, &pairs);
	values_close(&l, &pairs);
	if (pairs.n == 0 && f->n == before)
		(void)fault_add(f, E_CONF, l.file, S("holds no rule"), S("write rules as config/partners/rules/example.yaml has them"));
	fixes(&l);
	if (!a->spent)
		partner_compile(a, g, p, l.file, f);
	if (a->spent)
		return E_NOMEM;
	if (f->n > before)
		return E_CONF;
	*out = p;
	return 0;
}

int64_t
x12_partner_max_bytes(const struct x12_partner_rules *p)
{
	return p->max_bytes;
}
