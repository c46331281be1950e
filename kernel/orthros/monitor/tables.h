/* SPDX-License-Identifier: GPL-2.0 */
/* What the monitor knows of a source kernel, see tables.c. */
#ifndef _ORTHROS_TABLES_MONITOR_H
#define _ORTHROS_TABLES_MONITOR_H

#include "../core/table.h"

/**
 * struct orthros_mon_env - where the source has what is looked at
 *
 * Constants of the source: read it with address 0. What a source lacks is 0, and the
 * detector that needs it does not look.
 *
 * @per_cpu_offset:	array, of each CPU
 * @runqueues:		per CPU, struct rq
 * @qnodes:		per CPU, those of queued spin locks
 * @spin_slow:		where CPUs wait for a queued spin lock
 * @irq_stack:		per CPU, at @irq_stack_off the top of the stack of interrupts
 * @rcu_state:		struct rcu_state
 * @total_forks:	unsigned long
 * @nr_threads:		int
 * @max_threads:	int
 * @zone_stat:		array of longs
 * @events:		per CPU, array of unsigned longs
 * @min_free_kbytes:	int
 * @taint:		unsigned long
 * @die:		int, counts oopses
 * @warns:		atomic_t, counts warnings
 * @idt:		the table of interrupts
 * @gdt:		per CPU, its descriptors
 * @rodata:		read-only data
 * @rodata_end:		its end
 * @stext:		text
 * @etext:		its end
 * @pokes:		struct orthros_pokes
 * @sched_text:		functions that wait
 * @sched_text_end:	their end
 * @init_task:		head of the list of tasks
 * @rq_running:		rq.nr_running
 * @rq_switches:	rq.nr_switches
 * @rq_curr:		rq.curr
 * @rq_idle:		rq.idle
 * @mcs_count:		mcs_spinlock.count
 * @irq_stack_off:	see @irq_stack
 * @gp_seq:		rcu_state.gp_seq
 * @tasks_off:		task_struct.tasks
 * @thread_node_off:	task_struct.thread_node
 * @nr_free:		place in @zone_stat
 * @steal_kswapd:	place in @events
 * @steal_direct:	likewise
 * @oom_kill:		likewise
 * @regs_size:		of struct pt_regs
 * @regs_ip:		pt_regs.ip
 * @regs_cs:		pt_regs.cs
 * @regs_sp:		pt_regs.sp
 * @regs_di:		pt_regs.di
 * @uninterruptible:	bit of a task's state
 * @wakekill:		likewise
 * @noload:		likewise
 * @frozen:		likewise
 * @kernel_cs:		of an interrupt that has come in the kernel
 * @stack_end:		the magic number there
 * @bdev_sb:		points to the file system of block devices
 * @sb_inodes:		super_block.s_inodes
 * @inode_list:		inode.i_sb_list
 * @bdev_inode:		bdev_inode.vfs_inode
 * @bdev:		bdev_inode.bdev
 * @init_net:		struct net
 * @dev_base_head:	net.dev_base_head
 * @netdev_list:	net_device.dev_list
 * @txq_size:		of struct netdev_queue
 * @txq_xoff:		bit of its state: the driver has stopped it
 * @link_start:		bit of a card's state: it is up
 * @link_nocarrier:	likewise: it is not connected
 * @in_flight:		state of a request that the driver has
 */
struct orthros_mon_env {
	u64 per_cpu_offset;
	u64 runqueues;
	u64 qnodes;
	u64 spin_slow;
	u64 irq_stack;
	u64 rcu_state;
	u64 total_forks;
	u64 nr_threads;
	u64 max_threads;
	u64 zone_stat;
	u64 events;
	u64 min_free_kbytes;
	u64 taint;
	u64 die;
	u64 warns;
	u64 idt;
	u64 gdt;
	u64 rodata;
	u64 rodata_end;
	u64 stext;
	u64 etext;
	u64 pokes;
	u64 sched_text;
	u64 sched_text_end;
	u64 init_task;
	u32 rq_running;
	u32 rq_switches;
	u32 rq_curr;
	u32 rq_idle;
	u32 mcs_count;
	u32 irq_stack_off;
	u32 gp_seq;
	u32 tasks_off;
	u32 thread_node_off;
	u32 nr_free;
	u32 steal_kswapd;
	u32 steal_direct;
	u32 oom_kill;
	u32 regs_size;
	u32 regs_ip;
	u32 regs_cs;
	u32 regs_sp;
	u32 regs_di;
	u32 uninterruptible;
	u32 wakekill;
	u32 noload;
	u32 frozen;
	u32 kernel_cs;
	u64 stack_end;
	u64 bdev_sb;
	u32 sb_inodes;
	u32 inode_list;
	u32 bdev_inode;
	u32 bdev;
	u64 init_net;
	u32 dev_base_head;
	u32 netdev_list;
	u32 txq_size;
	u32 txq_xoff;
	u32 link_start;
	u32 link_nocarrier;
	u32 in_flight;
};

/**
 * struct orthros_mon_task - a task
 * @state:	bits of its state
 * @pid:	in the initial namespace
 * @nvcsw:	switches so far, of its own will
 * @nivcsw:	and not
 * @utime:	time in user mode
 * @stack:	lowest address of its stack
 * @sp:		stack pointer when it was switched out
 * @tasks_next:	next process: address of its task_struct.tasks
 * @tasks_prev:	the one before
 * @thread_head:	list of the process's threads, 0 if it has ended
 * @thread_next:	next thread: address of its task_struct.thread_node
 * @comm:	NUL-terminated
 */
struct orthros_mon_task {
	u32 state;
	s32 pid;
	u64 nvcsw;
	u64 nivcsw;
	u64 utime;
	u64 stack;
	u64 sp;
	u64 tasks_next;
	u64 tasks_prev;
	u64 thread_head;
	u64 thread_next;
	char comm[16];
};

/**
 * struct orthros_mon_disk - a block device
 * @whole:	that of the whole disk
 * @tags:	array of pointers to the tags of each hardware queue, 0 if it has none
 * @queues:	entries in @tags
 */
struct orthros_mon_disk {
	u64 whole;
	u64 tags;
	u32 queues;
};

/**
 * struct orthros_mon_tags - the requests of a hardware queue
 * @rqs:	array of pointers to them
 * @nr:		entries in @rqs
 */
struct orthros_mon_tags {
	u64 rqs;
	u32 nr;
};

/**
 * struct orthros_mon_request - a request
 * @start:	when it began
 * @state:	what becomes of it
 * @disk:	name of its disk
 */
struct orthros_mon_request {
	u64 start;
	u32 state;
	char disk[32];
};

/**
 * struct orthros_mon_netdev - a network card
 * @state:	bits
 * @txq:	its queues, an array
 * @queues:	that are in use
 * @name:	NUL-terminated
 */
struct orthros_mon_netdev {
	u64 state;
	u64 txq;
	u32 queues;
	char name[16];
};

/**
 * struct orthros_mon_txq_view - one of its queues
 * @state:	bits
 * @start:	when it was given something last
 */
struct orthros_mon_txq_view {
	u64 state;
	u64 start;
};

extern struct orthros_table orthros_table_mon_env;
extern struct orthros_table orthros_table_mon_task;
extern struct orthros_table orthros_table_mon_disk;
extern struct orthros_table orthros_table_mon_tags;
extern struct orthros_table orthros_table_mon_request;
extern struct orthros_table orthros_table_mon_netdev;
extern struct orthros_table orthros_table_mon_txq;

#endif /* _ORTHROS_TABLES_MONITOR_H */
