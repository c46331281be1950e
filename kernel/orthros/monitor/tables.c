// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables of the monitor. What a kernel may be built without is optional: a detector
 * less is no reason to refuse it.
 */
#include "tables.h"

#define OPT ORTHROS_ROW_OPTIONAL
#define ENV(field, kind, flags, ...) \
	ORTHROS_ROW(struct orthros_mon_env, field, kind, flags, __VA_ARGS__)

static struct orthros_row mon_env_rows[] = {
	ENV(per_cpu_offset, SYM, 0, "__per_cpu_offset"),
	ENV(runqueues, SYM, 0, "runqueues"),
	ENV(qnodes, SYM, OPT, "qnodes"),
	ENV(spin_slow, SYM, OPT, "queued_spin_lock_slowpath"),
	ENV(irq_stack, SYM, OPT, "pcpu_hot", "hardirq_stack_ptr"),
	ENV(rcu_state, SYM, OPT, "rcu_state"),
	ENV(total_forks, SYM, OPT, "total_forks"),
	ENV(nr_threads, SYM, OPT, "nr_threads"),
	ENV(max_threads, SYM, OPT, "max_threads"),
	ENV(zone_stat, SYM, OPT, "vm_zone_stat"),
	ENV(events, SYM, OPT, "vm_event_states"),
	ENV(min_free_kbytes, SYM, OPT, "min_free_kbytes"),
	ENV(taint, SYM, OPT, "tainted_mask"),
	ENV(die, SYM, OPT, "die_counter"),
	ENV(warns, SYM, OPT, "warn_count"),
	ENV(idt, SYM, OPT, "idt_table"),
	ENV(gdt, SYM, OPT, "gdt_page"),
	ENV(rodata, SYM, OPT, "__start_rodata"),
	ENV(rodata_end, SYM, OPT, "__end_rodata"),
	ENV(stext, SYM, 0, "_stext"),
	ENV(etext, SYM, 0, "_etext"),
	ENV(pokes, SYM, OPT, "orthros_pokes"),
	ENV(sched_text, SYM, OPT, "__sched_text_start"),
	ENV(sched_text_end, SYM, OPT, "__sched_text_end"),
	ENV(init_task, SYM, 0, "init_task"),
	ENV(rq_running, OFFSET, 0, "rq.nr_running"),
	ENV(rq_switches, OFFSET, 0, "rq.nr_switches"),
	ENV(rq_curr, OFFSET, 0, "rq.curr"),
	ENV(rq_idle, OFFSET, 0, "rq.idle"),
	ENV(mcs_count, OFFSET, OPT, "mcs_spinlock.count"),
	ENV(irq_stack_off, OFFSET, OPT, "pcpu_hot.hardirq_stack_ptr"),
	ENV(gp_seq, OFFSET, OPT, "rcu_state.gp_seq"),
	ENV(tasks_off, OFFSET, 0, "task_struct.tasks"),
	ENV(thread_node_off, OFFSET, 0, "task_struct.thread_node"),
	ENV(nr_free, ENUM, OPT, "zone_stat_item.NR_FREE_PAGES"),
	ENV(steal_kswapd, ENUM, OPT, "vm_event_item.PGSTEAL_KSWAPD"),
	ENV(steal_direct, ENUM, OPT, "vm_event_item.PGSTEAL_DIRECT"),
	ENV(oom_kill, ENUM, OPT, "vm_event_item.OOM_KILL"),
	ENV(regs_size, SIZEOF, 0, "pt_regs"),
	ENV(regs_ip, OFFSET, 0, "pt_regs.ip"),
	ENV(regs_cs, OFFSET, 0, "pt_regs.cs"),
	ENV(regs_sp, OFFSET, 0, "pt_regs.sp"),
	ENV(regs_di, OFFSET, 0, "pt_regs.di"),
	ENV(uninterruptible, CONST, 0, "TASK_UNINTERRUPTIBLE"),
	ENV(wakekill, CONST, 0, "TASK_WAKEKILL"),
	ENV(noload, CONST, 0, "TASK_NOLOAD"),
	ENV(frozen, CONST, 0, "TASK_FROZEN"),
	ENV(kernel_cs, CONST, 0, "__KERNEL_CS"),
	ENV(stack_end, CONST, 0, "STACK_END_MAGIC"),
	ENV(bdev_sb, SYM, OPT, "blockdev_superblock"),
	ENV(sb_inodes, OFFSET, 0, "super_block.s_inodes"),
	ENV(inode_list, OFFSET, 0, "inode.i_sb_list"),
	ENV(bdev_inode, OFFSET, OPT, "bdev_inode.vfs_inode"),
	ENV(bdev, OFFSET, OPT, "bdev_inode.bdev"),
	ENV(init_net, SYM, OPT, "init_net"),
	ENV(dev_base_head, OFFSET, OPT, "net.dev_base_head"),
	ENV(netdev_list, OFFSET, OPT, "net_device.dev_list"),
	ENV(txq_size, SIZEOF, OPT, "netdev_queue"),
	ENV(txq_xoff, ENUM, OPT, "netdev_queue_state_t.__QUEUE_STATE_DRV_XOFF"),
	ENV(link_start, ENUM, OPT, "netdev_state_t.__LINK_STATE_START"),
	ENV(link_nocarrier, ENUM, OPT, "netdev_state_t.__LINK_STATE_NOCARRIER"),
	ENV(in_flight, ENUM, OPT, "mq_rq_state.MQ_RQ_IN_FLIGHT"),
};

