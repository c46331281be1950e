/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the core asks of the platform (arch/x86/orthros/): a partition, a
 * second kernel on it, the park and the takeover.
 */
#ifndef _LINUX_ORTHROS_PLATFORM_H
#define _LINUX_ORTHROS_PLATFORM_H

#include <linux/orthros/partition.h>
#include <linux/orthros/abi/handoff.h>
#include <linux/wait.h>

struct cred;
struct file;

/*
 * The hand-off block; NULL when this machine has no partition. In the
 * ActiveOS valid from core_initcall on, in the BackupOS from setup_arch().
 */
extern struct orthros_handoff *orthros_ho;

/* Woken by every kick of the other kernel; look at what you wait for again. */
extern wait_queue_head_t orthros_peer_wq;

bool orthros_peer_alive(void);
const char *orthros_partition_error(void);
const struct cpumask *orthros_donated_cpus(void);
u64 orthros_reserved_bytes(void);
void orthros_kick_peer(void);
void orthros_stamp(enum orthros_stamp point);
enum orthros_stamp orthros_last_point(void);
void orthros_clock_sample(struct orthros_clock *clock);
u64 orthros_tsc_to_ns(u64 cycles);

/* The second kernel's life, for the ActiveOS. */
int orthros_load(struct file *kernel, struct file *initrd, const char *cmdline, bool nowait);
int orthros_unload(void);
int orthros_respawn(void);
int orthros_peer_lock(void);
void orthros_peer_unlock(void);
bool orthros_log_moved(u64 *seen);
size_t orthros_log_size(void);
ssize_t orthros_log_read(char *buf, loff_t pos, size_t len);

/* The trace of a hop: where it is, for the platform; what it says, for reading. */
#ifdef CONFIG_ORTHROS_TRACE
void orthros_trace_move(void *at, size_t size);
void orthros_trace_join(void *at, size_t size);
ssize_t orthros_trace_read(char *buf, loff_t pos, size_t len, const struct cred *cred);
#else
static inline void orthros_trace_move(void *at, size_t size) { }
static inline void orthros_trace_join(void *at, size_t size) { }
static inline ssize_t orthros_trace_read(char *buf, loff_t pos, size_t len,
					 const struct cred *cred)
{
	return 0;
}
#endif

/* Park and fence. */
int orthros_park_machine(int (*last)(void *arg), void *arg);
bool orthros_park_take(void);
void orthros_park_prolong(void);
bool orthros_fence_wait(unsigned int timeout_us);
void orthros_unpark_peer(void);
void orthros_give_up(void);

/* A failure of the ActiveOS: what it prepares, and how it is stopped. */
int orthros_guard(bool on);
bool orthros_guarded(void);
u32 orthros_beats(u64 *beat);
void orthros_ask(unsigned int cpu);
void orthros_answers(u32 *answered);
void orthros_last_clock(void);
u64 orthros_task_of(unsigned int cpu);
bool orthros_fence_force(void);

/* The takeover, for the BackupOS. */
int orthros_src_protect(bool protect);
void orthros_takeover_platform(void);
u32 orthros_adopt_tsc_khz(u32 khz);
int orthros_takeover_console(void);
int orthros_adopt_cpus(void);
unsigned long orthros_free_unclaimed(const unsigned long *keep, unsigned long nr_keep);
void orthros_takeover_done(void);
int orthros_takeover_wait(unsigned int state);

/**
 * struct orthros_stop_ops - how every process is stopped, for the platform
 * @freeze:	all but the caller's thread; 0, or negative errno with none frozen
 * @thaw:	undo it
 * @keep_masks:	CPUs go: remember what is bound to them; 0 or negative errno
 * @masks_kept:	they have gone
 * @return_masks:	they are back
 * @save_registers:	put what this CPU holds of its task where a reader finds it; any
 *		context
 */
struct orthros_stop_ops {
	int (*freeze)(void);
	void (*thaw)(void);
	int (*keep_masks)(const struct cpumask *leaving);
	void (*masks_kept)(void);
	void (*return_masks)(void);
	void (*save_registers)(void);
};

void orthros_platform_use(const struct orthros_stop_ops *ops);

/* Implemented by kernel/orthros/; the control interface and load call them. */
int orthros_update(s64 success, bool nowait);
int orthros_check(void);
int orthros_protect(bool on);
unsigned long orthros_protect_told(u64 *ns);
const char *orthros_failure(void);
ssize_t orthros_report_read(char *buf, loff_t pos, size_t len);
ssize_t orthros_warnings_read(char *buf, loff_t pos, size_t len);
const char *orthros_last_error(void);
int orthros_export_self(struct orthros_kernel_desc *desc);

#endif /* _LINUX_ORTHROS_PLATFORM_H */
