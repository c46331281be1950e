// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that should not change.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>
#include "monitor_internal.h"

/* Words of a gate in the IDT. */
#define GATE_WORDS	2
/* Of a GDT, two words each but for those of tasks. */
#define GDT_TSS		8
#define GDT_LDT		10
#define GDT_TLS_MAX	14
/* The processor sets these in an entry: accessed, dirty. */
#define ENTRY_MASK	(~0x60ULL)
/* Read-only data is summed up so many bytes a step, and so many steps a look. */
#define SUM_STEP	4096
#define SUM_STEPS	8
#define PIECE_MIN	0x10000

/* ---- interrupts, page tables -------------------------------------------------- */

static const u64 *idt_of(const struct orthros_monitor *m)
{
	return orthros_mon_map(m, m->env.idt, sizeof(m->idt));
}

/* The kernel's half. */
static const u64 *root_of(const struct orthros_monitor *m)
{
	const u64 *pgd = orthros_src_map(&m->src, m->src.desc.pgd_phys, PAGE_SIZE);

	return pgd ? pgd + PAGE_SIZE / sizeof(u64) - ORTHROS_MON_ROOT : NULL;
}

/**
 * orthros_mon_can_descriptors() - are they found?
 * @m:		monitor
 *
 * Return: true if they are.
 */
bool orthros_mon_can_descriptors(const struct orthros_monitor *m)
{
	return idt_of(m) && root_of(m);
}

/**
 * orthros_mon_arm_descriptors() - as they are now they should be
 * @m:		monitor
 */
void orthros_mon_arm_descriptors(struct orthros_monitor *m)
{
	const u64 *idt = idt_of(m), *root = root_of(m);
	u32 i;

	m->changed = NULL;
	m->gdt_known = 0;
	for (i = 0; idt && i < ORTHROS_MON_IDT; i++)
		m->idt[i] = READ_ONCE(idt[i]);
	for (i = 0; root && i < ORTHROS_MON_ROOT; i++)
		m->root[i] = READ_ONCE(root[i]);
}

static bool differs(const u64 *now, const u64 *was, u32 nr, u64 mask, u32 *at)
{
	for (*at = 0; now && *at < nr; ++*at)
		if ((READ_ONCE(now[*at]) ^ was[*at]) & mask)
			return true;
	return false;
}

static void say_entry(struct orthros_monitor *m, struct orthros_finding *f, const char *what,
		      u32 nr, u64 now, u64 *was)
{
	m->changed = was;
	m->changed_to = now;
	f->key = now << 8 ^ nr;
	/* Not the values: they tell where the kernel lies. */
	orthros_mon_say(f, "%s %u has changed, bits %#llx", what, nr,
			(unsigned long long)(now ^ *was));
}

/*
 * What may change: that a segment was used, that a task runs; those of a task, and the
 * local table, with each switch.
 */
static u64 gdt_mask(u32 nr)
{
	switch (nr) {
	case GDT_TSS:
		return ~(1ULL << 41);
	case GDT_TSS + 1:
		return ~0ULL;
	case GDT_LDT ... GDT_TLS_MAX:
		return 0;
	}
	return ~(1ULL << 40);
}

/* A CPU that comes online has a new one. */
static bool gdt_differs(struct orthros_monitor *m, struct orthros_finding *f)
{
	const u64 *gdt;
	u32 cpu, i;

	for (cpu = 0; cpu < m->nr_cpus; cpu++) {
		const struct orthros_mon_cpu *c = &m->cpu[cpu];
		const u64 bit = 1ULL << cpu;

		gdt = m->env.gdt && c->online && c->switches ?
		      orthros_mon_map(m, m->env.gdt + c->offset, sizeof(m->gdt[0])) : NULL;
		if (!gdt)
			m->gdt_known &= ~bit;
		for (i = 0; gdt && i < ORTHROS_MON_GDT; i++) {
			u64 now = READ_ONCE(gdt[i]);

			if (!(m->gdt_known & bit)) {
				m->gdt[cpu][i] = now;
			} else if ((now ^ m->gdt[cpu][i]) & gdt_mask(i)) {
				orthros_mon_say(f, "CPU %u: ", cpu);
				say_entry(m, f, "GDT: entry", i, now, &m->gdt[cpu][i]);
				return true;
			}
		}
		if (gdt)
			m->gdt_known |= bit;
	}
	return false;
}

/**
 * orthros_mon_descriptors() - an entry of the IDT, the GDT or of the kernel's page table
 * @m:		monitor
 * @threshold:	so many are too many
 * @f:		finding
 *
 * Return: true if one has.
 */
