// SPDX-License-Identifier: GPL-2.0-only
/*
 * What files lead to: sockets to their peers and to what is passed in their
 * messages, epolls to what they watch.
 *
 * DOC: The source says how far that goes on, and whether it comes back, so a reader
 * only notes what it was led to. orthros_read_file(), from which all begins, goes
 * through the notes until there are no new ones. Each object is read once, and once
 * more for each descriptor that leads to it if it was refused, so that each process
 * is named.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/overflow.h>
#include <linux/sizes.h>
#include "files_internal.h"

/* Twice what one epoll may watch, or what the largest queue of a socket can pass. */
#define NOTES_MAX	(2 * SZ_1M)
/* Notes are in the order in which one leads to another: most are refused at once. */
#define SPREAD_MAX	16

/**
 * struct note - something yet to be read, or that another needs
 * @list:	in @notes
 * @of:		what cannot be carried without it, or NULL
 * @to:		what it was, when it was read; NULL: it was refused
 * @addr:	in the source
 * @read:	reads it
 * @how:	offset in @what of the last step to it
 * @what:	the way to it, for messages
 */
struct note {
	struct list_head list;
	struct orthros_obj *of;
	struct orthros_obj *to;
	u64 addr;
	orthros_note_fn read;
	u32 how;
	char what[];
};

/* Readers run one at a time. */
static LIST_HEAD(notes);
static unsigned int nr_notes;

/**
 * orthros_note() - read something later
 * @who:	through whom and what it was found
 * @how:	how it was found there, for messages
 * @of:		what cannot be carried without it, or NULL
 * @addr:	its address in the source
 * @read:	reads it, after whatever was noted before. @who is then what leads
 *		to it. Returns what it has read, NULL if that was refused (and
 *		reported), or ERR_PTR.
 *
 * For readers of files, in orthros_read_file().
 *
 * Return: 0 or -errno.
 */
int orthros_note(const struct orthros_finder *who, const char *how, struct orthros_obj *of,
		 u64 addr, orthros_note_fn read)
{
	u32 before = strnlen(who->what ?: "", 20);
	size_t size = before + strlen(": ") + strlen(how) + 1;
	struct note *n;

	if (nr_notes == NOTES_MAX)
		return orthros_bad(-E2BIG, "leads to too many files");
	n = kmalloc(struct_size(n, what, size), GFP_KERNEL);
	if (!n)
		return -ENOMEM;
	n->of = of;
	n->to = NULL;
	n->addr = addr;
	n->read = read;
	n->how = size - 1 - strlen(how);
	snprintf(n->what, size, "%.*s: %s", before, who->what ?: "", how);
	list_add_tail(&n->list, &notes);
	nr_notes++;
	return 0;
}

static void forget(struct note *n)
{
	list_del(&n->list);
	nr_notes--;
	kfree(n);
}

/* What needs something that was refused is refused. */
static void spread(void)
{
	unsigned int pass;
	struct note *n;
	bool more = true;

	for (pass = 0; more && pass < SPREAD_MAX; pass++) {
		more = false;
		list_for_each_entry_reverse(n, &notes, list) {
			if (n->of->refused || (n->to && !n->to->refused))
				continue;
			n->of->refused = true;
			more = true;
		}
	}
}

/**
 * orthros_read_notes() - read whatever a file leads to
 * @who:	who has the file, and how
 *
 * Sets @refused of what cannot be carried because it needs something that cannot.
 *
 * Return: 0, also when something was refused, or the first error.
 */
int orthros_read_notes(const struct orthros_finder *who)
{
	unsigned int before = who->img->refused;
	struct orthros_finder by;
	struct note *n, *next;
	int err = 0;

	n = list_first_entry(&notes, struct note, list);
	for (; !err && !list_entry_is_head(n, &notes, list); n = next) {
		by = orthros_through(who, n->what);
		n->to = n->read(&by, n->of, n->addr);
		err = PTR_ERR_OR_ZERO(n->to);
		orthros_error_in(err, "%s", n->what + n->how);
		/* It may have added some at the end. */
		next = list_next_entry(n, list);
		if (!n->of)
			forget(n);
	}
	/* Of a kernel that has failed others do without it, see orthros_lose_refused(). */
	if (!err && who->img->refused != before && !who->img->crashed)
		spread();
	orthros_drop_notes();
	return err;
}

/**
 * orthros_drop_notes() - forget what a file leads to
 *
 * When nobody will ask for it, since the file could not be read.
 */
void orthros_drop_notes(void)
{
	struct note *n, *next;

	list_for_each_entry_safe(n, next, &notes, list)
		forget(n);
}
