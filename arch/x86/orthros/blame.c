// SPDX-License-Identifier: GPL-2.0-only
/*
 * Why a page does not leave the slot: whose it is, and who holds it, as far as
 * that can be known. A snapshot: nothing here is locked for long.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/cred.h>
#include <linux/fdtable.h>
#include <linux/mm.h>
#include <linux/pipe_fs_i.h>
#include <linux/rmap.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/seq_buf.h>
#include <linux/swap.h>
#include "../../../kernel/orthros/core/report.h"
#include "arch.h"

/* So many pages are named in the log; the first one in last_error. */
#define MAX_NAMED	4

/* References beyond those that a page's own users have. */
static int excess(struct folio *folio)
{
	int known = folio_mapcount(folio) + folio_test_private(folio);

	if (folio_test_anon(folio) ? folio_test_swapcache(folio) : !!folio->mapping)
		known += folio_nr_pages(folio);
	return folio_ref_count(folio) - known;
}

static bool name_mapper(struct folio *folio, struct vm_area_struct *vma, unsigned long addr,
			void *arg)
{
	struct task_struct *t;

	rcu_read_lock();
	t = rcu_dereference(vma->vm_mm->owner);
	if (t)
		seq_buf_printf(arg, " of %d %s at %#lx", task_tgid_nr(t), t->comm, addr);
	rcu_read_unlock();
	return !t;
}

/* A file with a page in it that is looked for. */
struct holder {
	const struct page *page;
	struct task_struct *task;
	struct seq_buf *text;
};

static bool pipe_has(struct pipe_inode_info *pipe, const struct page *page)
{
	unsigned int i;
	bool found = false;

	if (!mutex_trylock(&pipe->mutex))
		return false;
	for (i = pipe->tail; i != pipe->head && !found; i++)
		found = pipe->bufs[i & (pipe->ring_size - 1)].page == page;
	mutex_unlock(&pipe->mutex);
	return found;
}

static int name_pipe(const void *arg, struct file *file, unsigned int fd)
{
	const struct holder *h = arg;
	struct pipe_inode_info *pipe = get_pipe_info(file, false);

	if (!pipe || !pipe_has(pipe, h->page))
		return 0;
	seq_buf_printf(h->text, ", in the pipe at fd %u of %d %s", fd, task_tgid_nr(h->task),
		       h->task->comm);
	return 1;
}

static void name_holder(const struct page *page, struct seq_buf *text)
{
	struct holder h = { .page = page, .text = text };
	int found = 0;

	rcu_read_lock();
	for_each_process(h.task) {
		task_lock(h.task);
		if (h.task->files)
			found = iterate_fd(h.task->files, 0, name_pipe, &h);
		task_unlock(h.task);
		if (found)
			break;
	}
	rcu_read_unlock();
}

static void name_page(struct page *page, struct folio *folio, int extra, struct seq_buf *text)
{
	struct rmap_walk_control rwc = { .arg = text, .rmap_one = name_mapper };

	seq_buf_printf(text, "slot: page %#lx stays: %s", page_to_pfn(page),
		       folio_test_anon(folio) ? "anonymous memory" :
		       folio->mapping ? "memory of a file" : "the kernel's");
	if (folio_mapped(folio) && folio_trylock(folio)) {
		rmap_walk(folio, &rwc);
		folio_unlock(folio);
	}
	if (extra > 0)
		seq_buf_printf(text, ", held by %d more%s", extra,
			       folio_maybe_dma_pinned(folio) ? ", for DMA" : "");
	name_holder(page, text);
}

/* @pinned: only what has more references than its users have. */
static unsigned int blame(unsigned long from, unsigned long to, bool pinned)
{
	char buf[ORTHROS_TEXT_LEN];
	unsigned int named = 0;
	unsigned long pfn;

	for (pfn = from; pfn < to && named < MAX_NAMED; pfn++) {
		struct page *page = pfn_to_page(pfn);
		struct seq_buf text;
		struct folio *folio;
		int extra;

		if (PageBuddy(page) || PageOffline(page) || PageReserved(page) ||
		    !get_page_unless_zero(page))
			continue;
		folio = page_folio(page);
		extra = excess(folio) - 1;
		if (!pinned || extra > 0) {
			seq_buf_init(&text, buf, sizeof(buf) - 1);
			name_page(page, folio, extra, &text);
			buf[min_t(size_t, text.len, sizeof(buf) - 1)] = '\0';
			pr_err("%s, flags %pGp\n", buf, &folio->flags);
			if (!named++)
				orthros_set_last_error("%s", buf);
		}
		put_page(page);
		cond_resched();
	}
	return named;
}

/**
 * orthros_blame - name what does not leave the slot
 * @from:	first page frame of a range that could not be emptied
 * @to:		after the last
 *
 * In the log, and the first in last_error.
 */
void orthros_blame(unsigned long from, unsigned long to)
{
	/* Pages that wait to be put on a list have a reference more. */
	lru_add_drain_all();
	if (!blame(from, to, true))
		blame(from, to, false);
}
