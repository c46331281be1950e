// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reading tmpfs inodes, their extended attributes and their pages. Only where
 * a page lies is noted, the page itself is not looked at.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/fcntl.h>
#include <linux/fs_struct.h>
#include <linux/init_task.h>
#include <linux/mm.h>
#include <linux/posix_acl_xattr.h>
#include <linux/slab.h>
#include <linux/stat.h>
#include <linux/xattr.h>
#include "fs_internal.h"

#define RUNS_FIRST	4
#define RUNS_MAX	1024
#define MAX_ACL		1024
#define RB_MAX_DEPTH	64

/* ---- contents -------------------------------------------------------- */

struct page_walk {
	const struct orthros_fs_finder *f;
	struct orthros_obj *inode;
	struct orthros_obj *chunk;
	u64 mapping;
	struct orthros_folio_look look;
	u64 next;
	u64 nr;
	bool swapped;
	/* Instead of noting it: copy the first page of a long symbolic link. */
	char *link;
	u32 link_len;
};

static int note_page(struct page_walk *w, u64 entry, u64 index, u64 pfn)
{
	struct orthros_obj *obj = w->chunk;
	struct orthros_pages_rec *rec = obj ? obj->rec : NULL;
	struct orthros_page_run *run;
	size_t need;

	if (rec && rec->nr) {
		run = &rec->runs[rec->nr - 1];
		if (run->index + run->nr == index && run->pfn + run->nr == pfn &&
		    run->memcg == w->look.folio.memcg && run->nr < U32_MAX) {
			run->nr++;
			return 0;
		}
	}
	if (!rec || rec->nr == RUNS_MAX) {
		/* A page is in one file only, so it can name the chunk. */
		obj = orthros_obj_add(w->f->who.img, &orthros_pages_type, entry, w->f->who.pid,
				      struct_size(rec, runs, RUNS_FIRST));
		if (IS_ERR(obj))
			return orthros_bad(PTR_ERR(obj), "page %#llx is in two places", entry);
		w->chunk = obj;
		rec = obj->rec;
		rec->inode = w->inode->src;
	}
	need = struct_size(rec, runs, rec->nr + 1);
	if (need > obj->rec_size) {
		rec = orthros_obj_grow(obj, struct_size(rec, runs, rec->nr * 2));
		if (!rec)
			return -ENOMEM;
	}
	run = &rec->runs[rec->nr++];
	run->index = index;
	run->pfn = pfn;
	run->memcg = w->look.folio.memcg;
	run->nr = 1;
	return 0;
}

/**
 * orthros_look_at_folio() - what an entry of a page cache stands for
 * @img:	image
 * @look:	zeroed at first; has the folio afterwards, for the indices to come
 * @mapping:	address_space that the entry is in
 * @index:	where in it
 * @entry:	address of a struct page of the source, if all is well
 *
 * Return: 0, -EFAULT if it is no page, or -EUCLEAN if it belongs elsewhere.
 */
int orthros_look_at_folio(struct orthros_image *img, struct orthros_folio_look *look,
			  u64 mapping, u64 index, u64 entry)
{
	const struct orthros_mem *mem = &img->src->mem;
	struct orthros_large_folio_view large = { .nr_pages = 1 };
	int err;

	if (entry != look->entry) {
		look->entry = entry;
		look->pfn = orthros_src_page_pfn(img->src, entry);
		if (look->pfn == ~0UL)
			return orthros_bad(-EFAULT, "page cache %#llx: %#llx at %llu is no page",
					   mapping, entry, index);
		err = orthros_read_rec(mem, &orthros_table_fs_folio, entry, &look->folio);
		if (!err && look->folio.flags & BIT_ULL(orthros_fs_layout(img)->pg_head))
			err = orthros_read_rec(mem, &orthros_table_fs_large_folio, entry, &large);
		if (err)
			return err;
		look->nr = large.nr_pages;
	}
	if (look->folio.mapping != mapping)
		return orthros_bad(-EUCLEAN, "page %#llx: not of mapping %#llx", entry, mapping);
	if (index < look->folio.index || index - look->folio.index >= look->nr)
		return orthros_bad(-EUCLEAN, "page %#llx: index %llu is not its own", entry,
				   index);
	return 0;
}

