; From GRUB to managed code: the multiboot2 header, the 32-bit entry, the first page tables, long mode, SSE.
;
; The image is linked at KERNEL_VMA + its physical address; what runs before paging is in .boot.*, linked where it is loaded.
; The first tables map the first 4 GiB at 0 and the first GiB at KERNEL_VMA. Left out of both: page 0, so that a null
; dereference faults from the first managed instruction on, and the page below the boot stack, so that an overflow does.
; With "la57=on" in the command line, on a processor that can, there are five levels: that cannot be changed in long mode.

KERNEL_VMA      equ 0xFFFFFFFF80000000
MULTIBOOT2_BOOT equ 0x36D76289

PAGE_PRESENT    equ 1 << 0
PAGE_WRITE      equ 1 << 1
PAGE_LARGE      equ 1 << 7
LARGE_SHIFT     equ 21

CR0_MP          equ 1 << 1
CR0_EM          equ 1 << 2
CR0_NE          equ 1 << 5
CR0_WP          equ 1 << 16
CR0_PG          equ 1 << 31
CR4_PAE         equ 1 << 5
CR4_OSFXSR      equ 1 << 9
CR4_OSXMMEXCPT  equ 1 << 10
CR4_LA57        equ 1 << 12
MSR_EFER        equ 0xC0000080
EFER_LME        equ 1 << 8
EFER_NXE        equ 1 << 11
MSR_GS_BASE     equ 0xC0000101

THREAD_SELF     equ 0                           ; Cosmos.Core.ThreadBlock
THREAD_ID       equ 24
THREAD_BOTTOM   equ 32
THREAD_TOP      equ 40
THREAD_AREA     equ 4096
BOOT_THREAD     equ 1

TAG_END         equ 0
TAG_COMMANDLINE equ 1

STACK_BYTES     equ 128 * 1024

COM1            equ 0x3F8
LINE_STATUS     equ COM1 + 5
LINE_CAN_TAKE   equ 1 << 5
LINE_IS_EMPTY   equ 1 << 6
LINE_POLLS      equ 0x40000
TEXT_SCREEN     equ 0xB8000
DEBUG_EXIT      equ 0xF4                        ; QEMU's isa-debug-exit
EXIT_PANIC      equ 0x12                        ; Cosmos.Core.ExitCode.Panic

section .multiboot2 progbits alloc noexec nowrite align=8
header_start:
        dd      0xE85250D6                      ; magic
        dd      0                               ; i386 protected mode
        dd      header_end - header_start
        dd      0x100000000 - (0xE85250D6 + (header_end - header_start))
        align   8
        ; VGA text is understood, no console is demanded. There is no framebuffer tag on purpose: with one, GRUB switches a
        ; BIOS machine to graphics by its VBE driver, which crashes in Bochs; without one, UEFI hands over a framebuffer all
        ; the same, for it has no text screen.
        dw      4, 0
        dd      12
        dd      2
        align   8
        dw      6, 0                            ; modules on page boundaries
        dd      8
        align   8
        dw      0, 0                            ; end
        dd      8
header_end:

section .boot.text progbits alloc exec nowrite align=16
bits 32

global _start
_start:
        cli
        cld
        mov     esp, boot_stack_top - KERNEL_VMA
        mov     ebp, ebx                        ; physical address of the multiboot2 information
        cmp     eax, MULTIBOOT2_BOOT
        mov     esi, text_no_multiboot
        jne     refuse

        pushfd                                  ; CPUID exists when the ID flag can be changed (SDM 2A, CPUID)
        pop     eax
        mov     ecx, eax
        xor     eax, 1 << 21
        push    eax
        popfd
        pushfd
        pop     eax
        xor     eax, ecx
        mov     esi, text_no_long_mode
        jz      refuse
        mov     eax, 0x80000000
        cpuid
        cmp     eax, 0x80000001
        jb      refuse
        mov     eax, 0x80000001
        cpuid
        bt      edx, 29                         ; long mode
        jnc     refuse
        mov     ebx, edx                        ; bit 20: no-execute

        ; PML4[0] -> low, PML4[511] -> high; both share the first page directory.
        mov     eax, pdpt_low - KERNEL_VMA + PAGE_PRESENT + PAGE_WRITE
        mov     [pml4 - KERNEL_VMA], eax
        mov     eax, pdpt_high - KERNEL_VMA + PAGE_PRESENT + PAGE_WRITE
        mov     [pml4 - KERNEL_VMA + 511 * 8], eax
        mov     eax, directories - KERNEL_VMA + PAGE_PRESENT + PAGE_WRITE
        mov     [pdpt_high - KERNEL_VMA + 510 * 8], eax
        mov     edi, pdpt_low - KERNEL_VMA
        mov     ecx, 4
