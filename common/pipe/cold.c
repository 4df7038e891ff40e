/* cold.c - bodies back from the archive. Says why not; never makes a body up, and changes nothing. */
#include "pipe/cold.h"
#include "pipe/store_impl.h"

#include "archive/io_archive.h"

#include <stdio.h>

static int
away(struct cold_shelf *c, const char *words)
{
	(void)snprintf(c->why, sizeof c->why, "%s", words);
	return E_AWAY;
}

int
cold_load(struct cold_shelf *c, struct str folder, struct arena *a, struct snapshot *s)
{
	struct archive_body b;
	int rc = 0;

	c->lost = false;
	if (!s->cold)
		return 0;
	if (folder.n == 0)
		return away(c, "audit.archive is empty: this program does not know where bodies are");
	if (!c->r)
		rc = archive_reader_open(&c->r, arena_str(a, folder).p);
	if (rc >= 0)
		rc = archive_get(c->r, s->w.id, s->archived, a, &b);
	if (rc == E_NOMEM)
		return rc;
	c->lost = rc < 0 ? archive_is_lost(c->r) : b.part[PART_INGEST].n == 0;
	if (rc < 0)
		return away(c, archive_why(c->r));
	if (c->lost)
		return away(c, "the archive has a body without its beginning");
	for (int p = 0; p < PART_COUNT; p++)
		if (store_is_archived((enum rec_part)p))
			s->w.part[p] = b.part[p];
	return 0;
}

int
cold_thaw(struct arena *a, bool zstd, struct work *w)
{
	for (int p = 0; p < PART_COUNT; p++) {
		struct str raw;
		int rc;

		if (!store_is_archived((enum rec_part)p) || w->part[p].n == 0)
			continue;
		w->dirty |= 1u << p;
		if (part_open(a, w->part[p], &raw) < 0)
			continue;			/* as it was archived: what it is worth is for others to say */
		rc = part_seal(a, raw, zstd, &w->part[p]);
		if (rc < 0)
			return rc;
	}
	return 0;
}

bool
cold_is_of(struct arena *a, struct str folder, struct str id)
{
	char is[ARCHIVE_ID + 1];

	return archive_id_of(arena_str(a, folder).p, is) == 0 && str_is(id, is);
}

void
cold_close(struct cold_shelf *c)
{
	archive_reader_close(c->r);
	c->r = NULL;
}