static int read_page(void *ctx, u64 index, u64 entry)
{
	struct page_walk *w = ctx;
	struct orthros_image *img = w->f->who.img;
	unsigned long pfn;
	const void *data;
	int err;

	if (entry & 1) {
		w->swapped = true;
		return 0;
	}
	if (index < w->next)
		return orthros_bad(-EUCLEAN, "page cache %#llx: out of order", w->mapping);
	w->next = index + 1;

	err = orthros_look_at_folio(img, &w->look, w->mapping, index, entry);
	if (err)
		return err;
	/* Allocated but never written, by fallocate(): reads as zeroes, like a hole. */
	if (!(w->look.folio.flags & BIT_ULL(orthros_fs_layout(img)->pg_uptodate)))
		return 0;

	pfn = w->look.pfn + (index - w->look.folio.index);
	data = orthros_src_map(img->src, PFN_PHYS(pfn), PAGE_SIZE);
	if (!data)
		return orthros_bad(-EFAULT, "page %#llx: pfn %#lx is not memory", entry, pfn);
	if (w->link) {
		if (!index)
			memcpy(w->link, data, w->link_len);
		w->nr++;
		return 0;
	}
	w->nr++;
	return note_page(w, entry, index, pfn);
}

static int read_pages(const struct orthros_fs_finder *f, struct orthros_obj *inode,
		      const struct orthros_inode_view *v)
{
	struct orthros_inode_rec *rec = inode->rec;
	struct page_walk w = { .f = f, .inode = inode, .mapping = v->mapping };
	int err;

	/* While the source runs they come and go; of those in swap there is a count. */
	if (f->who.img->frozen) {
		err = orthros_src_xa_walk(f->who.img->src, v->pages, read_page, &w);
		if (err)
			return err;
	}
	rec->nr_pages = w.nr;
	if (w.swapped || v->shmem.swapped)
		return orthros_refuse_file(f, "swapped tmpfs page");
	return 0;
}

/* Short targets are in memory of their own, long ones in the page cache. */
static int read_link(const struct orthros_fs_finder *f, struct orthros_obj *inode,
		     const struct orthros_inode_view *v)
{
	struct orthros_inode_rec *rec = inode->rec;
	struct page_walk w = { .f = f, .inode = inode, .mapping = v->mapping };
	u64 len = rec->size;
	int err;

	if (!len || len >= PATH_MAX)
		return orthros_bad(-EUCLEAN, "inode %#llx: symbolic link of %llu bytes",
				   inode->src, len);
	rec = orthros_obj_grow(inode, sizeof(*rec) + len + 1);
	if (!rec)
		return -ENOMEM;
	rec->link_len = len;
	if (v->link) {
		err = orthros_src_read(f->who.img->src, v->link, rec->link, len);
	} else {
		w.link = rec->link;
		w.link_len = len;
		err = orthros_src_xa_walk(f->who.img->src, v->pages, read_page, &w);
		if (!err && w.swapped)
			return orthros_refuse_file(f, "swapped symbolic link");
	}
	if (!err && strlen(rec->link) != len)
		err = orthros_bad(-EUCLEAN, "inode %#llx: bad symbolic link", inode->src);
	return err;
}

/* ---- extended attributes --------------------------------------------- */

static int add_xattr(const struct orthros_fs_finder *f, u64 key, u64 inode, const char *name,
		     u64 size, struct orthros_xattr_rec **out)
{
	size_t name_len = strlen(name);
	struct orthros_xattr_rec *rec;
	struct orthros_obj *obj;

	obj = orthros_obj_add(f->who.img, &orthros_xattr_type, key, f->who.pid,
			      sizeof(*rec) + name_len + 1 + size);
	if (IS_ERR(obj))
		return orthros_bad(PTR_ERR(obj), "extended attribute %#llx", key);
	rec = obj->rec;
	rec->inode = inode;
	rec->name_len = name_len;
	rec->size = size;
	memcpy(rec->data, name, name_len);
	*out = rec;
	return 0;
}

/* Does this kernel's tmpfs have attributes of that kind? (user.* came with v6.6.) */
static bool xattr_possible(const char *name)
{
	const struct xattr_handler *const *h;
	bool found = false;
	struct path root;

	get_fs_root(&init_fs, &root);
	h = (const struct xattr_handler *const *)root.dentry->d_sb->s_xattr;
	for (; h && *h; h++)
		if ((*h)->prefix && !strncmp(name, (*h)->prefix, strlen((*h)->prefix)))
			found = true;
	path_put(&root);
	return found;
}

static int refuse_xattr(const struct orthros_fs_finder *f, const char *name)
{
	char why[XATTR_NAME_MAX + 32];

	scnprintf(why, sizeof(why), "extended attribute %s", name);
	return orthros_refuse_file(f, why);
}