bool orthros_mon_descriptors(struct orthros_monitor *m, u32 threshold, struct orthros_finding *f)
{
	const u64 *idt = idt_of(m), *root = root_of(m);
	u32 at;

	/* Told once, and then as it should be. */
	if (m->changed &&
	    orthros_mon_told(m, ORTHROS_DET_DESCRIPTORS, m->det[ORTHROS_DET_DESCRIPTORS].key))
		*m->changed = m->changed_to;
	m->changed = NULL;
	if (differs(idt, m->idt, ORTHROS_MON_IDT, ~0ULL, &at))
		say_entry(m, f, "IDT: vector", at / GATE_WORDS, READ_ONCE(idt[at]), &m->idt[at]);
	else if (differs(root, m->root, ORTHROS_MON_ROOT, ENTRY_MASK, &at))
		say_entry(m, f, "page tables: entry",
			  at + PAGE_SIZE / sizeof(u64) - ORTHROS_MON_ROOT,
			  READ_ONCE(root[at]), &m->root[at]);
	else
		gdt_differs(m, f);
	return f->len;
}

/* ---- read-only data ----------------------------------------------------------- */

/**
 * orthros_mon_can_rodata() - is it found?
 * @m:		monitor
 *
 * Return: true if it is.
 */
bool orthros_mon_can_rodata(const struct orthros_monitor *m)
{
	return m->env.rodata && m->env.rodata_end > m->env.rodata &&
	       m->env.rodata_end - m->env.rodata < m->src.desc.kernel_map_size;
}

/**
 * orthros_mon_arm_rodata() - as it is now it should be
 * @m:		monitor
 */
void orthros_mon_arm_rodata(struct orthros_monitor *m)
{
	memset(m->sum, 0, sizeof(m->sum));
	m->sum_piece = 0;
	m->sum_off = 0;
	m->sum_now = 0;
}

static u64 add_words(u64 sum, const u64 *w, u32 nr)
{
	while (nr--)
		sum = (sum << 7 | sum >> 57) * 0x9e3779b97f4a7c15ULL + READ_ONCE(*w++);
	return sum;
}

static u32 piece_size(u64 size)
{
	u64 piece = DIV_ROUND_UP(size, ORTHROS_MON_SUMS);

	return DIV_ROUND_UP(max_t(u64, piece, PIECE_MIN), SUM_STEP) * SUM_STEP;
}

/*
 * What differs from the first time is summed up once more before it is told: then it is
 * true, and @sum what is there now.
 */
static bool sum_up(struct orthros_monitor *m, u64 size, u32 piece, u32 *nr, u64 *sum)
{
	u64 off = (u64)m->sum_piece * piece + m->sum_off;
	u32 step = min_t(u64, SUM_STEP, size - off);
	const void *p = orthros_mon_map(m, m->env.rodata + off, step);

	if (p)
		m->sum_now = add_words(m->sum_now, p, step / 8);
	m->sum_off += step;
	if (m->sum_off < piece && off + step < size)
		return false;
	/* The piece is complete. */
	*nr = m->sum_piece;
	*sum = m->sum_now | 1;
	m->sum_now = 0;
	m->sum_off = 0;
	m->sum_piece = off + step < size ? *nr + 1 : 0;
	if (!m->sum[*nr] || m->sum[*nr] == *sum) {
		m->sum[*nr] = *sum;
		return false;
	}
	if (m->sum_bad == *sum) {
		/* Told once. */
		m->sum[*nr] = *sum;
		return true;
	}
	m->sum_bad = *sum;
	m->sum_piece = *nr;
	return false;
}

/**
 * orthros_mon_rodata() - read-only data has changed
 * @m:		monitor
 * @threshold:	so many pieces are too many
 * @f:		finding
 *
 * Return: true if a piece has another sum than the first time.
 */
bool orthros_mon_rodata(struct orthros_monitor *m, u32 threshold, struct orthros_finding *f)
{
	u64 size = (m->env.rodata_end - m->env.rodata) & ~7ULL, sum;
	u32 piece = piece_size(size), nr, i;

	for (i = 0; i < SUM_STEPS; i++) {
		if (!sum_up(m, size, piece, &nr, &sum))
			continue;
		f->key = sum;
		f->sure = true;
		orthros_mon_say(f, "read-only data has changed, in %u bytes at ", piece);
		orthros_mon_say_place(m, f, m->env.rodata + (u64)nr * piece);
		return true;
	}
	return false;
}