ORTHROS_TABLE(mon_env, struct orthros_mon_env);

#define TASK(field, kind, flags, path) \
	ORTHROS_ROW(struct orthros_mon_task, field, kind, flags, "task_struct." path)

static struct orthros_row mon_task_rows[] = {
	TASK(state, VALUE, 0, "__state"),
	TASK(pid, VALUE, 0, "pid"),
	TASK(nvcsw, VALUE, 0, "nvcsw"),
	TASK(nivcsw, VALUE, 0, "nivcsw"),
	TASK(utime, VALUE, 0, "utime"),
	TASK(stack, VALUE, 0, "stack"),
	TASK(sp, VALUE, 0, "thread.sp"),
	TASK(tasks_next, VALUE, 0, "tasks.next"),
	TASK(tasks_prev, VALUE, 0, "tasks.prev"),
	TASK(thread_head, ADDR, ORTHROS_ROW_NULLABLE, "signal->thread_head"),
	TASK(thread_next, VALUE, 0, "thread_node.next"),
	TASK(comm, STRING, 0, "comm"),
};

ORTHROS_TABLE(mon_task, struct orthros_mon_task);

#define DISK(field, flags, path) \
	ORTHROS_ROW(struct orthros_mon_disk, field, VALUE, flags, "block_device.bd_disk->" path)

static struct orthros_row mon_disk_rows[] = {
	DISK(whole, 0, "part0"),
	DISK(tags, ORTHROS_ROW_NULLABLE, "queue->tag_set->tags"),
	DISK(queues, ORTHROS_ROW_NULLABLE, "queue->tag_set->nr_hw_queues"),
};

ORTHROS_TABLE(mon_disk, struct orthros_mon_disk);

static struct orthros_row mon_tags_rows[] = {
	ORTHROS_ROW(struct orthros_mon_tags, rqs, VALUE, 0, "blk_mq_tags.rqs"),
	ORTHROS_ROW(struct orthros_mon_tags, nr, VALUE, 0, "blk_mq_tags.nr_tags"),
};

ORTHROS_TABLE(mon_tags, struct orthros_mon_tags);

#define REQUEST(field, kind, flags, path) \
	ORTHROS_ROW(struct orthros_mon_request, field, kind, flags, "request." path)

static struct orthros_row mon_request_rows[] = {
	REQUEST(start, VALUE, 0, "start_time_ns"),
	REQUEST(state, VALUE, 0, "state"),
	/* A queue may be without a disk. */
	REQUEST(disk, BYTES, ORTHROS_ROW_NULLABLE, "q->disk->disk_name"),
};

ORTHROS_TABLE(mon_request, struct orthros_mon_request);

#define NETDEV(field, path) \
	ORTHROS_ROW(struct orthros_mon_netdev, field, VALUE, 0, "net_device." path)

static struct orthros_row mon_netdev_rows[] = {
	NETDEV(state, "state"),
	NETDEV(txq, "_tx"),
	NETDEV(queues, "real_num_tx_queues"),
	ORTHROS_ROW(struct orthros_mon_netdev, name, BYTES, 0, "net_device.name"),
};

ORTHROS_TABLE(mon_netdev, struct orthros_mon_netdev);

static struct orthros_row mon_txq_rows[] = {
	ORTHROS_ROW(struct orthros_mon_txq_view, state, VALUE, 0, "netdev_queue.state"),
	ORTHROS_ROW(struct orthros_mon_txq_view, start, VALUE, 0, "netdev_queue.trans_start"),
};

ORTHROS_TABLE(mon_txq, struct orthros_mon_txq_view);
