// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: The core of a kernel that has failed
 *
 * /proc/orthros/vmcore is an ELF core of the kernel that this one has taken over from, as
 * kdump's is, while the processes run on: its registers, its memory by physical address,
 * and what it tells programs that read cores. It is a file of procfs, since one of sysfs
 * gives a page a call, and cannot say where there is nothing to be read (SEEK_DATA).
 *
 * There is what that kernel had in use for itself, as it was (pages/evidence.c), and the
 * memory of the processes, as it is now. Everything else reads as zeros.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/capability.h>
#include <linux/elf.h>
#include <linux/elfcore.h>
#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/orthros/abi/regs.h>
#include <linux/orthros/evidence.h>
#include <linux/orthros/platform.h>
#include <linux/page_ref.h>
#include <linux/pagemap.h>
#include <linux/pfn.h>
#include <linux/proc_fs.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/uio.h>
#include <linux/workqueue.h>
#include "../core/image.h"
#include "../core/kind.h"
#include "../pages/pages.h"
#include "hop.h"
#include "vmcore_tables.h"

#define MAX_INFO	PAGE_SIZE
/* One may be in two parts, around this kernel's slot. */
#define MAX_SEGS	(ORTHROS_MAX_RANGES + 1)
/* Beside those of memory: notes, and the image. */
#define MAX_PHDRS	(MAX_SEGS + 2)
#define NOTE_NAME_SIZE	16

static_assert(sizeof_field(struct elf_prstatus, pr_reg) ==
	      sizeof_field(struct orthros_cpu_regs, reg));

/**
 * struct core_seg - a range of the source's memory
 * @at:		where it is in the file
 * @pfn:	its first page
 * @pages:	how many
 */
struct core_seg {
	loff_t at;
	unsigned long pfn;
	unsigned long pages;
};

/* Made once; what it describes may be released, but it does not change. */
static struct {
	void *head;
	size_t head_size;
	loff_t size;
	struct core_seg segs[MAX_SEGS];
	unsigned int nr_segs;
	struct proc_dir_entry *dir;
} core;

static struct orthros_vmcore_view view;

static int resolve(struct orthros_src *src)
{
	return orthros_read_rec(&src->mem, &orthros_table_vmcore, 0, &view);
}

/* ---- what is in it ----------------------------------------------------------- */

static void add_seg(u64 start, u64 end)
{
	struct core_seg *seg = &core.segs[core.nr_segs];

	start = PFN_UP(start);
	end = min_t(u64, PFN_DOWN(end), max_pfn);
	if (start >= end || core.nr_segs == MAX_SEGS)
		return;
	seg->pfn = start;
	seg->pages = end - start;
	core.nr_segs++;
}

/* This kernel's slot is not the source's, though it may be told as such. */
static void add_segs(const struct orthros_range *r)
{
	u64 slot = orthros_ho->slot_start, slot_end = slot + orthros_ho->slot_size;
	u64 end = r->start + r->size;

	if (end < r->start)
		return;
	add_seg(r->start, min(end, slot));
	add_seg(max(r->start, slot_end), end);
}

/* Its place in @to, which has room for it; where the next one goes. */
static void *put_note(void *to, const char *name, u32 type, const void *desc, u32 size)
{
	struct elf64_note *n = to;

	n->n_namesz = strlen(name) + 1;
	n->n_descsz = size;
	n->n_type = type;
	to += sizeof(*n);
	memcpy(to, name, n->n_namesz);
	to += ALIGN(n->n_namesz, 4);
	memcpy(to, desc, size);
	return to + ALIGN(size, 4);
}

