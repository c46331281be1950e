// SPDX-License-Identifier: GPL-2.0-only
/*
 * The messages in a core of a kernel. Where they are is in what the kernel tells programs
 * that read cores, VMCOREINFO. The kernel has failed: nothing of it is taken on trust.
 */
#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core.h"

#define MAX_PHDRS	4096
#define MAX_NOTES	(1 << 20)
/* 2^24 messages, 1 GiB of text. */
#define MAX_COUNT_BITS	24
#define MAX_TEXT_BITS	30

struct core {
	int fd;
	Elf64_Phdr *ph;
	unsigned int nr;
	char *info;
};

static bool read_at(int fd, void *buf, size_t len, uint64_t at)
{
	while (len) {
		ssize_t n = pread(fd, buf, len, at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		buf = (char *)buf + n;
		len -= n;
		at += n;
	}
	return true;
}

/* Memory of the kernel, by its virtual address. */
static bool read_mem(const struct core *c, uint64_t addr, void *buf, size_t len)
{
	unsigned int i;

	for (i = 0; i < c->nr; i++) {
		const Elf64_Phdr *ph = &c->ph[i];

		if (ph->p_type == PT_LOAD && addr >= ph->p_vaddr &&
		    addr - ph->p_vaddr < ph->p_filesz &&
		    len <= ph->p_filesz - (addr - ph->p_vaddr))
			return read_at(c->fd, buf, len, ph->p_offset + (addr - ph->p_vaddr));
	}
	return false;
}

static size_t align4(size_t n)
{
	return (n + 3) & ~(size_t)3;
}

/* The text of the note VMCOREINFO. */
static char *find_info(const char *notes, size_t len)
{
	static const char name[] = "VMCOREINFO";
	size_t at = 0;

	while (at + sizeof(Elf64_Nhdr) <= len) {
		const Elf64_Nhdr *n = (const void *)(notes + at);
		size_t desc, next;

		at += sizeof(*n);
		desc = at + align4(n->n_namesz);
		next = desc + align4(n->n_descsz);
		if (desc > len || next > len)
			return NULL;
		if (n->n_namesz == sizeof(name) && !memcmp(notes + at, name, sizeof(name)))
			return strndup(notes + desc, n->n_descsz);
		at = next;
	}
	return NULL;
}

static bool core_open(struct core *c, int fd)
{
	Elf64_Ehdr eh;
	unsigned int i;

	memset(c, 0, sizeof(*c));
	c->fd = fd;
	if (!read_at(fd, &eh, sizeof(eh), 0) || memcmp(eh.e_ident, ELFMAG, SELFMAG) ||
	    eh.e_ident[EI_CLASS] != ELFCLASS64 || eh.e_type != ET_CORE ||
	    eh.e_phentsize != sizeof(*c->ph) || !eh.e_phnum || eh.e_phnum > MAX_PHDRS)
		return false;
	c->nr = eh.e_phnum;
	c->ph = calloc(c->nr, sizeof(*c->ph));
	if (!c->ph || !read_at(fd, c->ph, c->nr * sizeof(*c->ph), eh.e_phoff))
		return false;
	for (i = 0; i < c->nr && !c->info; i++) {
		char *notes;

		if (c->ph[i].p_type != PT_NOTE || c->ph[i].p_filesz > MAX_NOTES)
			continue;
		notes = malloc(c->ph[i].p_filesz);
		if (notes && read_at(fd, notes, c->ph[i].p_filesz, c->ph[i].p_offset))
			c->info = find_info(notes, c->ph[i].p_filesz);
		free(notes);
	}
	return c->info;
}

static void core_close(struct core *c)
{
	free(c->ph);
	free(c->info);
}

/* The number behind "NAME=" at the start of a line. */
static bool info(const struct core *c, const char *name, int base, uint64_t *val)
{
	const char *at = c->info;
	size_t len = strlen(name);

	while (at) {
		if (!strncmp(at, name, len) && at[len] == '=') {
			*val = strtoull(at + len + 1, NULL, base);
			return true;
		}
		at = strchr(at, '\n');
		if (at)
			at++;
	}
	return false;
}

/* Where the members of the ring of messages are. */
struct layout {
	uint64_t prb, descs_of, text_of, count_bits, descs, infos, head, tail;
	uint64_t desc_size, state, blk, begin, next;
	uint64_t info_size, ts, text_len;
	uint64_t size_bits, data, counter;
};

static bool layout(const struct core *c, struct layout *l)
{
	const struct {
		const char *name;
		uint64_t *val;
	} decimal[] = {
		{ "OFFSET(printk_ringbuffer.desc_ring)", &l->descs_of },
		{ "OFFSET(printk_ringbuffer.text_data_ring)", &l->text_of },
		{ "OFFSET(prb_desc_ring.count_bits)", &l->count_bits },
		{ "OFFSET(prb_desc_ring.descs)", &l->descs },
		{ "OFFSET(prb_desc_ring.infos)", &l->infos },
		{ "OFFSET(prb_desc_ring.head_id)", &l->head },
		{ "OFFSET(prb_desc_ring.tail_id)", &l->tail },
		{ "SIZE(prb_desc)", &l->desc_size },
		{ "OFFSET(prb_desc.state_var)", &l->state },
		{ "OFFSET(prb_desc.text_blk_lpos)", &l->blk },
		{ "OFFSET(prb_data_blk_lpos.begin)", &l->begin },
		{ "OFFSET(prb_data_blk_lpos.next)", &l->next },
		{ "SIZE(printk_info)", &l->info_size },
		{ "OFFSET(printk_info.ts_nsec)", &l->ts },
		{ "OFFSET(printk_info.text_len)", &l->text_len },
		{ "OFFSET(prb_data_ring.size_bits)", &l->size_bits },
		{ "OFFSET(prb_data_ring.data)", &l->data },
		{ "OFFSET(atomic_long_t.counter)", &l->counter },
	};
	size_t i;

	for (i = 0; i < sizeof(decimal) / sizeof(decimal[0]); i++)
		if (!info(c, decimal[i].name, 10, decimal[i].val))
			return false;
	return info(c, "SYMBOL(prb)", 16, &l->prb);
}

/* Each line begins with the time; a byte that no terminal should get is written out. */
static void put_text(FILE *out, uint64_t ns, const char *text, size_t len)
{
	const char *end = text + len;

	do {
		fprintf(out, "[%5" PRIu64 ".%06" PRIu64 "] ", ns / 1000000000,
			ns % 1000000000 / 1000);
		for (; text < end && *text != '\n'; text++) {
			unsigned char ch = *text;

			if ((ch < ' ' && ch != '\t') || ch == 0x7f)
				fprintf(out, "\\x%02x", ch);
			else
				putc(ch, out);
		}
		putc('\n', out);
	} while (++text < end);
}

struct ring {
	const struct core *c;
	struct layout l;
	uint64_t descs, infos, data, mask, size;
	uint32_t size_bits;
};

/* The states of a message that is complete. */
static bool is_complete(uint64_t state, uint64_t id)
{
	unsigned int st = state >> 62;

	return (st == 1 || st == 2) && (state << 2 >> 2) == id;
}

static void put_message(const struct ring *r, uint64_t id, FILE *out)
{
	uint64_t desc = r->descs + (id & r->mask) * r->l.desc_size;
	uint64_t inf = r->infos + (id & r->mask) * r->l.info_size;
	uint64_t state, begin, next, ns, at, len;
	uint16_t text_len;
	char *text;

	if (!read_mem(r->c, desc + r->l.state + r->l.counter, &state, sizeof(state)) ||
	    !is_complete(state, id) ||
	    !read_mem(r->c, desc + r->l.blk + r->l.begin, &begin, sizeof(begin)) ||
	    !read_mem(r->c, desc + r->l.blk + r->l.next, &next, sizeof(next)) ||
	    !read_mem(r->c, inf + r->l.ts, &ns, sizeof(ns)) ||
	    !read_mem(r->c, inf + r->l.text_len, &text_len, sizeof(text_len)))
		return;
	/* Odd: it has no text, or has lost it. */
	if (begin & 1)
		return;
	at = begin & (r->size - 1);
	len = next - begin;
	/* One that does not fit behind the others is at the start. */
	if (begin >> r->size_bits != next >> r->size_bits && (next & (r->size - 1))) {
		at = 0;
		len = next & (r->size - 1);
	}
	if (len <= sizeof(id) || len > r->size - at)
		return;
	/* The block begins with the number of the message. */
	len -= sizeof(id);
	if (len > text_len)
		len = text_len;
	text = malloc(len + 1);
	if (text && read_mem(r->c, r->data + at + sizeof(id), text, len))
		put_text(out, ns, text, len);
	free(text);
}

static bool ring_open(struct ring *r, const struct core *c, uint64_t *tail, uint64_t *head)
{
	const struct layout *l = &r->l;
	uint64_t prb, descs, text;
	uint32_t bits;

	r->c = c;
	if (!layout(c, &r->l) || !read_mem(c, l->prb, &prb, sizeof(prb)))
		return false;
	descs = prb + l->descs_of;
	text = prb + l->text_of;
	if (!read_mem(c, descs + l->count_bits, &bits, sizeof(bits)) || bits > MAX_COUNT_BITS ||
	    !read_mem(c, text + l->size_bits, &r->size_bits, sizeof(r->size_bits)) ||
	    r->size_bits > MAX_TEXT_BITS)
		return false;
	r->mask = (UINT64_C(1) << bits) - 1;
	r->size = UINT64_C(1) << r->size_bits;
	return read_mem(c, descs + l->descs, &r->descs, sizeof(r->descs)) &&
	       read_mem(c, descs + l->infos, &r->infos, sizeof(r->infos)) &&
	       read_mem(c, text + l->data, &r->data, sizeof(r->data)) &&
	       read_mem(c, descs + l->tail + l->counter, tail, sizeof(*tail)) &&
	       read_mem(c, descs + l->head + l->counter, head, sizeof(*head));
}

bool core_dmesg(int fd, FILE *out)
{
	uint64_t tail, head, id, nr;
	struct ring r = { 0 };
	struct core c;
	bool ok;

	ok = core_open(&c, fd) && ring_open(&r, &c, &tail, &head);
	if (ok) {
		id = tail;
		for (nr = 0; nr <= r.mask; nr++) {
			put_message(&r, id, out);
			if (id == head)
				break;
			id = (id + 1) << 2 >> 2;
		}
	}
	core_close(&c);
	return ok;
}
