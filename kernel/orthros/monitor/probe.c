// SPDX-License-Identifier: GPL-2.0-only
/*
 * What all detectors need: bounded looks at memory that changes, things that should
 * move, and evidence.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include "monitor_internal.h"

/**
 * orthros_mon_map() - where something of the source is in our memory
 * @m:		monitor
 * @vaddr:	its address there
 * @size:	bytes
 *
 * For what stays where it is as long as the source runs.
 *
 * Return: NULL if it is not all in one piece of the source's RAM, or not aligned.
 */
const void *orthros_mon_map(const struct orthros_monitor *m, u64 vaddr, size_t size)
{
	size_t left;
	phys_addr_t phys;

	if (vaddr % (size < sizeof(u64) ? size : sizeof(u64)))
		return NULL;
	phys = orthros_src_phys(&m->src, vaddr, &left);
	return phys && left >= size ? orthros_src_map(&m->src, phys, size) : NULL;
}

/**
 * orthros_mon_u32() - read a word
 * @m:		monitor
 * @vaddr:	its address in the source
 * @val:	set
 *
 * Return: false if it is not there.
 */
bool orthros_mon_u32(const struct orthros_monitor *m, u64 vaddr, u32 *val)
{
	return vaddr && !orthros_src_read(&m->src, vaddr, val, sizeof(*val));
}

/**
 * orthros_mon_u64() - read a long word
 * @m:		monitor
 * @vaddr:	its address in the source
 * @val:	set
 *
 * Return: false if it is not there.
 */
bool orthros_mon_u64(const struct orthros_monitor *m, u64 vaddr, u64 *val)
{
	return vaddr && !orthros_src_u64(&m->src, vaddr, val);
}

/**
 * orthros_mon_make_text() - whatever a name is made of, it is text
 * @s:		name
 * @size:	its bytes
 */
void orthros_mon_make_text(char *s, size_t size)
{
	size_t i;

	s[size - 1] = '\0';
	for (i = 0; s[i]; i++)
		if (s[i] < ' ' || s[i] > '~')
			s[i] = '?';
}

/**
 * orthros_mon_read_task() - read a task
 * @m:		monitor
 * @addr:	source address
 * @t:		filled
 *
 * Return: false if there is none.
 */
bool orthros_mon_read_task(const struct orthros_monitor *m, u64 addr, struct orthros_mon_task *t)
{
	if (!addr || orthros_read_rec(&m->src.mem, &orthros_table_mon_task, addr, t))
		return false;
	orthros_mon_make_text(t->comm, sizeof(t->comm));
	return true;
}

/**
 * orthros_mon_still() - for how long has something not moved?
 * @m:		monitor
 * @s:		what is known of it
 * @value:	what it is now
 *
 * Return: ns of watched time.
 */
u64 orthros_mon_still(const struct orthros_monitor *m, struct orthros_still *s, u64 value)
{
	if (s->value != value || s->since > m->clock) {
		s->value = value;
		s->since = m->clock;
	}
	return m->clock - s->since;
}

/**
 * orthros_mon_told() - was this finding told?
 * @m:		monitor
 * @id:		detector
 * @key:	of the finding
 *
 * Return: true if it was one of the last ones.
 */
bool orthros_mon_told(const struct orthros_monitor *m, enum orthros_detector_id id, u64 key)
{
	const struct orthros_mon_state *st = &m->det[id];
	u32 i, nr = min_t(u32, st->nr_told, ORTHROS_MON_TOLD);

	for (i = 0; i < nr; i++)
		if (st->told[i] == key)
			return true;
	return false;
}

/**
 * orthros_mon_say() - add to the evidence
 * @f:		finding
 * @fmt:	text
 */
void orthros_mon_say(struct orthros_finding *f, const char *fmt, ...)
{
	size_t room = sizeof(f->text) - f->len;
	va_list args;
	int n;

	va_start(args, fmt);
	n = vsnprintf(f->text + f->len, room, fmt, args);
	va_end(args);
	if (n > 0)
		f->len += min_t(size_t, n, room - 1);
}

/**
 * orthros_mon_say_place() - add an address of the source to the evidence
 * @m:		monitor
 * @f:		finding
 * @addr:	source address
 *
 * Where the kernel lies is nobody's business: the distance from its start is told, which
 * its System.map makes a name of.
 */
void orthros_mon_say_place(const struct orthros_monitor *m, struct orthros_finding *f, u64 addr)
{
	u64 off = addr - m->env.stext;

	if (addr >= m->env.stext && off < m->src.desc.kernel_map_size)
		orthros_mon_say(f, "_stext+%#llx", (unsigned long long)off);
	else
		orthros_mon_say(f, addr ? "(an object)" : "(unknown)");
}
