/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The one place where the kernels' interfaces differ: code is written for the
 * newest kernel; what an older one lacks or calls otherwise is mapped here.
 */
#ifndef _ORTHROS_COMPAT_H
#define _ORTHROS_COMPAT_H

#include <linux/version.h>

/* ---- mm: mm/build.c ----------------------------------------------------- */

#include <linux/mm.h>
#include <linux/rmap.h>
#include <linux/sched/coredump.h>
#include <linux/sched/mm.h>
#include <asm/mmu.h>

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
static inline void vm_flags_init(struct vm_area_struct *vma, vm_flags_t flags)
{
	vma->vm_flags = flags;
}
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
static inline void mmdrop_lazy_tlb(struct mm_struct *mm)
{
	mmdrop(mm);
}

static inline void mm_init_cid(struct mm_struct *mm) { }
static inline void sched_mm_cid_after_execve(struct task_struct *t) { }
#endif

/* Which way a free range is searched is a function there, a flag here. */
#ifdef MMF_TOPDOWN
static inline void orthros_mm_set_topdown(struct mm_struct *mm, bool topdown)
{
	if (topdown)
		set_bit(MMF_TOPDOWN, &mm->flags);
	else
		clear_bit(MMF_TOPDOWN, &mm->flags);
}
#else
static inline void orthros_mm_set_topdown(struct mm_struct *mm, bool topdown)
{
	mm->get_unmapped_area = topdown ? arch_get_unmapped_area_topdown :
					  arch_get_unmapped_area;
}
#endif

/* Linux kernel commit b507808ebce2 ("mm: implement memory-deny-write-execute") (in v6.3) */
static inline void orthros_mm_set_mdwe(struct mm_struct *mm, bool mdwe, bool no_inherit)
{
#ifdef MMF_HAS_MDWE
	if (mdwe)
		set_bit(MMF_HAS_MDWE, &mm->flags);
#endif
#ifdef MMF_HAS_MDWE_NO_INHERIT
	if (no_inherit)
		set_bit(MMF_HAS_MDWE_NO_INHERIT, &mm->flags);
#endif
}

/* A mask became a bit number with the flags of address masking, in v6.4. */
static inline void orthros_mm_set_vsyscall(struct mm_struct *mm)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
	mm->context.flags |= MM_CONTEXT_HAS_VSYSCALL;
#else
	__set_bit(MM_CONTEXT_HAS_VSYSCALL, &mm->context.flags);
#endif
}

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
static inline pte_t orthros_pte_mkwrite(pte_t pte, struct vm_area_struct *vma)
{
	return pte_mkwrite(pte);
}
#else
#define orthros_pte_mkwrite(pte, vma)	pte_mkwrite(pte, vma)
#endif

/*
 * A fault under the lock of the mapping alone, since v6.4: give it back, so
 * that the fault is retried under the mmap lock.
 */
static inline bool orthros_fault_unlock_vma(struct vm_area_struct *vma, unsigned int flags)
{
#ifdef CONFIG_PER_VMA_LOCK
	if (flags & FAULT_FLAG_VMA_LOCK) {
		vma_end_read(vma);
		return true;
	}
#endif
	return false;
}

#ifndef VM_DROPPABLE
#define VM_DROPPABLE	VM_NONE
#endif
#ifndef VM_SEALED
#define VM_SEALED	VM_NONE
#endif
#ifndef VM_PKEY_BIT3
#define VM_PKEY_BIT0	VM_NONE
#define VM_PKEY_BIT1	VM_NONE
#define VM_PKEY_BIT2	VM_NONE
#define VM_PKEY_BIT3	VM_NONE
#endif

/* ---- fs -------------------------------------------------------------- */

#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/posix_acl.h>
#include <linux/xattr.h>

/* Linux kernel commit abf08576afe3 ("fs: port vfs_*() helpers to struct mnt_idmap") (in v6.3) */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
#define nop_mnt_idmap	init_user_ns
#endif

/* Linux kernel commit 12cd44023651 ("fs: rename inode i_atime and i_mtime fields") (in v6.7) */
static inline void orthros_inode_set_times(struct inode *inode, struct timespec64 atime,
					   struct timespec64 mtime, struct timespec64 ctime)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
	inode->i_atime = atime;
	inode->i_mtime = mtime;
	inode->i_ctime = ctime;
