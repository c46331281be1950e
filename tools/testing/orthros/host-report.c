// SPDX-License-Identifier: GPL-2.0-only
/*
 * What readers say, on the host: put together, so that a sanitizer sees it, and
 * not shown. What they read is kept in the directory ORTHROS_CAPTURE, if there is one.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/mm.h>
#include "report.h"

/* Where fuzz.c has the source's memory, and the head of an input: see there. */
#define RAM_AT		0x650000000000UL
#define CAPTURES	200

unsigned long host_reads;

int orthros_bad(int err, const char *fmt, ...)
{
	char text[256];
	va_list args;

	va_start(args, fmt);
	vsnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	return err;
}

void host_capture(const void *ram, unsigned long size, unsigned int at)
{
	static unsigned int nr;
	const char *dir = getenv("ORTHROS_CAPTURE");
	unsigned long words[size / sizeof(unsigned long)];
	unsigned int head[2] = { 0, at };
	char name[256];
	size_t i, used = 0;
	FILE *f;

	/* Many are much the same. */
	if (!dir || (nr++ > CAPTURES && nr % 100))
		return;
	for (i = 0; i < size / sizeof(*words); i++) {
		memcpy(&words[i], (const char *)ram + i * sizeof(*words), sizeof(*words));
		if (words[i])
			used = i + 1;
		if (words[i] - PAGE_OFFSET - __pa(ram) < size)
			words[i] += RAM_AT - (unsigned long)ram;
		else if (words[i] - __pa(ram) < size)
			words[i] += RAM_AT - (unsigned long)ram;
	}
	snprintf(name, sizeof(name), "%s/walk-%u", dir, nr);
	f = fopen(name, "w");
	if (!f || !fwrite(head, sizeof(head), 1, f) || (used && !fwrite(words, used * 8, 1, f)) ||
	    fclose(f)) {
		perror(name);
		exit(2);
	}
}
