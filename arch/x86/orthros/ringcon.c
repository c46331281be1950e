// SPDX-License-Identifier: GPL-2.0-only
/*
 * The BackupOS's console: a ring in the slot, which the ActiveOS shows. It
 * works from the first line on, before any other console could.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/console.h>
#include <linux/init.h>
#include <linux/io.h>
#include <linux/string.h>
#include "arch.h"

static struct orthros_ring *ring;
static u64 ring_phys;
static u64 ring_size;

static void ringcon_write(struct console *con, const char *s, unsigned int len)
{
	u64 head = ring->head;

	/* No more than one round, at most two pieces. */
	while (len) {
		u64 at = head & (ring_size - 1);
		unsigned int n = min_t(u64, len, ring_size - at);

		memcpy(ring->data + at, s, n);
		head += n;
		s += n;
		len -= n;
	}
	/* Text before the count of it. */
	smp_store_release(&ring->head, head);
}

static struct console ringcon = {
	.name = "orthros",
	.write = ringcon_write,
	.flags = CON_PRINTBUFFER | CON_ENABLED | CON_ANYTIME,
	.index = -1,
};

/**
 * orthros_ringcon_early - log to the ring from now on
 * @phys:	physical address of the ring
 * @size:	bytes of its data, a power of two
 */
void __init orthros_ringcon_early(u64 phys, u64 size)
{
	ring_phys = phys;
	ring_size = size;
	ring = early_memremap(phys, sizeof(*ring) + size);
	if (ring)
		register_console(&ringcon);
}

/**
 * orthros_ringcon_remap - leave the early mapping for the direct map
 */
void __init orthros_ringcon_remap(void)
{
	void *early = ring;

	if (!ring)
		return;
	WRITE_ONCE(ring, __va(ring_phys));
	early_memunmap(early, sizeof(*ring) + ring_size);
}

/**
 * orthros_ringcon_stop - the log has a better place now
 */
void orthros_ringcon_stop(void)
{
	if (ring)
		unregister_console(&ringcon);
}

/* What of the other kernel's ring is there to read. */
static struct orthros_ring *peer_ring(void)
{
	if (!orthros_part.valid || !orthros_ho)
		return NULL;
	return (void *)orthros_ho + ORTHROS_RES_LOG;
}

/**
 * orthros_log_moved - has the BackupOS logged something?
 * @seen:	how much there was the last time; 0 at first
 *
 * Who waits for a kernel that comes up gives it time as long as it says
 * something: how long that takes depends on the machine and on the kernel's
 * checkers.
 *
 * Return: true if there is more than @seen, which is brought up to date.
 */
bool orthros_log_moved(u64 *seen)
{
	struct orthros_ring *log = peer_ring();
	u64 head = log ? READ_ONCE(log->head) : 0;
	bool moved = head != *seen;

	*seen = head;
	return moved;
}

/**
 * orthros_log_size - how much of the BackupOS's log can be read
 *
 * Return: bytes.
 */
size_t orthros_log_size(void)
{
	struct orthros_ring *log = peer_ring();

	return log ? min_t(u64, READ_ONCE(log->head), ORTHROS_LOG_SIZE) : 0;
}
EXPORT_SYMBOL_GPL(orthros_log_size);

/**
 * orthros_log_read - read the BackupOS's log
 * @buf:	where to
 * @pos:	bytes from the oldest one that is still there
 * @len:	bytes at most
 *
 * Return: bytes read, 0 at the end.
 */
ssize_t orthros_log_read(char *buf, loff_t pos, size_t len)
{
	struct orthros_ring *log = peer_ring();
	u64 head, from, n;

	if (!log || pos < 0)
		return 0;
	/* Pairs with ringcon_write() of the other kernel. */
	head = smp_load_acquire(&log->head);
	from = head > ORTHROS_LOG_SIZE ? head - ORTHROS_LOG_SIZE : 0;
	if (pos >= head - from)
		return 0;
	from += pos;
	len = min_t(u64, len, head - from);
	for (n = 0; n < len; n++)
		buf[n] = log->data[(from + n) & (ORTHROS_LOG_SIZE - 1)];
	return len;
}
EXPORT_SYMBOL_GPL(orthros_log_read);