/* As kdump's, it has a note for each CPU that was online, in their order. */
static void *put_cpus(void *to, const struct orthros_src *src)
{
	struct orthros_cpu_regs regs;
	struct elf_prstatus status;
	unsigned int cpu;
	u64 online;

	if (orthros_src_u64(src, view.online, &online))
		return to;
	for (cpu = 0; cpu < ORTHROS_MAX_CPUS; cpu++) {
		if (!(online & BIT_ULL(cpu)))
			continue;
		memset(&status, 0, sizeof(status));
		if (!orthros_src_read(src, view.regs + cpu * sizeof(regs), &regs, sizeof(regs)) &&
		    regs.saved) {
			status.common.pr_pid = regs.pid;
			memcpy(&status.pr_reg, regs.reg, sizeof(regs.reg));
		}
		to = put_note(to, "CORE", NT_PRSTATUS, &status, sizeof(status));
	}
	return to;
}

static void *put_info(void *to, const struct orthros_src *src)
{
	u64 text, size;
	void *buf;

	if (!view.info || !view.info_size || orthros_src_u64(src, view.info, &text) ||
	    orthros_src_u64(src, view.info_size, &size) || size > MAX_INFO)
		return to;
	buf = kmalloc(MAX_INFO, GFP_KERNEL);
	if (buf && !orthros_src_read(src, text, buf, size))
		to = put_note(to, "VMCOREINFO", 0, buf, size);
	kfree(buf);
	return to;
}

static size_t max_head(void)
{
	size_t note = sizeof(struct elf64_note) + NOTE_NAME_SIZE;

	return PAGE_ALIGN(sizeof(struct elf64_hdr) + MAX_PHDRS * sizeof(struct elf64_phdr) +
			  ORTHROS_MAX_CPUS * (note + ALIGN(sizeof(struct elf_prstatus), 4)) +
			  note + MAX_INFO);
}

static void put_load(struct elf64_phdr *ph, u64 vaddr, u64 paddr, u64 size, loff_t at)
{
	ph->p_type = PT_LOAD;
	ph->p_flags = PF_R | PF_W | PF_X;
	ph->p_offset = at;
	ph->p_vaddr = vaddr;
	ph->p_paddr = paddr;
	ph->p_filesz = size;
	ph->p_memsz = size;
}

/* The image is in one of the ranges. True if there is such a segment. */
static bool put_image(struct elf64_phdr *ph, const struct orthros_src *src)
{
	u64 phys = view.text - src->desc.kernel_map + src->desc.phys_base;
	u64 size = PAGE_ALIGN(view.end - view.text);
	unsigned int i;

	if (view.text < src->desc.kernel_map || view.end < view.text ||
	    size > src->desc.kernel_map_size || !PAGE_ALIGNED(phys))
		return false;
	for (i = 0; i < core.nr_segs; i++) {
		const struct core_seg *s = &core.segs[i];
		u64 start = PFN_PHYS(s->pfn), all = PFN_PHYS((u64)s->pages);

		if (phys >= start && phys - start < all && size <= all - (phys - start)) {
			put_load(ph, view.text, phys, size, s->at + (phys - start));
			return true;
		}
	}
	return false;
}

static void describe_elf(const struct orthros_src *src)
{
	struct elf64_hdr *eh = core.head;
	struct elf64_phdr *ph = core.head + sizeof(*eh), *note = ph;
	void *notes = ph + MAX_PHDRS, *end;
	unsigned int i;

	memcpy(eh->e_ident, ELFMAG, SELFMAG);
	eh->e_ident[EI_CLASS] = ELFCLASS64;
	eh->e_ident[EI_DATA] = ELFDATA2LSB;
	eh->e_ident[EI_VERSION] = EV_CURRENT;
	eh->e_type = ET_CORE;
	eh->e_machine = EM_X86_64;
	eh->e_version = EV_CURRENT;
	eh->e_phoff = sizeof(*eh);
	eh->e_ehsize = sizeof(*eh);
	eh->e_phentsize = sizeof(*ph);

	end = put_info(put_cpus(notes, src), src);
	note->p_type = PT_NOTE;
	note->p_offset = notes - core.head;
	note->p_filesz = end - notes;
	note->p_memsz = end - notes;
	ph++;

	core.size = core.head_size;
	for (i = 0; i < core.nr_segs; i++) {
		struct core_seg *s = &core.segs[i];

		s->at = core.size;
		core.size += PFN_PHYS((loff_t)s->pages);
	}
	if (put_image(ph, src))
		ph++;
	for (i = 0; i < core.nr_segs; i++, ph++) {
		const struct core_seg *s = &core.segs[i];

		put_load(ph, src->desc.page_offset + PFN_PHYS(s->pfn), PFN_PHYS(s->pfn),
			 PFN_PHYS((u64)s->pages), s->at);
	}
	eh->e_phnum = ph - note;
}

