// SPDX-License-Identifier: GPL-2.0
/*
 * Processes that were about to run another program when their kernel failed. As long as
 * one has its old memory execve() is made again; in the new one are the strings for the
 * program, of which everything else is made anew.
 */
#define pr_fmt(fmt) "orthros: " fmt

#include <linux/binfmts.h>
#include <linux/mm.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>
#include <asm/unistd.h>
#include "task_internal.h"

/* A quarter of the largest stack, and what the kernel allows beside it. */
#define MAX_STRINGS	SZ_8M

/**
 * struct strings - for a program
 * @text:	one after the other, or NULL
 * @size:	bytes of them
 * @vec:	each, as exec.c wants them
 */
struct strings {
	char *text;
	size_t size;
	const char **vec;
};

/**
 * orthros_finish_exec() - a thread was stopped in execve()
 * @img:	image of a kernel that has failed
 * @t:		its record, with registers
 *
 * Return: 0 or negative errno: it cannot go on.
 */
int orthros_finish_exec(struct orthros_image *img, struct orthros_task_rec *t)
{
	struct orthros_exec_view v;
	struct orthros_exec_rec *e;
	struct orthros_obj *obj;
	int err;

	if ((s64)t->regs.ax == ORTHROS_CALL_EXECUTED) {
		t->regs.ax = 0;
		t->regs.orig_ax = -1;
		return 0;
	}
	if ((s64)t->regs.ax != ORTHROS_CALL_EXECS) {
		t->regs.ax = -ERESTARTNOINTR;
		return 0;
	}
	err = orthros_read_rec(&img->src->mem, &orthros_table_exec, t->restart.call_deadline, &v);
	if (err)
		return err;
	if (v.mm && v.mm != t->mm) {
		t->regs.ax = -ERESTARTNOINTR;
		return 0;
	}
	/* It has them by now, and would begin without being told that it had not. */
	if (v.secureexec || v.have_execfd)
		return orthros_bad(-ECANCELED, "thread %d: begins a program with other rights",
				   t->pid);
	obj = orthros_obj_add(img, &orthros_exec_type, t->stack, t->tgid, sizeof(*e));
	if (IS_ERR(obj))
		return PTR_ERR(obj);
	e = obj->rec;
	e->argc = v.argc;
	e->envc = v.envc;
	e->p = v.p;
	e->is_script = v.interp != v.filename;
	err = orthros_src_str(img->src, v.filename, e->name, sizeof(e->name));
	t->regs.ax = -EINTR;
	return min(err, 0);
}

static bool take_strings(struct strings *s, unsigned long start, unsigned long end)
{
	s->size = 0;
	if (end <= start || end - start > MAX_STRINGS)
		return false;
	kvfree(s->text);
	s->text = kvmalloc(end - start, GFP_KERNEL);
	if (!s->text || copy_from_user(s->text, (void __user *)start, end - start))
		return false;
	s->size = end - start;
	return !s->text[s->size - 1];
}

/* The arguments, NULL, the environment, NULL, if there are as many strings as there should be. */
static bool split(struct strings *s, const struct orthros_exec_rec *e)
{
	const char *text = s->text, *end = text + s->size;
	int i;

	for (i = 0; i < e->argc + e->envc && text < end; i++) {
		s->vec[i + (i >= e->argc)] = text;
		text += strlen(text) + 1;
	}
	return i == e->argc + e->envc && text < end && !strcmp(text, e->name);
}

/* From the last one, backwards. */
static bool find_first(struct strings *s, const struct orthros_exec_rec *e)
{
	const char *text = s->text + s->size;
	int left = e->argc + e->envc + 1;

	while (left && text > s->text) {
		text--;
		while (text > s->text && text[-1])
			text--;
		left--;
	}
	s->size -= text - s->text;
	memmove(s->text, text, s->size);
	return !left;
}

/*
 * The strings lie below the end of the stack: arguments, environment, the program's name.
 * The memory knows where, once the stack has its place; while it is moved there they are
 * where it was.
 */
static bool read_strings(struct strings *s, const struct orthros_exec_rec *e)
{
	unsigned long at = current->mm->arg_start ?: e->p, start = 0, end = 0;
	struct vm_area_struct *vma;

	mmap_read_lock(current->mm);
	vma = find_vma(current->mm, at);
	if (vma && vma->vm_flags & VM_GROWSDOWN) {
		start = vma->vm_start;
		end = vma->vm_end;
	}
	mmap_read_unlock(current->mm);
	end -= sizeof(void *);
	return (take_strings(s, max(at, start), end) && split(s, e)) ||
	       (take_strings(s, start, end) && find_first(s, e) && split(s, e));
}

/* For a script its own name stands where the interpreter's arguments end. */
static const char **skip_interpreter(const struct orthros_exec_rec *e, const char **argv)
{
	const char **arg;

	for (arg = argv + 1; *arg; arg++)
		if (!strcmp(*arg, e->name))
			return arg;
	return argv;
}

/**
 * orthros_exec_again() - begin a program once more
 * @e:		what is known of it
 *
 * Context: the process, which goes to user mode then; nothing waits for it any more.
 *
 * Return: 0 or negative errno: there is nothing to go back to.
 */
int orthros_exec_again(const struct orthros_exec_rec *e)
{
	struct strings s = {};
	const char **argv;
	int err = -EFAULT;

	if (e->argc < 0 || e->envc < 0 || e->argc > MAX_STRINGS || e->envc > MAX_STRINGS)
		return -EINVAL;
	s.vec = kvcalloc(e->argc + e->envc + 2, sizeof(*s.vec), GFP_KERNEL);
	if (!s.vec)
		return -ENOMEM;
	if (read_strings(&s, e)) {
		argv = e->is_script ? skip_interpreter(e, s.vec) : s.vec;
		err = kernel_execve(e->name, argv, s.vec + e->argc + 1);
	}
	kvfree(s.vec);
	kvfree(s.text);
	return err;
}
