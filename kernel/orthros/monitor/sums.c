// SPDX-License-Identifier: GPL-2.0-only
/*
 * Memory that should not change.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <asm/barrier.h>
#include "monitor_internal.h"

/* Words of a gate in the IDT. */
#define GATE_WORDS	2
/* Of a GDT, two words each but for those of tasks. */
#define GDT_TSS		8
#define GDT_LDT		10
#define GDT_TLS_MAX	14
/* The processor sets these in an entry: accessed, dirty. */
#define ENTRY_MASK	(~0x60ULL)
/* Text and read-only data are summed up so many bytes a step, and so many steps a look. */
#define SUM_STEP	4096
#define SUM_STEPS	16
#define PIECE_MIN	0x10000
/* Changes of text are not larger. */
#define POKE_MAX	255

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

/* ---- read-only data, text ------------------------------------------------------ */

static void begin_sums(struct orthros_mon_sums *s, u64 base, u64 end)
{
	memset(s, 0, sizeof(*s));
	s->base = base;
	s->size = (end - base) & ~7ULL;
}

static u64 add_words(u64 sum, const u64 *w, u32 nr)
{
	while (nr--)
		sum = (sum << 7 | sum >> 57) * 0x9e3779b97f4a7c15ULL + READ_ONCE(*w++);
	return sum;
}

static u32 piece_size(const struct orthros_mon_sums *s)
{
	u64 piece = DIV_ROUND_UP(s->size, ORTHROS_MON_SUMS);

	return DIV_ROUND_UP(max_t(u64, piece, PIECE_MIN), SUM_STEP) * SUM_STEP;
}

/*
 * What differs from the first time is summed up once more before it is told: then it is
 * true. @meant: is it known that it was changed? NULL: it is not.
 */
static bool sum_up(struct orthros_monitor *m, struct orthros_mon_sums *s,
		   bool (*meant)(struct orthros_monitor *m, u32 nr), u32 *nr)
{
	u32 piece = piece_size(s);
	u64 off = (u64)s->piece * piece + s->off, sum;
	u32 step = min_t(u64, SUM_STEP, s->size - off);
	const void *p = orthros_mon_map(m, s->base + off, step);

	if (p)
		s->now = add_words(s->now, p, step / 8);
	s->off += step;
	if (s->off < piece && off + step < s->size)
		return false;
	/* The piece is complete. */
	*nr = s->piece;
	sum = s->now | 1;
	s->now = 0;
	s->off = 0;
	s->piece = off + step < s->size ? *nr + 1 : 0;
	if (!s->sum[*nr] || s->sum[*nr] == sum) {
		s->sum[*nr] = sum;
		return false;
	}
	if (meant && meant(m, *nr))
		return false;
	if (s->bad == sum) {
		/* Told once. */
		s->sum[*nr] = sum;
		return true;
	}
	s->bad = sum;
	s->piece = *nr;
	return false;
}

static bool look_at(struct orthros_monitor *m, struct orthros_mon_sums *s,
		    bool (*meant)(struct orthros_monitor *m, u32 nr), const char *what,
		    struct orthros_finding *f)
{
	u32 nr, i;

	for (i = 0; i < SUM_STEPS; i++) {
		if (!sum_up(m, s, meant, &nr))
			continue;
		f->key = s->sum[nr];
		f->sure = true;
		orthros_mon_say(f, "%s has changed, in %u bytes at ", what, piece_size(s));
		orthros_mon_say_place(m, f, s->base + (u64)nr * piece_size(s));
		return true;
	}
	return false;
}

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
	begin_sums(&m->data, m->env.rodata, m->env.rodata_end);
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
	return look_at(m, &m->data, NULL, "read-only data", f);
}

static const struct orthros_pokes *pokes_of(const struct orthros_monitor *m)
{
	return m->env.pokes ?
	       orthros_mon_map(m, m->env.pokes, sizeof(struct orthros_pokes)) : NULL;
}

/**
 * orthros_mon_can_text() - is text found, and who changes it?
 * @m:		monitor
 *
 * Return: true if they are.
 */
bool orthros_mon_can_text(const struct orthros_monitor *m)
{
	return pokes_of(m) && m->env.etext > m->env.stext &&
	       m->env.etext - m->env.stext < m->src.desc.kernel_map_size;
}

/**
 * orthros_mon_arm_text() - as it is now it should be
 * @m:		monitor
 */
void orthros_mon_arm_text(struct orthros_monitor *m)
{
	begin_sums(&m->text, m->env.stext, m->env.etext);
	m->poked = READ_ONCE(pokes_of(m)->seq) / 2;
}

static void forget_text(struct orthros_monitor *m, u64 addr)
{
	u64 nr = (addr - m->text.base) / piece_size(&m->text);

	if (addr >= m->text.base && nr < ORTHROS_MON_SUMS)
		m->text.sum[nr] = 0;
}

/*
 * Of a piece in which the kernel has changed something since it was summed up nothing is
 * known; nor of any if that was too often to be told. One that was just being changed is
 * forgotten when that is over.
 */
static bool meant_text(struct orthros_monitor *m, u32 nr)
{
	const struct orthros_pokes *p = pokes_of(m);
	u64 seq, last;

	if (!p)
		return true;
	/* After the text, see orthros_poke_begin(). */
	smp_rmb();
	seq = READ_ONCE(p->seq);
	for (last = m->poked; last < seq / 2 && seq / 2 - last <= ORTHROS_POKES; last++) {
		u64 at = READ_ONCE(p->at[last % ORTHROS_POKES]);

		forget_text(m, at);
		forget_text(m, at + POKE_MAX);
	}
	/* They may have been overwritten meanwhile. */
	smp_rmb();
	if (last < seq / 2 || READ_ONCE(p->seq) / 2 - m->poked >= ORTHROS_POKES)
		memset(m->text.sum, 0, sizeof(m->text.sum));
	m->poked = seq / 2;
	return seq & 1 || !m->text.sum[nr];
}

/**
 * orthros_mon_text() - the kernel's text has changed, and it was not the kernel
 * @m:		monitor
 * @threshold:	so many pieces are too many
 * @f:		finding
 *
 * Return: true if a piece has another sum than before.
 */
bool orthros_mon_text(struct orthros_monitor *m, u32 threshold, struct orthros_finding *f)
{
	/* While it is not too many. */
	meant_text(m, 0);
	return look_at(m, &m->text, meant_text, "text", f);
}