/* ---- reading it -------------------------------------------------------------- */

/* Not what is only in the page cache: it may be this core, being written. */
static bool is_users(struct folio *folio)
{
	return folio_test_lru(folio) && folio_mapped(folio);
}

/* A page that a process has now, held. */
static struct folio *get_users(unsigned long pfn)
{
	struct page *page = pfn_to_online_page(pfn);
	struct folio *folio;

	if (!page || PageReserved(page))
		return NULL;
	folio = page_folio(page);
	if (!is_users(folio) || !folio_try_get(folio))
		return NULL;
	/* It was not held when it was looked at. */
	if (page_folio(page) == folio && is_users(folio))
		return folio;
	folio_put(folio);
	return NULL;
}

/* 1, 0: there is nothing, -ENODATA: nothing any more. */
static int copy_page_of(unsigned long pfn, void *to)
{
	int ret = orthros_retained_copy(pfn, to);
	struct folio *folio;

	if (ret)
		return ret;
	folio = get_users(pfn);
	if (!folio)
		return 0;
	/* Some of processes' is not in the kernel's page tables (memfd_secret). */
	ret = !copy_from_kernel_nofault(to, __va(PFN_PHYS(pfn)), PAGE_SIZE);
	folio_put(folio);
	return ret;
}

static const struct core_seg *seg_at(loff_t pos)
{
	unsigned int i;

	for (i = 0; i < core.nr_segs; i++) {
		const struct core_seg *s = &core.segs[i];

		if (pos >= s->at && pos < s->at + PFN_PHYS((loff_t)s->pages))
			return s;
	}
	return NULL;
}

static unsigned long pfn_at(const struct core_seg *s, loff_t pos)
{
	return s->pfn + ((pos - s->at) >> PAGE_SHIFT);
}

/* Up to the end of a page at @pos. */
static ssize_t read_some(loff_t pos, struct iov_iter *to, void *buf)
{
	size_t off = offset_in_page(pos), done;
	size_t len = min_t(size_t, PAGE_SIZE - off, iov_iter_count(to));
	const struct core_seg *s = seg_at(pos);
	int ret;

	if (!s) {
		done = copy_to_iter(core.head + pos, len, to);
	} else {
		ret = copy_page_of(pfn_at(s, pos), buf);
		if (ret < 0)
			return ret;
		done = ret ? copy_to_iter(buf + off, len, to) : iov_iter_zero(len, to);
	}
	return done ?: -EFAULT;
}

static ssize_t vmcore_read(struct kiocb *iocb, struct iov_iter *to)
{
	void *buf = (void *)__get_free_page(GFP_KERNEL);
	ssize_t done = 0, ret = 0;

	if (!buf)
		return -ENOMEM;
	while (iov_iter_count(to) && iocb->ki_pos < core.size) {
		ret = read_some(iocb->ki_pos, to, buf);
		if (ret < 0)
			break;
		iocb->ki_pos += ret;
		done += ret;
		ret = fatal_signal_pending(current) ? -EINTR : 0;
		if (ret)
			break;
		cond_resched();
	}
	free_page((unsigned long)buf);
	return done ?: ret;
}

static bool has_data(unsigned long pfn)
{
	struct folio *folio;

	if (orthros_retained_next(pfn, pfn + 1) == pfn)
		return true;
	folio = get_users(pfn);
	if (folio)
		folio_put(folio);
	return folio;
}

