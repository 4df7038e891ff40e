/*
 * clb - the bytes of a code book, as schemas/codebook.md describes them: what writer and reader share.
 * Everything is little-endian and read byte by byte or through these; no struct lies in the file.
 */
#ifndef CLAIMLINE_CLB_H
#define CLAIMLINE_CLB_H

#include "codebook/codebook.h"

#define CLB_MAGIC	"\x89" "CLB\r\n\x1a\n"
#define CLB_VERSION	1u
#define CLB_ORDER	0x01020304u
#define CLB_NAME	24		/* bytes of a name, NUL-padded */
#define CLB_ID		96

/* Header: offsets of its fields. */
enum { H_MAGIC = 0, H_VERSION = 8, H_ORDER = 12, H_SIZE = 16, H_TABLES = 24, H_COLS = 28, H_DIR = 32, H_TEXT = 40,
    H_TEXT_SIZE = 48, H_PTP = 56, H_ID = 72, H_SUM_DIR = 168, H_SUM_REST = 176, H_SUM_HEAD = 184, HEAD_SIZE = 192 };
/* Directory: a table, then further down a column. H_PTP holds one offset for each setting. */
enum { T_NAME = 0, T_ROWS = 24, T_COLS = 28, T_FLAGS = 32, T_SLOTS_N = 36, T_DATES = 40, T_SLOTS = 48, T_SIZE = 56 };
enum { C_NAME = 0, C_KIND = 24, C_WIDTH = 25, C_OFF = 32, C_SIZE = 40 };
#define T_SELECTION	1u		/* the table is a selection, not the whole */
/* PTP of a setting, offsets from its begin. */
enum { P_CODES_N = 0, P_PAIRS_N = 4, P_SETS_N = 8, P_WINDOWS_N = 12, P_WORDS_N = 16, P_SLOTS_N = 20, P_LINES_N = 24, P_PROBE = 28,
    P_ROWS = 32, P_SIZE = 40, P_CODES = 48, P_SLOTS = 56, P_LINES = 64, P_SETS = 72, P_WINDOWS = 80, P_WORDS = 88, P_HEAD = 96 };
/* A line of the hash of pairs: ten pairs, the low 16 bits of their sets, three more bits for each. */
enum { L_PAIRS = 0, L_LOW = 40, L_HIGH = 60, L_SIZE = 64, L_EACH = 10 };
#define L_EMPTY		UINT32_MAX
#define PTP_SETS_MAX	((1u << 19) - 1)
#define PTP_PROBE_MAX	1024u
enum { W_FROM = 0, W_TO = 4, W_MODIFIER = 8, W_BEFORE = 9, W_WORDS = 10, W_SIZE = 12 };
#define DAY_OPEN_END	INT32_MAX	/* last day of a row that is open; an open first day is DAY_NONE */

static inline uint16_t
clb_16(const unsigned char *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t
clb_32(const unsigned char *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static inline uint64_t
clb_64(const unsigned char *p)
{
	return clb_32(p) | (uint64_t)clb_32(p + 4) << 32;
}

/* A day of the file; one of no calendar, as in a forged file, is open. */
static inline day_t
clb_day(const unsigned char *p)
{
	day_t day = (day_t)clb_32(p);

	return day < DAY_MIN || day > DAY_MAX ? DAY_NONE : day;
}

static inline void
clb_put(struct buf *b, uint64_t v, size_t width)
{
	char eight[8];

	for (size_t i = 0; i < width; i++)
		eight[i] = (char)(v >> (8 * i) & 0xff);
	buf_put(b, eight, width);
}

/* The eight bytes of a code, NUL-padded, as clb_64 reads them from a column; 0 for what cannot be a code. */
static inline uint64_t
clb_code(struct str code)
{
	const unsigned char *p = (const unsigned char *)code.p;

	if (code.n == 0 || code.n > CODE_MAX || p[code.n - 1] == 0)
		return 0;
	if (code.n >= 4)
		return clb_32(p) | (uint64_t)clb_32(p + code.n - 4) << (8 * (code.n - 4));
	switch (code.n) {
	case 3:
		return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16;
	case 2:
		return (uint64_t)p[0] | (uint64_t)p[1] << 8;
	default:
		return p[0];
	}
}

/* The line where a pair of code numbers is looked for first. */
static inline size_t
clb_line(uint32_t pair, size_t lines)
{
	uint64_t h = (pair * UINT64_C(0x9e3779b97f4a7c15)) >> 32;

	return (size_t)(h * lines >> 32);
}

static inline size_t
clb_slot(uint64_t code, size_t slots)			/* slots: a power of two */
{
	return (size_t)((code * UINT64_C(0x9e3779b97f4a7c15)) >> 32) & (slots - 1);
}

#endif