.pdpt:
        mov     [edi], eax
        add     eax, 4096
        add     edi, 8
        loop    .pdpt

        mov     edi, directories - KERNEL_VMA
        mov     eax, PAGE_PRESENT + PAGE_WRITE + PAGE_LARGE
        mov     ecx, 4 * 512
.directory:
        mov     [edi], eax
        add     eax, 2 << 20
        add     edi, 8
        loop    .directory

        mov     eax, first_table - KERNEL_VMA + PAGE_PRESENT + PAGE_WRITE
        mov     [directories - KERNEL_VMA], eax
        mov     edi, first_table - KERNEL_VMA + 8
        mov     eax, 4096 + PAGE_PRESENT + PAGE_WRITE
        mov     ecx, 511
.table:
        mov     [edi], eax
        add     eax, 4096
        add     edi, 8
        loop    .table

        ; The stack's guard page: its 2 MiB are mapped page by page, by the first table when they are the first.
        mov     edi, first_table - KERNEL_VMA
        mov     eax, boot_stack_guard - KERNEL_VMA
        shr     eax, LARGE_SHIFT
        jz      .guard
        mov     edi, guard_table - KERNEL_VMA
        lea     edx, [edi + PAGE_PRESENT + PAGE_WRITE]
        mov     [directories - KERNEL_VMA + eax * 8], edx
        shl     eax, LARGE_SHIFT
        or      eax, PAGE_PRESENT + PAGE_WRITE
        mov     ecx, 512
.guard_table:
        mov     [edi], eax
        add     eax, 4096
        add     edi, 8
        loop    .guard_table
        mov     edi, guard_table - KERNEL_VMA
.guard:
        mov     eax, boot_stack_guard - KERNEL_VMA
        shr     eax, 12
        and     eax, 511
        mov     dword [edi + eax * 8], 0

        call    wants_five_levels               ; EAX: CR4_LA57 or 0
        mov     edx, eax
        mov     eax, pml4 - KERNEL_VMA
        test    edx, edx
        jz      .root
        add     eax, PAGE_PRESENT + PAGE_WRITE
        mov     [pml5 - KERNEL_VMA], eax
        mov     [pml5 - KERNEL_VMA + 511 * 8], eax
        mov     eax, pml5 - KERNEL_VMA
.root:
        mov     cr3, eax
        mov     eax, cr4
        or      eax, CR4_PAE | CR4_OSFXSR | CR4_OSXMMEXCPT
        or      eax, edx
        mov     cr4, eax
        mov     ecx, MSR_EFER
        rdmsr
        or      eax, EFER_LME
        bt      ebx, 20
        jnc     .no_nx
        or      eax, EFER_NXE
.no_nx:
        wrmsr
        mov     eax, cr0
        and     eax, ~CR0_EM
        or      eax, CR0_PG | CR0_WP | CR0_NE | CR0_MP
        mov     cr0, eax
        lgdt    [gdt_pointer32]
        jmp     8:long_mode

; EAX: CR4_LA57 when the command line in the information at EBP has the word la57=on and the processor has five levels, else 0.
; Keeps EBX and EBP.
wants_five_levels:
        push    ebx
        xor     eax, eax
        cpuid
        cmp     eax, 7
        jb      .no
        mov     eax, 7
        xor     ecx, ecx
        cpuid
        bt      ecx, 16
        jnc     .no

        lea     esi, [ebp + 8]                  ; the first tag
.tag:
        mov     eax, [esi]
        cmp     eax, TAG_END
        je      .no
        cmp     eax, TAG_COMMANDLINE
        je      .line
        mov     eax, [esi + 4]
        add     eax, 7
        and     eax, ~7
        add     esi, eax
        jmp     .tag
.line:
        add     esi, 8
.word:                                          ; ESI: the first character of a word, or a blank
        cmp     dword [esi], 'la57'
        jne     .next
        cmp     dword [esi + 3], '7=on'
        jne     .next
        mov     al, [esi + 7]
        test    al, ~' '
        jnz     .next
        mov     eax, CR4_LA57
        pop     ebx
        ret
.next:                                          ; behind the next blank
        lodsb
        test    al, al
        jz      .no
        cmp     al, ' '
        jne     .next
        jmp     .word
.no:
        xor     eax, eax
        pop     ebx
        ret

