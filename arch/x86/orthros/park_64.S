/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The way into the park and out of it.
 *
 * orthros_park_self() runs in the parking kernel. The code between
 * orthros_park_begin and _end is copied to the low area and runs there,
 * identity mapped, with the park's own page tables, GDT and IDT: nothing of
 * the kernel that parked is used or needed any more, until it is resumed or
 * the CPU is started into another kernel.
 *
 * In the park %rbx points to the CPU's mailbox and nothing else is live, so
 * an NMI simply goes to the top of the loop: a wake-up cannot get lost
 * between the look at the mailbox and the hlt.
 */
#include <linux/linkage.h>
#include <asm/asm.h>
#include <asm/msr-index.h>
#include <asm/nospec-branch.h>
#include <asm/page_types.h>
#include <asm/processor-flags.h>
#include <asm/segment.h>
#include <asm/unwind_hints.h>
#include "park.h"

	.text
	.code64
/*
 * void orthros_park_self(struct orthros_park_cpu *pc)
 * Interrupts off. Returns after ORTHROS_PARK_RESUME.
 */
SYM_CODE_START(orthros_park_self)
	UNWIND_HINT_FUNC
	ANNOTATE_NOENDBR
	pushq	%rbp
	pushq	%rbx
	pushq	%r12
	pushq	%r13
	pushq	%r14
	pushq	%r15
	pushfq
	movq	%rdi, %r12
	subq	$32, %rsp
	sgdt	(%rsp)
	sidt	16(%rsp)
	movq	%rsp, PC_RSP(%rdi)
	movq	%cr3, %rax
	movq	%rax, PC_CR3(%rdi)
	movq	%cr4, %rax
	movq	%rax, PC_CR4(%rdi)
	leaq	orthros_park_resume(%rip), %rax
	movq	%rax, PC_RESUME(%rdi)

	movq	PC_SELF(%rdi), %rbx
	movq	PC_CODE(%rdi), %rcx
	movq	PC_TRANS_CR3(%rdi), %rax
	movq	%rax, %cr3
	ANNOTATE_RETPOLINE_SAFE
	jmp	*%rcx

/* Out of the park: still on its page tables, GDT and IDT; %rbx: mailbox. */
SYM_INNER_LABEL(orthros_park_resume, SYM_L_GLOBAL)
	ANNOTATE_NOENDBR
	movq	PC_RSP(%rbx), %rsp
	lgdt	(%rsp)
	/* PCIDE wants a CR3 without a PCID, which ours has. */
	movq	PC_CR4(%rbx), %rax
	movq	%rax, %cr4
	lidt	16(%rsp)
	movl	$ORTHROS_PARK_STAY, PC_CMD(%rbx)
	movl	$ORTHROS_PARK_OTHER, PC_STATE(%rbx)
	movq	PC_CR3(%rbx), %rax
	movq	%rax, %cr3
	addq	$32, %rsp
	popfq
	popq	%r15
	popq	%r14
	popq	%r13
	popq	%r12
	popq	%rbx
	popq	%rbp
	/* Not of this file's (see Makefile) return thunks: a rare, kernel-only return. */
	ANNOTATE_UNRET_SAFE
	ret
	int3
SYM_CODE_END(orthros_park_self)

	.section .rodata, "a"
	.balign	16
SYM_DATA_START(orthros_park_begin)
SYM_INNER_LABEL(orthros_park_entry, SYM_L_GLOBAL)
	movq	PC_STACK(%rbx), %rsp
	movq	PC_GDTR(%rbx), %rax
	lgdt	(%rax)
	movq	PC_IDTR(%rbx), %rax
	lidt	(%rax)
	movq	%cr4, %rax
	andq	$~(X86_CR4_PGE | X86_CR4_PCIDE), %rax
	movq	%rax, %cr4
	movq	PC_PARK_CR3(%rbx), %rax
	movq	%rax, %cr3
	rdtsc
	movl	%eax, PC_TSC(%rbx)
	movl	%edx, PC_TSC + 4(%rbx)

	/* Who came here from an NMI still has NMIs blocked: an iret ends that. */
	movq	%rsp, %rax
	pushq	$__KERNEL_DS
	pushq	%rax
	pushq	$X86_EFLAGS_FIXED
	pushq	$__KERNEL_CS
	leaq	.Lloop(%rip), %rax
	pushq	%rax
	iretq

.Lloop:
	cli
	movl	$ORTHROS_PARK_PARKED, PC_STATE(%rbx)
	mfence
	movl	PC_CMD(%rbx), %eax
	cmpl	$ORTHROS_PARK_RESUME, %eax
	je	.Lresume
	cmpl	$ORTHROS_PARK_START, %eax
	je	.Lstart
	cmpl	$0, PC_WATCH(%rbx)
	jne	.Lwatch
	hlt
	jmp	.Lloop

	/* Woken by the timer again and again, until the deadline has passed. */
