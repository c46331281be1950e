/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Interfaces between the rooms of kernel/orthros/.
 */
#ifndef _ORTHROS_INTERNAL_H
#define _ORTHROS_INTERNAL_H

#include <linux/err.h>
#include <linux/fs.h>
#include <linux/list.h>
#include <linux/sched.h>
#include <linux/types.h>
#include <linux/xarray.h>
#include <linux/orthros/abi/handoff.h>
#include "table.h"
#include "compat.h"

struct orthros_image;

/* ---- source.c: the source kernel's memory -------------------------- */

/**
 * struct orthros_src - the source kernel as its peer reads it
 * @mem:	reader for the table interpreter; first member
 * @desc:	own copy of the source's description, validated
 * @exports:	the source's exported names, validated, in the direct map
 * @exports_nr:		number of them
 */
struct orthros_src {
	struct orthros_mem mem;
	struct orthros_kernel_desc desc;
	const struct orthros_export *exports;
	size_t exports_nr;
};

int orthros_src_init(struct orthros_src *src, const struct orthros_handoff *ho);

/* Physical address behind a source kernel virtual address, or 0. *left: bytes valid from there. */
phys_addr_t orthros_src_phys(const struct orthros_src *src, u64 vaddr, size_t *left);
/* True if the whole physical range is the source's RAM. */
bool orthros_src_owns(const struct orthros_src *src, phys_addr_t phys, size_t len);
/* Read-only pointer to source RAM in our direct map, or NULL if out of bounds. */
const void *orthros_src_map(const struct orthros_src *src, phys_addr_t phys, size_t len);

/* 0 or -EFAULT; reads across pages; bounded. */
int orthros_src_read(const struct orthros_src *src, u64 vaddr, void *buf, size_t len);
int orthros_src_u64(const struct orthros_src *src, u64 vaddr, u64 *val);
/* NUL-terminated string of at most size - 1 bytes: length or -E2BIG/-EFAULT. */
ssize_t orthros_src_str(const struct orthros_src *src, u64 vaddr, char *buf, size_t size);
/* Value of an exported name; *val = 0 and -ENOENT if absent. */
int orthros_src_sym(const struct orthros_src *src, const char *name, u64 *val);
int orthros_src_const(const struct orthros_src *src, const char *name, u64 *val);

/* Source struct page address -> pfn and back; 0 / ~0 when out of range. */
u64 orthros_src_page(const struct orthros_src *src, unsigned long pfn);
unsigned long orthros_src_page_pfn(const struct orthros_src *src, u64 page);

/*
 * Walk a source list_head. @node is each node's address; ends at the head, or
 * after @max nodes, or at a bad pointer: then err is set (-ELOOP, -EFAULT).
 */
struct orthros_list_iter {
	const struct orthros_src *src;
	u64 head, node;
	unsigned long left;
	int err;
};

void orthros_list_start(struct orthros_list_iter *it, const struct orthros_src *src,
			u64 head, unsigned long max);
bool orthros_list_next(struct orthros_list_iter *it);
#define orthros_src_for_each(it, src, head, max) \
	for (orthros_list_start(it, src, head, max); orthros_list_next(it); )
/* The same for a hlist_head (single pointer head, NULL-terminated). */
void orthros_hlist_start(struct orthros_list_iter *it, const struct orthros_src *src,
			 u64 head, unsigned long max);
bool orthros_hlist_next(struct orthros_list_iter *it);
#define orthros_src_hlist_for_each(it, src, head, max) \
	for (orthros_hlist_start(it, src, head, max); orthros_hlist_next(it); )

/*
 * Walk a source xarray (also: radix tree, address_space i_pages, IDR):
 * calls fn(ctx, index, entry) for each non-NULL entry; fn's error ends it.
 * Depth and slots are bounded.
 */
int orthros_src_xa_walk(const struct orthros_src *src, u64 xa,
			int (*fn)(void *ctx, u64 index, u64 entry), void *ctx);
/* Walk a source maple tree (mm->mm_mt): fn(ctx, first, last, entry). */
int orthros_src_mt_walk(const struct orthros_src *src, u64 mt,
			int (*fn)(void *ctx, u64 first, u64 last, u64 entry), void *ctx);

/* Walk a source red-black tree in order, from its first rb_node on. */
int orthros_src_rb_walk(const struct orthros_src *src, u64 root, unsigned long max,
			int (*fn)(void *ctx, u64 node), void *ctx);

/* ---- image.c: records and the object map ---------------------------- */

