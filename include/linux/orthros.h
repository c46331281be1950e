/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Hooks that patches/ put into the kernel: each a line there, the code here.
 */
#ifndef _LINUX_ORTHROS_H
#define _LINUX_ORTHROS_H

#include <linux/jump_label.h>
#include <linux/mm_types.h>
#include <linux/types.h>

struct file;
struct hrtimer;
struct idr;
struct net_device;
struct pid_namespace;
struct pt_regs;
struct task_struct;

#ifdef CONFIG_ORTHROS

/* init/main.c: a backup waits here and becomes the source's PID 1. */
bool orthros_is_backup(void);
int orthros_backup_init(void);

/* kernel/pid.c: kernel threads take their PIDs from a range of their own. */
bool orthros_kthread_pid(const struct pid_namespace *ns);
int orthros_alloc_kthread_pid(struct idr *idr);

/* kernel/umh.c: a program that a kernel thread starts is a process like any. */
pid_t orthros_user_mode_thread(int (*fn)(void *), void *arg, unsigned long flags);

/* kernel/freezer.c: for a hop every task must reach the syscall boundary. */
bool orthros_freeze_at_boundary(struct task_struct *p, unsigned int state);
bool orthros_dumps_core(struct task_struct *p);
void orthros_refrigerator(void);

/* kernel/signal.c: a traced thread stops where it had stopped. */
bool orthros_stops_again(int *exit_code);

/* kernel/time/: the deadline of a sleep that a hop interrupts. */
long orthros_sleep(unsigned int state, long timeout);
void orthros_slept(unsigned int state, long left);
void orthros_hrtimer_sleep(unsigned int state, struct hrtimer *timer);
void orthros_hrtimer_slept(unsigned int state, struct hrtimer *timer, bool expired);
ktime_t orthros_wait(ktime_t *timeout);
void orthros_wait_got(size_t moved);
void orthros_waited(ktime_t until);

/* fs/aio.c: requests that move data end before a hop. */
extern bool orthros_aio_waits;
void __orthros_aio_done(void);

static inline void orthros_aio_done(void)
{
	if (unlikely(READ_ONCE(orthros_aio_waits)))
		__orthros_aio_done();
}

/* arch/x86/kernel/signal.c: how a call ends that a hop has interrupted. */
void orthros_call_signal(struct pt_regs *regs);
void orthros_call_undone(struct pt_regs *regs);

/* kernel/seccomp.c: what call filters see. */
int orthros_filtered_call(int nr);

/* fs/proc/proc_sysctl.c: what was written has to be written again. */
void orthros_sysctl_writing(struct file *file);
void orthros_sysctl_written(struct file *file);

/* kernel/printk/printk.c: messages go on where those of the last kernel ended. */
extern u64 orthros_kmsg_base;

static inline u64 orthros_kmsg_seq(u64 seq)
{
	return seq + READ_ONCE(orthros_kmsg_base);
}

/* fs/sysfs/file.c: so has what was written there. */
ssize_t orthros_sysfs_written(struct file *file, ssize_t ret);
ssize_t orthros_sysfs_bin_written(struct file *file, ssize_t ret);

/* fs/proc/inode.c: and in procfs. */
ssize_t orthros_proc_written(struct file *file, ssize_t ret);

/* fs/proc/generic.c: numbers of namespaces. */
int orthros_proc_take_inum(unsigned int inum);

/* net/ethtool/ioctl.c: and by ethtool. */
void orthros_ethtool_done(struct net_device *dev, u32 cmd, u32 sub_cmd, int err);

/* block/bdev.c: a disk may still be on its way. */
bool orthros_wait_disk(dev_t dev);

/* fs/ext4/, fs/overlayfs/: a mount of a hop keeps deleted files, and writes nothing. */
bool orthros_mounting(void);

/* fs/xfs/: what is frozen for a hop needs no recovery. */
bool orthros_freezing_disks(void);

/* kernel/time/timekeeping.c */
void orthros_timekeeping_set(s64 mono, s64 boot, s64 real, s64 raw, u32 khz);

/*
 * mm/: after a hop, pages that have not been claimed from the old kernel yet
 * are claimed before anything could miss them. See kernel/orthros/ondemand.c.
 */