.Lwatch:
	leaq	orthros_park_begin(%rip), %rsi
	subq	$(ORTHROS_LOW_CODE - ORTHROS_LOW_PARK), %rsi
	rdtsc
	shlq	$32, %rdx
	orq	%rdx, %rax
	cmpq	PK_DEADLINE(%rsi), %rax
	jae	.Lexpired
	movl	PK_LOOK(%rsi), %edi
	cmpl	$0, PC_X2APIC(%rbx)
	jne	.Lwatch_x2apic
	movl	$0xfee00000, %eax
	movl	%edi, 0x380(%rax)	/* APIC_TMICT */
	jmp	.Lsleep
.Lwatch_x2apic:
	movl	$0x838, %ecx
	movl	%edi, %eax
	xorl	%edx, %edx
	wrmsr
.Lsleep:
	sti
	hlt
	jmp	.Lloop

	/* Nobody has decided, or who has sent this kernel back died before it did. */
.Lexpired:
	movl	$ORTHROS_PARK_OPEN, %eax
	movl	$ORTHROS_PARK_EXPIRED, %ecx
	lock cmpxchgl %ecx, PK_VERDICT(%rsi)
	je	.Lresume
	cmpl	$ORTHROS_PARK_BACK, %eax
	jne	.Ltaken
	lock cmpxchgl %ecx, PK_VERDICT(%rsi)
	je	.Lresume
.Ltaken:
	/* Somebody else decides what becomes of this CPU, with an NMI. */
	movl	$0, PC_WATCH(%rbx)
	jmp	.Lloop

.Lresume:
	movq	PC_TRANS_CR3(%rbx), %rax
	movq	%rax, %cr3
	movq	PC_RESUME(%rbx), %rax
	jmp	*%rax

.Lstart:
	/*
	 * The old kernel's timer must not go off in the new one, and what is
	 * pending is taken and dropped here, where it does no harm.
	 */
	cmpl	$0, PC_X2APIC(%rbx)
	jne	.Lx2apic
	movl	$0xfee00000, %eax
	movl	$0x10000, 0x320(%rax)	/* APIC_LVTT: masked */
	movl	$0, 0x380(%rax)		/* APIC_TMICT */
	movl	$0, 0x80(%rax)		/* APIC_TASKPRI */
	jmp	.Ldrain
.Lx2apic:
	movl	$0x832, %ecx
	movl	$0x10000, %eax
	xorl	%edx, %edx
	wrmsr
	movl	$0x838, %ecx
	xorl	%eax, %eax
	wrmsr
	movl	$0x808, %ecx
	wrmsr
.Ldrain:
	/* One for each level of priority. */
	movl	$16, %edi
	leaq	2f(%rip), %rsi
2:	decl	%edi
	jns	.Leoi
	sti
	movl	$10000, %ecx
1:	pause
	decl	%ecx
	jnz	1b
	cli
	movl	$ORTHROS_PARK_STAY, PC_CMD(%rbx)
	movl	$ORTHROS_PARK_OTHER, PC_STATE(%rbx)
	movq	PC_ENTRY(%rbx), %rax
	jmp	*%rax

	/*
	 * Also what was sent before it came here: an interrupt that it was taking then is in
	 * service until its end is told, and those of its priority wait for that. The end of
	 * none is ignored.
	 */
.Leoi:
	cmpl	$0, PC_X2APIC(%rbx)
	jne	1f
	movl	$0xfee00000, %eax
	movl	$0, 0xb0(%rax)		/* APIC_EOI */
	jmp	*%rsi
1:	movl	$0x80b, %ecx
	xorl	%eax, %eax
	xorl	%edx, %edx
	wrmsr
	jmp	*%rsi

	/* It may have come before the handler below has told the end of an interrupt. */
SYM_INNER_LABEL(orthros_park_nmi, SYM_L_GLOBAL)
	movq	(%rsp), %rax
	leaq	orthros_park_eoi(%rip), %rcx
	subq	%rcx, %rax
	cmpq	$(.Leoi_end - orthros_park_eoi), %rax
	jae	.Lnmi
	leaq	.Lnmi(%rip), %rsi
	jmp	.Leoi
.Lnmi:
	leaq	.Lloop(%rip), %rax
	movq	%rax, (%rsp)
	movq	PC_STACK(%rbx), %rax
	movq	%rax, 24(%rsp)
	iretq

SYM_INNER_LABEL(orthros_park_eoi, SYM_L_GLOBAL)
	pushq	%rax
	pushq	%rcx
	pushq	%rdx
	cmpl	$0, PC_X2APIC(%rbx)
	jne	2f
	movl	$0xfee00000, %eax
	movl	$0, 0xb0(%rax)
	jmp	3f
2:	movl	$0x80b, %ecx
	xorl	%eax, %eax
	xorl	%edx, %edx
	wrmsr
3:	popq	%rdx
	popq	%rcx
	popq	%rax
	iretq
.Leoi_end:

SYM_INNER_LABEL(orthros_park_fault, SYM_L_GLOBAL)
	movl	$ORTHROS_PARK_FAULT, PC_STATE(%rbx)
4:	hlt
	jmp	4b

	/* The low area has one page for it; longer code is an error here. */
	.org	orthros_park_begin + PAGE_SIZE
SYM_DATA_END_LABEL(orthros_park_begin, SYM_L_GLOBAL, orthros_park_end)