; Says why on the screen and the serial port, as a panic does, and stops. ESI: the reason, zero-terminated.
refuse:
        mov     ebp, esi
        mov     edi, TEXT_SCREEN
        mov     eax, 0x07200720                 ; two blanks
        mov     ecx, 80 * 25 / 2
        rep stosd
        mov     esi, line_settings
        mov     ecx, 7
.setting:
        movzx   edx, word [esi]
        mov     al, [esi + 2]
        out     dx, al
        add     esi, 3
        loop    .setting

        mov     edi, TEXT_SCREEN
        mov     esi, text_panic
        call    say
        mov     esi, ebp
        call    say
        mov     edi, TEXT_SCREEN + 160
        mov     esi, text_halted
        call    say

        mov     ah, LINE_IS_EMPTY
        call    await_line
        mov     al, EXIT_PANIC
        out     DEBUG_EXIT, al
.stop:
        cli
        hlt
        jmp     .stop

; Writes the text at ESI to the serial port and to the screen at EDI.
say:
        lodsb
        test    al, al
        jz      .done
        cmp     al, ' '
        jb      .line
        mov     ah, 0x4F
        stosw
.line:
        mov     bl, al
        mov     ah, LINE_CAN_TAKE
        call    await_line
        mov     al, bl
        mov     dx, COM1
        out     dx, al
        jmp     say
.done:
        ret

; Waits until the line's status has a bit of AH; not for ever, there may be no line.
await_line:
        mov     ecx, LINE_POLLS
        mov     dx, LINE_STATUS
.poll:
        in      al, dx
        test    al, ah
        loopz   .poll
        ret

bits 64
long_mode:
        mov     ax, 16
        mov     ds, ax
        mov     es, ax
        mov     ss, ax
        xor     eax, eax
        mov     fs, ax
        mov     gs, ax
        fninit                                  ; a reset leaves single precision behind, and no loader need change that
        mov     rax, enter_managed
        jmp     rax

section .boot.data progbits alloc noexec write align=8
line_settings:                                  ; 115200 baud, 8N1, no interrupts, FIFOs on
        dw      COM1 + 1
        db      0x00
        dw      COM1 + 3
        db      0x80
        dw      COM1 + 0
        db      0x01
        dw      COM1 + 1
        db      0x00
        dw      COM1 + 3
        db      0x03
        dw      COM1 + 2
        db      0x07
        dw      COM1 + 4
        db      0x03
text_panic:        db 13, 10, 'kernel panic: ', 0
text_no_multiboot: db 'the boot loader did not speak multiboot2', 0
text_no_long_mode: db 'this CPU has no 64-bit mode (long mode); the kernel needs it', 0
text_halted:       db 13, 10, 'system halted', 13, 10, 0

        align   8
gdt:    dq      0
        dq      0x00AF9A000000FFFF              ; 0x08: code, ring 0, 64 bits
        dq      0x00CF92000000FFFF              ; 0x10: data, ring 0
gdt_end:
gdt_pointer32:
        dw      gdt_end - gdt - 1
        dd      gdt
        dd      0

section .text
extern KitEntry
enter_managed:
        mov     rsp, boot_stack_top
        mov     rbx, boot_thread
        mov     [rbx + THREAD_SELF], rbx
        mov     qword [rbx + THREAD_ID], BOOT_THREAD
        mov     rax, boot_stack_bottom
        mov     [rbx + THREAD_BOTTOM], rax
        mov     [rbx + THREAD_TOP], rsp
        mov     eax, ebx
        mov     rdx, rbx
        shr     rdx, 32
        mov     ecx, MSR_GS_BASE
        wrmsr
        mov     edi, ebp
        xor     ebp, ebp
        push    rbp                             ; the end of every back-trace: return address 0
        push    rbp
        call    KitEntry
.halt:
        cli
        hlt
        jmp     .halt

; GS of the processor that boots.
section .bss.thread nobits alloc noexec write align=4096
boot_thread:    resb THREAD_AREA

section .bss.tables nobits alloc noexec write align=4096
pml5:           resb 4096
pml4:           resb 4096
pdpt_low:       resb 4096
pdpt_high:      resb 4096
directories:    resb 4 * 4096
first_table:    resb 4096
guard_table:    resb 4096

; The boot stack, and below it the page that is never mapped.
section .bss.stack nobits alloc noexec write align=4096
global boot_stack_guard, boot_stack_bottom, boot_stack_top
boot_stack_guard:
                resb 4096
boot_stack_bottom:
                resb STACK_BYTES
boot_stack_top:
