/*
 * corpus_main.c - run a fuzz target without a fuzzer: every file of its corpus folder, every truncation
 * of it, and every file with one byte changed at a few hundred places. Exits 1 when the folder is empty.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A fresh heap copy of exactly n bytes, so that ASan sees a read past the end. */
static void
one(const uint8_t *data, size_t n)
{
	uint8_t *copy = malloc(n ? n : 1);

	if (!copy)
		exit(1);
	memcpy(copy, data, n);
	(void)LLVMFuzzerTestOneInput(copy, n);
	free(copy);
}

static void
variants(uint8_t *data, size_t n)
{
	size_t step = n / 400 + 1;

	for (size_t cut = 0; cut <= n; cut += cut + 64 < n ? step : 1)
		one(data, cut);
	for (size_t at = 0; at < n; at += step) {
		uint8_t was = data[at];
		static const uint8_t bytes[] = { 0, '*', '~', '\r', '|', '"', '{', '<', 0x9f, 0xff };

		data[at] = bytes[at / step % sizeof bytes];
		one(data, n);
		data[at] = was;
	}
}

int
main(int argc, char **argv)
{
	DIR *d = argc == 2 ? opendir(argv[1]) : NULL;
	struct dirent *e;
	int files = 0;

	if (!d) {
		(void)fprintf(stderr, "usage: %s CORPUS_FOLDER\n", argv[0]);
		return 1;
	}
	while ((e = readdir(d))) {
		char path[4096];
		FILE *f;
		uint8_t *data = malloc(1u << 22);
		size_t n;

		if (e->d_name[0] == '.' || !data) {
			free(data);
			continue;
		}
		(void)snprintf(path, sizeof path, "%s/%s", argv[1], e->d_name);
		f = fopen(path, "rb");
		n = f ? fread(data, 1, 1u << 22, f) : 0;
		if (f)
			(void)fclose(f);
		variants(data, n);
		free(data);
		files++;
	}
	(void)closedir(d);
	(void)printf("%d corpus files\n", files);
	return files == 0;
}