static bool acl_possible(void)
{
	struct path root;
	bool possible;

	get_fs_root(&init_fs, &root);
	possible = root.dentry->d_sb->s_flags & SB_POSIXACL;
	path_put(&root);
	return possible;
}

static int read_xattr(const struct orthros_fs_finder *f, struct orthros_obj *inode, u64 addr,
		      struct orthros_xattr_view *v)
{
	char name[XATTR_NAME_MAX + 1];
	struct orthros_xattr_rec *rec;
	ssize_t len;
	int err;

	err = orthros_read_rec(&f->who.img->src->mem, &orthros_table_fs_xattr, addr, v);
	if (err)
		return err;
	len = orthros_src_str(f->who.img->src, v->name, name, sizeof(name));
	if (len < 0)
		return len;
	if (v->size > XATTR_SIZE_MAX)
		return orthros_bad(-EUCLEAN, "extended attribute %#llx of %llu bytes", addr,
				   v->size);
	if (!xattr_possible(name))
		return refuse_xattr(f, name);
	err = add_xattr(f, addr, inode->src, name, v->size, &rec);
	if (err)
		return err;
	return orthros_src_read(f->who.img->src,
				addr + orthros_fs_layout(f->who.img)->xattr_value_off,
				rec->data + len + 1, v->size);
}

/* Tree of attributes: the left spine of what is left to visit is on the stack. */
static int read_xattr_tree(const struct orthros_fs_finder *f, struct orthros_obj *inode, u64 node)
{
	u32 off = orthros_fs_layout(f->who.img)->xattr_off;
	u64 stack[RB_MAX_DEPTH];
	struct orthros_xattr_view v;
	unsigned int n = 0, count = 0;
	int err;

	stack[n++] = node;
	while (n) {
		node = stack[--n];
		if (++count > ORTHROS_FS_MAX_XATTRS)
			return orthros_bad(-ELOOP, "inode %#llx: tree of attributes", inode->src);
		err = read_xattr(f, inode, node - off, &v);
		if (err)
			return err;
		if (n + 2 > RB_MAX_DEPTH)
			return orthros_bad(-ELOOP, "inode %#llx: depth of attributes", inode->src);
		if (v.right)
			stack[n++] = v.right;
		if (v.left)
			stack[n++] = v.left;
	}
	return 0;
}

static int read_xattr_list(const struct orthros_fs_finder *f, struct orthros_obj *inode, u64 head)
{
	u32 off = orthros_fs_layout(f->who.img)->xattr_off;
	struct orthros_list_iter it;
	struct orthros_xattr_view v;
	int err;

	orthros_src_for_each(&it, f->who.img->src, head, ORTHROS_FS_MAX_XATTRS) {
		err = read_xattr(f, inode, it.node - off, &v);
		if (err)
			return err;
	}
	return it.err;
}

/* Kept as setfattr(1) knows them, since the structure in memory is the kernel's own. */
static int read_acl(const struct orthros_fs_finder *f, struct orthros_obj *inode,
		    const char *name, u64 at, u64 acl)
{
	u32 entry_size = orthros_fs_layout(f->who.img)->acl_entry_size;
	struct orthros_acl_entry_view e;
	struct posix_acl_xattr_header *head;
	struct posix_acl_xattr_entry *to;
	struct orthros_xattr_rec *rec;
	struct orthros_acl_view v;
	u32 i;
	int err;

	/* None, or an odd or all-ones value that says "not looked up". */
	if (!acl || acl & 1)
		return 0;
	err = orthros_read_rec(&f->who.img->src->mem, &orthros_table_fs_acl, acl, &v);
	if (err)
		return err;
	if (v.count > MAX_ACL || !entry_size)
		return orthros_bad(-EUCLEAN, "inode %#llx: ACL of %u entries", inode->src,
				   v.count);
	if (!acl_possible())
		return refuse_xattr(f, name);
	err = add_xattr(f, at, inode->src, name, posix_acl_xattr_size(v.count), &rec);
	if (err)
		return err;
	head = (void *)rec->data + rec->name_len + 1;
	head->a_version = cpu_to_le32(POSIX_ACL_XATTR_VERSION);
	to = (void *)(head + 1);
	for (i = 0; i < v.count; i++, to++) {
		err = orthros_read_rec(&f->who.img->src->mem, &orthros_table_fs_acl_entry,
				       v.entries + (u64)i * entry_size, &e);
		if (err)
			return err;
		to->e_tag = cpu_to_le16(e.tag);
		to->e_perm = cpu_to_le16(e.perm);
		to->e_id = cpu_to_le32(e.id);
	}
	return 0;
}

/* ---- inodes ----------------------------------------------------------- */

