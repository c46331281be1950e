// SPDX-License-Identifier: GPL-2.0
/*
 * What an update loses though it is not refused, a line each, for whoever reads it
 * before an update.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/orthros/platform.h>
#include <linux/slab.h>
#include <linux/stdarg.h>
#include <linux/string.h>
#include "kind.h"
#include "warnings.h"

/* Longer than any line. */
#define LINE_ROOM	(PAGE_SIZE + 256)

static bool make_room(struct orthros_warnings *w)
{
	size_t size = w->size * 2 + LINE_ROOM * 2;
	char *text;

	if (w->size - w->len > LINE_ROOM)
		return true;
	text = kvmalloc(size, GFP_KERNEL);
	if (!text) {
		w->err = -ENOMEM;
		return false;
	}
	if (w->len)
		memcpy(text, w->text, w->len);
	kvfree(w->text);
	w->text = text;
	w->size = size;
	return true;
}

/**
 * orthros_warn() - name something that will be lost
 * @w:		where to
 * @fmt:	line, without its end
 *
 * Context: may sleep.
 */
void orthros_warn(struct orthros_warnings *w, const char *fmt, ...)
{
	va_list args;

	if (!make_room(w))
		return;
	va_start(args, fmt);
	w->len += vscnprintf(w->text + w->len, LINE_ROOM - 1, fmt, args);
	va_end(args);
	w->text[w->len++] = '\n';
}

/**
 * orthros_warnings_read() - what will be lost without being refused
 * @buf:	where to
 * @pos:	bytes from its start
 * @len:	bytes at most
 *
 * Return: bytes read, 0 at the end, or -ENOMEM.
 */
ssize_t orthros_warnings_read(char *buf, loff_t pos, size_t len)
{
	struct orthros_warnings w = {};
	const struct orthros_kind *const *k;
	ssize_t n;

	for (k = orthros_kinds(); *k; k++)
		if ((*k)->warn)
			(*k)->warn(&w);
	n = w.err ?: memory_read_from_buffer(buf, len, &pos, w.text, w.len);
	kvfree(w.text);
	return n;
}