DECLARE_STATIC_KEY_FALSE(orthros_claiming);
vm_fault_t __orthros_claim_fault(struct vm_area_struct *vma, unsigned long address,
				 unsigned int flags);
int __orthros_claim_locked(struct vm_area_struct *vma, unsigned long start, unsigned long end);
int __orthros_claim_range(struct mm_struct *mm, unsigned long start, unsigned long end);
void __orthros_unmap(struct mm_struct *mm, unsigned long start, unsigned long end);

static inline vm_fault_t orthros_claim_fault(struct vm_area_struct *vma, unsigned long address,
					     unsigned int flags)
{
	return static_branch_unlikely(&orthros_claiming) ?
	       __orthros_claim_fault(vma, address, flags) : 0;
}

static inline int orthros_claim_locked(struct vm_area_struct *vma, unsigned long start,
				       unsigned long end)
{
	return static_branch_unlikely(&orthros_claiming) ?
	       __orthros_claim_locked(vma, start, end) : 0;
}

static inline int orthros_claim_range(struct mm_struct *mm, unsigned long start,
				      unsigned long end)
{
	return static_branch_unlikely(&orthros_claiming) ?
	       __orthros_claim_range(mm, start, end) : 0;
}

static inline void orthros_unmap(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	if (static_branch_unlikely(&orthros_claiming))
		__orthros_unmap(mm, start, end);
}

#else /* !CONFIG_ORTHROS */

static inline bool orthros_stops_again(int *exit_code) { return false; }
static inline bool orthros_is_backup(void) { return false; }
static inline int orthros_backup_init(void) { return 0; }
static inline u64 orthros_kmsg_seq(u64 seq) { return seq; }

static inline ssize_t orthros_sysfs_written(struct file *file, ssize_t ret)
{
	return ret;
}

static inline ssize_t orthros_sysfs_bin_written(struct file *file, ssize_t ret)
{
	return ret;
}

static inline ssize_t orthros_proc_written(struct file *file, ssize_t ret)
{
	return ret;
}

static inline void orthros_ethtool_done(struct net_device *dev, u32 cmd, u32 sub_cmd, int err)
{
}

static inline bool orthros_kthread_pid(const struct pid_namespace *ns) { return false; }
static inline int orthros_alloc_kthread_pid(struct idr *idr) { return -1; }
#define orthros_user_mode_thread	user_mode_thread
static inline bool orthros_freeze_at_boundary(struct task_struct *p, unsigned int state)
{
	return false;
}

static inline bool orthros_dumps_core(struct task_struct *p) { return false; }
static inline void orthros_refrigerator(void) { }
static inline void orthros_sysctl_writing(struct file *file) { }
static inline void orthros_sysctl_written(struct file *file) { }
static inline long orthros_sleep(unsigned int state, long timeout) { return timeout; }
static inline void orthros_slept(unsigned int state, long left) { }
static inline void orthros_hrtimer_sleep(unsigned int state, struct hrtimer *timer) { }
static inline void orthros_hrtimer_slept(unsigned int state, struct hrtimer *timer,
					 bool expired)
{
static inline ktime_t orthros_wait(ktime_t *timeout) { return KTIME_MAX; }
static inline void orthros_wait_got(size_t moved) { }
static inline void orthros_waited(ktime_t until) { }
static inline void orthros_aio_done(void) { }
}

static inline void orthros_call_signal(struct pt_regs *regs) { }
static inline void orthros_call_undone(struct pt_regs *regs) { }
static inline int orthros_filtered_call(int nr) { return nr; }
static inline bool orthros_wait_disk(dev_t dev) { return false; }
static inline bool orthros_mounting(void) { return false; }
static inline bool orthros_freezing_disks(void) { return false; }

static inline vm_fault_t orthros_claim_fault(struct vm_area_struct *vma, unsigned long address,
					     unsigned int flags)
{
	return 0;
}

static inline int orthros_claim_locked(struct vm_area_struct *vma, unsigned long start,
				       unsigned long end)
{
	return 0;
}

static inline int orthros_claim_range(struct mm_struct *mm, unsigned long start,
				      unsigned long end)
{
	return 0;
}

static inline void orthros_unmap(struct mm_struct *mm, unsigned long start, unsigned long end)
{
}

#endif /* CONFIG_ORTHROS */

#endif /* _LINUX_ORTHROS_H */