#else
	inode_set_atime_to_ts(inode, atime);
	inode_set_mtime_to_ts(inode, mtime);
	inode_set_ctime_to_ts(inode, ctime);
#endif
}

/* Linux kernel commit 9b6304c1d537 ("fs: add ctime accessors infrastructure") (in v6.6) */
static inline struct timespec64 orthros_inode_ctime(const struct inode *inode)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
	return inode->i_ctime;
#else
	return inode_get_ctime(inode);
#endif
}

/* Linux kernel commit 138060ba92b3 ("fs: pass dentry to set acl method") (in v6.2) */
static inline int orthros_set_acl(struct dentry *dentry, int type, struct posix_acl *acl)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 2, 0)
	return set_posix_acl(&init_user_ns, d_inode(dentry), type, acl);
#else
	return set_posix_acl(&nop_mnt_idmap, dentry, type, acl);
#endif
}

/*
 * Linux kernel commit da549bdd15c2 ("dentry: switch the lists of children to
 * hlist") (in v6.8). Under @parent's d_lock.
 */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 8, 0)
#define orthros_for_each_child(child, parent) \
	list_for_each_entry(child, &(parent)->d_subdirs, d_child)
#else
#define orthros_for_each_child(child, parent) \
	hlist_for_each_entry(child, &(parent)->d_children, d_sib)
#endif

/* Linux kernel commit 880b9577855e ("fs: distinguish between user initiated ...") (in v6.6) */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 6, 0)
#define orthros_freeze_super(sb)	freeze_super(sb)
#define orthros_thaw_super(sb)		thaw_super(sb)
#else
#define orthros_freeze_super(sb)	freeze_super(sb, FREEZE_HOLDER_KERNEL)
#define orthros_thaw_super(sb)		thaw_super(sb, FREEZE_HOLDER_KERNEL)
#endif

/* A flag of a device, not of its disk. It was a member of its own. */
#include <linux/blkdev.h>
static inline void orthros_bdev_set_read_only(struct block_device *bdev, bool on)
{
#ifdef BD_READ_ONLY
	if (on)
		bdev_set_flag(bdev, BD_READ_ONLY);
	else
		bdev_clear_flag(bdev, BD_READ_ONLY);
#else
	bdev->bd_read_only = on;
#endif
}

/* Linux kernel commit 0af950f57fef ("ovl: move ovl_entry into ovl_inode") (in v6.5) */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 5, 0)
#define orthros_ovl_set_entry(dentry, oip, entry) \
	((void)(oip), (dentry)->d_fsdata = (entry))
#else
#define orthros_ovl_set_entry(dentry, oip, entry) \
	((void)(dentry), (oip)->oe = (entry))
#endif

/* Charging a page became the business of __filemap_add_folio()'s callers. */
#include <linux/memcontrol.h>
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 10, 0)
static inline int orthros_cache_charge(struct folio *folio) { return 0; }
#else
static inline int orthros_cache_charge(struct folio *folio)
{
	return mem_cgroup_charge(folio, NULL, GFP_KERNEL);
}
#endif

/* ---- tasks: task/build.c ------------------------------------------------ */

#include <linux/pid_namespace.h>
#include <linux/rseq.h>
#include <linux/sched/signal.h>
#include <linux/threads.h>

/* Linux kernel commit ee3e3ac05c26 ("rseq: Introduce extensible rseq ABI") (in v6.3). */
static inline void orthros_set_rseq(struct task_struct *t, u64 rseq, u32 len, u32 sig)
{
	t->rseq = (struct rseq __user *)(unsigned long)rseq;
	t->rseq_sig = sig;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
	t->rseq_len = len ?: sizeof(*t->rseq);
#endif
	/* As if just migrated: the ids are written anew, a critical section restarts. */
	rseq_migrate(t);
}

static inline void orthros_set_restore_sigmask(struct task_struct *t)
{
	t->restore_sigmask = true;
}

/* As kernel/pid.c has it. */
#define ORTHROS_RESERVED_PIDS	300