enum orthros_kind {
	ORTHROS_KIND_TASK = 1,	/* task_struct: thread or process */
	ORTHROS_KIND_SIGNAL,	/* signal_struct: process */
	ORTHROS_KIND_SIGHAND,
	ORTHROS_KIND_MM,
	ORTHROS_KIND_VMA,
	ORTHROS_KIND_ANON_VMA,	/* key: the source's anon_vma root */
	ORTHROS_KIND_FILES,	/* files_struct */
	ORTHROS_KIND_FILE,	/* struct file */
	ORTHROS_KIND_FS,	/* fs_struct */
	ORTHROS_KIND_SB,	/* super_block */
	ORTHROS_KIND_MOUNT,	/* struct mount */
	ORTHROS_KIND_DENTRY,
	ORTHROS_KIND_INODE,
	ORTHROS_KIND_PIPE,	/* pipe_inode_info */
	ORTHROS_KIND_SOCK,	/* struct sock */
	ORTHROS_KIND_TTY,	/* tty_struct */
	ORTHROS_KIND_EVENTPOLL,
	ORTHROS_KIND_EVENTFD,
	ORTHROS_KIND_PAGES,	/* pages of a tmpfs file; key: the first one's struct page */
	ORTHROS_KIND_XATTR,	/* extended attribute or ACL; key: where it is or hangs */
	ORTHROS_KIND_CRED,	/* struct cred */
	ORTHROS_KIND_SIGPENDING,	/* struct sigpending */
	ORTHROS_KIND_FPU,	/* key: its task_struct */
	ORTHROS_KIND_MACHINE,	/* what belongs to no process */
	ORTHROS_KIND_TIMERFD,	/* struct timerfd_ctx */
	ORTHROS_KIND_SIGNALFD,	/* struct signalfd_ctx */
	ORTHROS_KIND_TIMER,	/* struct k_itimer */
	ORTHROS_KIND_LOCK,	/* struct file_lock */
	ORTHROS_KIND_TCP_CONN,	/* key: its struct sock */
	ORTHROS_KIND_TCP_WAIT,	/* struct tcp_timewait_sock */
	ORTHROS_KIND_TCP_REQ,	/* struct tcp_request_sock */
	ORTHROS_KIND_UDP,	/* key: its struct sock */
	ORTHROS_KIND_NETLINK,	/* key: its struct sock */
	ORTHROS_KIND_LIMITS,	/* key: init_net */
	ORTHROS_KIND_DINODE = 40,	/* inode of a file system on a disk */
	ORTHROS_KIND_KEY,	/* struct key */
	ORTHROS_KIND_INOTIFY,	/* struct fsnotify_group */
	ORTHROS_KIND_IPC_IDS = 50,	/* struct ipc_ids */
	ORTHROS_KIND_SHM,	/* key: its struct kern_ipc_perm, as of the next two */
	ORTHROS_KIND_SEM,
	ORTHROS_KIND_MSQ,
	ORTHROS_KIND_SEM_UNDO,	/* struct sem_undo */
	ORTHROS_KIND_FILTER,	/* struct bpf_prog, a classic one */
	ORTHROS_KIND_MCAST,	/* struct ip_mc_socklist or ipv6_mc_socklist */
	ORTHROS_KIND_TCP_SYN,	/* struct saved_syn */
	ORTHROS_KIND_NR = 64,
};

/**
 * struct orthros_obj - one object of the source
 * @list:	in orthros_image.objs[kind], in order of discovery
 * @src:	its address in the source, its identity
 * @kind:	&enum orthros_kind
 * @pid:	process it was first found through, for messages
 * @rec:	its record, freed with the image; layout per kind
 * @rec_size:	bytes
 * @dst:	what was built of it; type and reference rules per kind
 * @late:	the part that had to wait until after the commit is done
 */
struct orthros_obj {
	struct list_head list;
	u64 src;
	u16 kind;
	pid_t pid;
	void *rec;
	size_t rec_size;
	void *dst;
	bool late;
};

/**
 * struct orthros_image - everything that was read of a source
 * @src:	where it is from
 * @maps:	xarray per kind: source address (>> 3) -> object
 * @objs:	list per kind
 * @report:	lines "PID COMM: what: why"
 * @refused:	number of lines
 * @frozen:	false: a live walk (check), inconsistencies are retried
 * @report_len:		bytes used of @report
 * @report_size:		bytes that @report has room for
 */
