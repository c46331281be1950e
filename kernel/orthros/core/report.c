// SPDX-License-Identifier: GPL-2.0
/*
 * What is said to whoever asked for a check or an update.
 *
 * The report has a line for each thing that cannot be carried, by process. An
 * error begins with who finds it, deep in a reader, and goes up: each level adds
 * what it knows and those below do not, a descriptor, a process, a step. What
 * other tasks say meanwhile (drivers and the network are brought up beside the
 * rest) does not come in between.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/ctype.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/printk.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/orthros/platform.h>
#include "image.h"
#include "report.h"
#include "trace.h"

/**
 * struct orthros_error - the first error since somebody asked
 * @lock:	protects the rest
 * @by:		who said it
 * @text:	what, empty if there is none
 */
static struct orthros_error {
	spinlock_t lock;	/* see above */
	struct task_struct *by;
	char text[ORTHROS_TEXT_LEN];
} error = { .lock = __SPIN_LOCK_UNLOCKED(error.lock) };

/* Of the last load, check, update, or of what came after it. */
static char last_error[ORTHROS_TEXT_LEN];

/*
 * Addresses of the source's kernel, hashed as %p would have them: whoever may read
 * these texts need not be one who may know them. The trace has them as they are; who
 * may not see addresses cannot read it.
 */
static void hash_addresses(char *text)
{
	unsigned long hash;
	char *end;
	u64 addr;

	while ((text = strstr(text, "0x"))) {
		text += 2;
		for (end = text, addr = 0; isxdigit(*end) && end - text < 16; end++)
			addr = addr << 4 | hex_to_bin(*end);
		if (end - text != 16 || addr < TASK_SIZE_MAX)
			continue;
		if (ptr_to_hashval((void *)(unsigned long)addr, &hash))
			hash = 0;
		for (; end > text; hash >>= 4)
			*--end = hex_asc[hash & 0xf];
	}
}

/**
 * orthros_refuse() - note something that cannot be carried
 * @who:	through whom and what it was found
 * @fmt:	what it is, and why
 *
 * Return: 0, so that the walk goes on and the report is complete.
 */
int orthros_refuse(const struct orthros_finder *who, const char *fmt, ...)
{
	struct orthros_image *img = who->img;
	char text[ORTHROS_TRACE_WHAT];
	struct va_format vaf;
	size_t at = img->report_len, len, room;
	va_list args;

	va_start(args, fmt);
	vaf.fmt = fmt;
	vaf.va = &args;
	scnprintf(text, sizeof(text), "%s%s%pV", who->what ?: "", who->what ? ": " : "", &vaf);
	orthros_trace_refuse(who->pid, who->comm, text);
	img->refused++;
	room = img->report_size - at;
	len = snprintf(img->report + at, room, "%d %s: %s%s%pV\n", who->pid, who->comm,
		       who->what ?: "", who->what ? ": " : "", &vaf);
	if (len < room) {
		img->report_len += len;
	} else {
		img->report[at] = '\0';
		img->report_full = true;
	}
	va_end(args);
	if (img->report_len > at)
		hash_addresses(img->report + at);
	return 0;
}

/**
 * orthros_refused() - the same, for readers that must not go on with what it is
 * @who:	through whom and what it was found
 * @fmt:	what it is, and why
 *
 * Return: %ORTHROS_REFUSED.
 */
int orthros_refused(const struct orthros_finder *who, const char *fmt, ...)
{
	struct va_format vaf;
	va_list args;

	va_start(args, fmt);
	vaf.fmt = fmt;
	vaf.va = &args;
	orthros_refuse(who, "%pV", &vaf);
	va_end(args);
	return ORTHROS_REFUSED;
}

static void set_error(int err, struct va_format *vaf, unsigned long from)
{
	char text[ORTHROS_TRACE_WHAT];
	unsigned long flags;

	/* Also those that come second. */
	scnprintf(text, sizeof(text), "%pV", vaf);
	orthros_trace_put_error(err, text, from);
	spin_lock_irqsave(&error.lock, flags);
	if (!error.text[0]) {
		scnprintf(error.text, sizeof(error.text), "%pV", vaf);
		hash_addresses(error.text);
		error.by = current;
	}
	spin_unlock_irqrestore(&error.lock, flags);
}

/**
 * orthros_bad() - report a bad datum of the source
 * @err:	negative errno
 * @fmt:	what is wrong with what
 *
 * Return: @err.
 */
int orthros_bad(int err, const char *fmt, ...)
{
	struct va_format vaf;
	va_list args;

	va_start(args, fmt);
	vaf.fmt = fmt;
	vaf.va = &args;
	pr_debug("source: %pV (%pe)\n", &vaf, ERR_PTR(err));
	set_error(err, &vaf, _RET_IP_);
	va_end(args);
	return err;
}

/**
 * orthros_fail() - report that something could not be built
 * @err:	negative errno
 * @fmt:	what
 *
 * Return: @err.
 */
int orthros_fail(int err, const char *fmt, ...)
{
	char text[ORTHROS_TEXT_LEN];
	struct va_format vaf;
	va_list args;

	va_start(args, fmt);
	vaf.fmt = fmt;
	vaf.va = &args;
	scnprintf(text, sizeof(text), "%pV", &vaf);
	hash_addresses(text);
	pr_err("%s: %pe\n", text, ERR_PTR(err));
	set_error(err, &vaf, _RET_IP_);
	va_end(args);
	return err;
}

/**
 * orthros_error_in() - add where an error was met
 * @err:	what the caller got, a negative errno or not
 * @fmt:	where it was: a descriptor, a process, a step
 *
 * Goes before what current has said. If nobody has said anything, it is all
 * there is to say.
 *
 * Return: @err.
 */
int orthros_error_in(int err, const char *fmt, ...)
{
	char where[64];
	unsigned long flags;
	va_list args;
	size_t len;

	if (err >= 0)
		return err;
	va_start(args, fmt);
	len = vscnprintf(where, sizeof(where) - 2, fmt, args);
	va_end(args);
	hash_addresses(where);
	spin_lock_irqsave(&error.lock, flags);
	if (!error.text[0]) {
		memcpy(error.text, where, len + 1);
		error.by = current;
	} else if (error.by == current) {
		where[len++] = ':';
		where[len++] = ' ';
		memmove(error.text + len, error.text, sizeof(error.text) - len);
		memcpy(error.text, where, len);
		error.text[sizeof(error.text) - 1] = '\0';
	}
	spin_unlock_irqrestore(&error.lock, flags);
	return err;
}

/**
 * orthros_error_take() - the first error since the last call
 * @buf:	destination
 * @size:	its size
 */
void orthros_error_take(char *buf, size_t size)
{
	unsigned long flags;

	spin_lock_irqsave(&error.lock, flags);
	strscpy(buf, error.text, size);
	error.text[0] = '\0';
	spin_unlock_irqrestore(&error.lock, flags);
}

/**
 * orthros_set_last_error() - what orthros_last_error() says from now on
 * @fmt:	text
 */
void orthros_set_last_error(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vscnprintf(last_error, sizeof(last_error), fmt, args);
	va_end(args);
	hash_addresses(last_error);
}

/**
 * orthros_last_error() - why the last load, check or update failed
 *
 * Return: text, empty if it did not.
 */
const char *orthros_last_error(void)
{
	return last_error;
}