static inline void orthros_set_pid_max(u32 max)
{
	if (max > ORTHROS_RESERVED_PIDS && max <= PID_MAX_LIMIT)
		pid_max = max;
}

/* Sizes of futexes became flags in v6.7. */
#ifdef FLAGS_SIZE_32
#define ORTHROS_FUTEX_SIZE_32	FLAGS_SIZE_32
#else
#define ORTHROS_FUTEX_SIZE_32	0
#endif

/* Linux kernel commit 5970e15dbcfe ("filelock: move file locking definitions ...") (in v6.3) */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 3, 0)
#include <linux/filelock.h>
#endif

/* Linux kernel commit 1934b212615d ("file: reclaim 24 bytes from f_owner") (in v6.12) */
static inline struct fown_struct *orthros_file_owner(struct file *file)
{
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 12, 0)
	return &file->f_owner;
#else
	int err = file_f_owner_allocate(file);

	return err ? ERR_PTR(err) : file_f_owner(file);
#endif
}

/* files: f_pipe took over from f_version in v6.12. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
#define orthros_file_pipe_seen(file)	((file)->f_pipe)
#else
#define orthros_file_pipe_seen(file)	((file)->f_version)
#endif

/* ---- net: net/link.c, net/route.c ---------------------------------------- */

#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/net_namespace.h>

/*
 * A device that is down gets another number; under RTNL. Linux kernel commit
 * 759ab1edb56c ("net: store netdevs in an xarray") (in v6.6) added an index.
 */
static inline int orthros_dev_set_index(struct net_device *dev, int ifindex)
{
	struct net *net = dev_net(dev);

	ASSERT_RTNL();
	if (dev->ifindex == ifindex)
		return 0;
	if (__dev_get_by_index(net, ifindex))
		return -EEXIST;
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
	if (xa_err(xa_store(&net->dev_by_index, ifindex, dev, GFP_KERNEL)))
		return -ENOMEM;
	xa_erase(&net->dev_by_index, dev->ifindex);
#endif
	/*
	 * Before the commit there is nobody who could miss the device, or one
	 * behind it, when it changes its chain: no grace period.
	 */
	hlist_del_rcu(&dev->index_hlist);
	dev->ifindex = ifindex;
	hlist_add_head_rcu(&dev->index_hlist,
			   &net->dev_index_head[ifindex & (NETDEV_HASHENTRIES - 1)]);
	return 0;
}

#include <net/ip6_fib.h>
#include <net/ip6_route.h>

/* A default route that a router has announced; under RTNL. */
static inline int orthros_add_router(struct net_device *dev, const struct in6_addr *gateway,
				     unsigned int pref, u32 metric, int seconds)
{
#if IS_ENABLED(CONFIG_IPV6)
	struct fib6_info *route;

	/* The lifetime is an argument since v6.9. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 9, 0)
	route = rt6_add_dflt_router(dev_net(dev), gateway, dev, pref, metric);
	if (route)
		fib6_set_expires(route, jiffies + seconds * HZ);
#else
	route = rt6_add_dflt_router(dev_net(dev), gateway, dev, pref, metric, seconds);
#endif
	if (!route)
		return -EIO;
	fib6_info_release(route);
#endif
	return 0;
}

/* ---- sockets ------------------------------------------------------------ */

#include <linux/tcp.h>
#include <linux/uio.h>

/* Linux kernel commit 614e8316aa4c ("tcp: add support for usec resolution in TCP TS") (in v6.7) */
static inline void orthros_reqsk_init(struct tcp_request_sock *treq)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 7, 0)
	treq->req_usec_ts = false;
#endif
}

/* ---- bridges: net/bridge.c ---------------------------------------------- */

#include <linux/if_link.h>

/* Numbers of netlink attributes that another kernel may tell. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 3, 0)
#define IFLA_BRPORT_MCAST_N_GROUPS	(IFLA_BRPORT_LOCKED + 2)
#endif
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 7, 0)
#define IFLA_BR_FDB_N_LEARNED		(IFLA_BR_MCAST_QUERIER_STATE + 1)
#endif

#endif /* _ORTHROS_COMPAT_H */