struct orthros_image {
	struct orthros_src *src;
	struct xarray maps[ORTHROS_KIND_NR];
	struct list_head objs[ORTHROS_KIND_NR];
	char *report;
	size_t report_len;
	size_t report_size;
	unsigned int refused;
	bool frozen;
};

struct orthros_image *orthros_image_alloc(struct orthros_src *src, bool frozen);
void orthros_image_free(struct orthros_image *img);
struct orthros_obj *orthros_obj_find(struct orthros_image *img, enum orthros_kind kind, u64 src);
/* New object with a zeroed record of rec_size bytes; ERR_PTR(-EEXIST) if known. */
struct orthros_obj *orthros_obj_add(struct orthros_image *img, enum orthros_kind kind, u64 src,
				    pid_t pid, size_t rec_size);
/* Find or add: *isnew tells which. */
struct orthros_obj *orthros_obj_get(struct orthros_image *img, enum orthros_kind kind, u64 src,
				    pid_t pid, size_t rec_size, bool *isnew);
void *orthros_obj_grow(struct orthros_obj *obj, size_t rec_size);

/**
 * struct orthros_writer - appends to the record of an object
 * @obj:	the object
 * @used:	bytes of its record in use
 * @max:	that may be in use
 */
struct orthros_writer {
	struct orthros_obj *obj;
	size_t used;
	size_t max;
};

/* @len bytes more; the record may move. NULL: no memory, or too much. */
void *orthros_append(struct orthros_writer *w, size_t len);
#define orthros_for_each_obj(obj, img, kind) \
	list_for_each_entry(obj, &(img)->objs[kind], list)

/*
 * Something that cannot be carried: adds a line to the report and returns 0,
 * so that the walk goes on and the report is complete.
 */
__printf(4, 5)
int orthros_refuse(struct orthros_image *img, pid_t pid, const char *comm, const char *fmt, ...);
/* A bad datum of the source: logs and returns err. For lists, pointers, counts. */
__printf(2, 3)
int orthros_bad(int err, const char *fmt, ...);
/* Failure injection and error naming of the build: remembers the first error text. */
__printf(2, 3)
int orthros_fail(int err, const char *fmt, ...);

/* ---- readers (called by walk.c) and builders ------------------------- */

/* task: task/read.c, task/build.c */

/*
 * mm: mm/read.c, mm/build.c.
 * read: mm_struct at addr -> objects MM, VMA, ANON_VMA + what files they map
 * (through orthros_read_file()).
 */
struct orthros_obj *orthros_read_mm(struct orthros_image *img, u64 mm, pid_t pid, const char *comm);
/*
 * In the new process's own context (current->mm == NULL): creates, fills and
 * activates the mm. CLONE_VM sharers are attached by the task builder.
 */
int orthros_build_mm(struct orthros_image *img, struct orthros_obj *mm);
/* After all mms are built: counts, anon exclusivity... 0 or -errno. */
int orthros_verify_mm(struct orthros_image *img);
/* If regs->ip lies in the source's vDSO: where it goes on in the new mm. */
unsigned long orthros_vdso_fixup_ip(struct orthros_obj *mm, unsigned long ip);
/* Claims a source page (by pfn) for this kernel: PageReserved cleared, refcount 1. */
struct page *orthros_claim_page(struct orthros_image *img, unsigned long pfn);

/*
 * files: files/read.c, file_*.c.
 * files_struct at addr.
 */
struct orthros_obj *orthros_read_files(struct orthros_image *img, u64 files, pid_t pid,
				       const char *comm);
/*
 * One struct file, found through "what" ("fd 5", "mapping 7f..."): object or ERR_PTR; refusals
 * are reported and give NULL.
 */
struct orthros_obj *orthros_read_file(struct orthros_image *img, u64 file, pid_t pid,
				      const char *comm, const char *what);
/* In the process's own context: fill current->files (empty). */
int orthros_build_files(struct orthros_image *img, struct orthros_obj *files);
/*
 * Destination file of a FILE object, built on first use; the object map holds one
 * reference until orthros_release_files(); the caller takes its own.
 */
struct file *orthros_build_file(struct orthros_image *img, struct orthros_obj *file);
/*
 * After commit, in the process's context: files on terminals (needs devices and
 * current->signal->tty).
 */
int orthros_build_late_files(struct orthros_image *img, struct orthros_obj *files);
bool orthros_has_late_files(struct orthros_image *img, const struct orthros_obj *files);
/* tty_struct of the source -> TTY object (settings, pgrp, session). */
struct orthros_obj *orthros_read_tty(struct orthros_image *img, u64 tty, pid_t pid,
				     const char *comm);