/* The next place from @pos on where there is something, or nothing, to be read. */
static loff_t seek(loff_t pos, bool data)
{
	const struct core_seg *s;

	if (pos < 0 || pos >= core.size)
		return -ENXIO;
	for (; pos < core.size; pos = round_down(pos, PAGE_SIZE) + PAGE_SIZE) {
		s = seg_at(pos);
		if ((s ? has_data(pfn_at(s, pos)) : true) == data)
			return pos;
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
	}
	/* There is a hole at the end of each file. */
	return data ? -ENXIO : core.size;
}

static loff_t vmcore_seek(struct file *file, loff_t off, int whence)
{
	if (whence == SEEK_DATA || whence == SEEK_HOLE) {
		off = seek(off, whence == SEEK_DATA);
		return off < 0 ? off : vfs_setpos(file, off, core.size);
	}
	return fixed_size_llseek(file, off, whence, core.size);
}

/* Not a matter of lockdown, as that of kdump is not. */
static int vmcore_open(struct inode *inode, struct file *file)
{
	if (!capable(CAP_SYS_RAWIO))
		return -EPERM;
	return orthros_retained_bytes() ? 0 : -ENODATA;
}

static const struct proc_ops vmcore_ops = {
	.proc_open	= vmcore_open,
	.proc_read_iter	= vmcore_read,
	.proc_lseek	= vmcore_seek,
};

/* ---- its life ---------------------------------------------------------------- */

static void remove_files(struct work_struct *work)
{
	proc_remove(core.dir);
	core.dir = NULL;
	/* Nobody reads any more. */
	kvfree(core.head);
	core.head = NULL;
}

static DECLARE_WORK(remove_work, remove_files);

static void released(void)
{
	schedule_work(&remove_work);
}

/*
 * Before anything is freed; who claims pages goes on meanwhile, which does not change
 * what is read.
 */
static void settle_evidence(struct orthros_image *img)
{
	unsigned long *bits, nr;

	if (!img->crashed)
		return;
	bits = orthros_evidence_find(img->src, &nr);
	if (bits)
		orthros_retain(bits, nr);
	else
		pr_err("no memory to keep the kernel that has failed\n");
}

static int make_files(const struct orthros_src *src)
{
	struct proc_dir_entry *file;
	u32 i;

	for (i = 0; i < src->desc.nr_ranges; i++)
		add_segs(&src->desc.ranges[i]);
	core.head_size = max_head();
	core.head = kvzalloc(core.head_size, GFP_KERNEL);
	if (!core.head)
		return -ENOMEM;
	describe_elf(src);
	core.dir = proc_mkdir("orthros", NULL);
	if (!core.dir)
		return -ENOMEM;
	file = proc_create("vmcore", 0400, core.dir, &vmcore_ops);
	if (!file)
		return -ENOMEM;
	proc_set_size(file, core.size);
	return 0;
}

/* When all that is claimed of the source is. */
static void settle_vmcore(struct orthros_image *img)
{
	unsigned long pages;

	if (!img->crashed)
		return;
	if (make_files(img->src)) {
		orthros_retain_settled(NULL);
		orthros_release_retained("there is no memory to show it");
		remove_files(NULL);
		return;
	}
	pages = orthros_retain_settled(released);
	if (!pages) {
		remove_files(NULL);
		return;
	}
	pr_notice("%lu MiB of the kernel that has failed are kept: /proc/orthros/vmcore\n",
		  DIV_ROUND_UP(pages, SZ_1M >> PAGE_SHIFT));
}

const struct orthros_kind orthros_evidence_kind = {
	.name	= "evidence",
	.settle	= settle_evidence,
};

const struct orthros_kind orthros_vmcore_kind = {
	.name	= "vmcore",
	.tables	= ORTHROS_TABLES(&orthros_table_vmcore),
	.resolve = resolve,
	.settle	= settle_vmcore,
};