static int check_inode(const struct orthros_fs_finder *f, const struct orthros_inode_view *v,
		       u64 addr)
{
	int i;

	switch (v->rec.mode & S_IFMT) {
	case S_IFREG: case S_IFDIR: case S_IFLNK: case S_IFCHR:
	case S_IFBLK: case S_IFIFO: case S_IFSOCK:
		break;
	default:
		return orthros_bad(-EUCLEAN, "inode %#llx: mode %#o", addr, v->rec.mode);
	}
	if (v->rec.size < 0)
		return orthros_bad(-EUCLEAN, "inode %#llx: size %lld", addr, v->rec.size);
	if (v->rec.sb != f->sb->src)
		return orthros_bad(-EUCLEAN, "inode %#llx: of another file system", addr);
	for (i = 0; i < 3; i++)
		if ((v->nsec[i] & ~BIT_ULL(31)) >= NSEC_PER_SEC)
			return orthros_bad(-EUCLEAN, "inode %#llx: %lld ns", addr, v->nsec[i]);
	return 0;
}

/**
 * orthros_read_inode() - read a tmpfs inode and all that belongs to it
 * @f:		where it was found
 * @addr:	its address
 *
 * Return: 0, also if something of it was refused, or negative errno.
 */
int orthros_read_inode(const struct orthros_fs_finder *f, u64 addr)
{
	const struct orthros_fs_layout_view *l = orthros_fs_layout(f->who.img);
	const bool ramfs = ((struct orthros_sb_rec *)f->sb->rec)->flags & ORTHROS_SB_RAMFS;
	struct orthros_image *img = f->who.img;
	struct orthros_inode_view v;
	struct orthros_inode_rec *rec;
	struct orthros_obj *obj;
	bool isnew;
	int err;

	obj = orthros_obj_get(img, &orthros_inode_type, addr, f->who.pid, sizeof(*rec), &isnew);
	if (IS_ERR(obj) || !isnew)
		return PTR_ERR_OR_ZERO(obj);
	err = orthros_read_rec(&img->src->mem, &orthros_table_fs_inode, addr, &v);
	if (!err && ramfs)
		v.shmem.seals = F_SEAL_SEAL;
	else if (!err)
		err = orthros_read_rec(&img->src->mem, &orthros_table_fs_shmem_inode,
				       addr - l->inode_off, &v.shmem);
	if (!err)
		err = check_inode(f, &v, addr);
	if (err)
		return err;

	rec = obj->rec;
	*rec = v.rec;
	rec->seals = v.shmem.seals;
	rec->fsflags = v.shmem.fsflags;
	/*
	 * Bit 31 of a time stamp says that it was looked at, not when it was.
	 * Linux kernel commit 4e40eff0b573 ("fs: add infrastructure for
	 * multigrain timestamps") (in v6.13)
	 */
	rec->atime_ns = v.nsec[0] & ~BIT(31);
	rec->mtime_ns = v.nsec[1] & ~BIT(31);
	rec->ctime_ns = v.nsec[2] & ~BIT(31);
	rec->major = v.rdev >> l->minor_bits;
	rec->minor = v.rdev & (BIT_ULL(l->minor_bits) - 1);
	if (v.state & l->i_linkable)
		rec->flags |= ORTHROS_INODE_LINKABLE;
	if (v.private)
		rec->flags |= ORTHROS_INODE_KERNEL;
	if (v.shmem.flags & l->vm_noreserve)
		rec->flags |= ORTHROS_INODE_NORESERVE;
	if (v.s_flags & l->s_private)
		rec->flags |= ORTHROS_INODE_PRIVATE;

	if (v.marks) {
		err = orthros_check_marks(f, v.marks);
		if (err)
			return err;
	}
	if (v.shmem.policy)
		orthros_refuse_file(f, "memory policy");

	if (S_ISREG(rec->mode))
		err = read_pages(f, obj, &v);
	else if (S_ISLNK(rec->mode))
		err = read_link(f, obj, &v);
	if (!err && v.shmem.xattr_list)
		err = read_xattr_list(f, obj, v.shmem.xattr_list);
	else if (!err && v.shmem.xattr_rb)
		err = read_xattr_tree(f, obj, v.shmem.xattr_rb);
	if (!err)
		err = read_acl(f, obj, XATTR_NAME_POSIX_ACL_ACCESS, v.acl_at, v.acl);
	if (!err)
		err = read_acl(f, obj, XATTR_NAME_POSIX_ACL_DEFAULT, v.default_acl_at,
			       v.default_acl);
	return err;
}