/* After commit and orthros_takeover_console(): opens the terminal, applies settings. */
int orthros_build_ttys(struct orthros_image *img);
void orthros_release_files(struct orthros_image *img);

/* fs: fs/read_mounts.c, fs/build.c: super blocks, trees, mounts, paths. */
int orthros_read_mounts(struct orthros_image *img, u64 mnt_ns);
/* machine/unowned.c: what no process holds, and is refused. */
int orthros_read_unowned(struct orthros_image *img);
/*
 * A struct path (vfsmount address, dentry address) in the source: makes sure it can
 * be found again. 0, or a refusal. Unlinked dentries are kept as such.
 */
int orthros_read_path(struct orthros_image *img, u64 vfsmount, u64 dentry, pid_t pid,
		      const char *comm, const char *what);
/* The same for an inode that is watched; dentry: one of its names, or 0. */
int orthros_read_watched(struct orthros_image *img, u64 sb, u64 inode, u64 dentry, pid_t pid,
			 const char *comm, const char *what);
/* Rebuild all trees and mounts, in kernel_init's context. */
int orthros_build_fs(struct orthros_image *img);
/* Destination path of such a source path; reference for the caller (path_put()). */
int orthros_dst_path(struct orthros_image *img, u64 vfsmount, u64 dentry, struct path *path);
/* Destination inode of a source inode on tmpfs, no reference. */
struct inode *orthros_dst_inode(struct orthros_image *img, u64 inode);
/*
 * When every process is built, before the commit: what would have been in the builders'
 * way or was changed by them: read-only mounts, immutable files, seals, time stamps.
 */
int orthros_finish_fs(struct orthros_image *img);
/* Trees, contents and mounts are what was read. */
int orthros_verify_fs(struct orthros_image *img);
/*
 * After commit and orthros_takeover_console(): owners and modes of device nodes that have
 * appeared since.
 */
int orthros_build_fs_late(struct orthros_image *img);
/* After the commit, before the processes run: references of the object map dropped. */
void orthros_release_fs(struct orthros_image *img);
/* In the background, when they run: pages to the LRU lists. */
void orthros_settle_fs(struct orthros_image *img);
/* After the commit: what is on disks may be written to. Failures are logged. */
void orthros_commit_disks(struct orthros_image *img);
/*
 * In the background, before the source's memory is freed: the page cache of
 * files on disks.
 */
void orthros_settle_disks(struct orthros_image *img);

/*
 * net: sockets are file kinds; this is the rest. It is rebuilt by a thread, which
 * is told of the steps of the hop in this order.
 */
int orthros_prepare_net(void);
int orthros_read_net(struct orthros_image *img);
int orthros_begin_net(struct orthros_image *img);
void orthros_net_go_on(void);
extern struct mutex orthros_minors_lock;
int orthros_need_net(void);
void orthros_start_net(void);
void orthros_release_net(void);
void orthros_finish_net(void);
void orthros_settle_net(struct orthros_image *img);

enum orthros_sysctls {
	ORTHROS_SYSCTLS_EARLY,
	ORTHROS_SYSCTLS_NET,
	ORTHROS_SYSCTLS_LATE,
};

int orthros_build_sysctls(struct orthros_image *img, enum orthros_sysctls which);

/* machine/limits.c: what a kernel reckons from the size of its memory. */
int orthros_read_limits(struct orthros_image *img);
void orthros_set_limits(struct orthros_image *img);

/* ---- task/key.c: keys and keyrings ------------------------------------------ */

struct cred;
struct orthros_cred_rec;

/* A key that is in use; all of them are read in the end. */
int orthros_read_key(struct orthros_image *img, u64 addr, pid_t pid, const char *comm);
int orthros_read_keys(struct orthros_image *img);
int orthros_build_keys(struct orthros_image *img);
void orthros_set_keyrings(struct orthros_image *img, struct cred *cred,
			  const struct orthros_cred_rec *rec);
void orthros_release_keys(struct orthros_image *img);

/* ---- destination helpers --------------------------------------------- */

/* A system call of this kernel with kernel arguments (no user pointers). */
long orthros_syscall(unsigned int nr, unsigned long a, unsigned long b, unsigned long c,
		     unsigned long d, unsigned long e, unsigned long f);
/* Step of the rebuild that was chosen to fail (fail_step): -EIO once. */
int orthros_fail_point(enum orthros_stamp step);

#endif /* _ORTHROS_INTERNAL_H */
