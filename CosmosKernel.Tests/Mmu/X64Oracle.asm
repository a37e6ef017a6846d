; Asks an x86-64 processor's MMU: switches to the page tables that lie in memory, makes one access after the other as the list says,
; and writes down what became of each. Loaded by QEMU (multiboot 1) at 1 MiB; everything else is in memory already, put there by the test.
;
; Parameters: root, bits of CR4, number of probes; the stub writes CPUID's widths of addresses behind them.
; A probe:  address, kind, value to write, 0.   An answer: vector or 0, error code, what was read, CR2.   8 bytes each.

LOAD        equ 0x100000
USER_CODE   equ 0x104000
DATA        equ 0x105000
PARAMETERS  equ 0x110000
PROBES      equ 0x120000
ANSWERS     equ 0x200000

ROOT        equ PARAMETERS
CONTROL     equ PARAMETERS + 8
COUNT       equ PARAMETERS + 16
WIDTHS      equ PARAMETERS + 24

RECORD      equ 32
STACK_TOP   equ PARAMETERS

KERNEL_CODE equ 0x08
KERNEL_DATA equ 0x10
USER_DATA   equ 0x18 | 3
USER_CODE64 equ 0x20 | 3
TASK        equ 0x28

EXIT_PORT   equ 0xf4
DONE        equ 0x10
LOST        equ 0x11

EFER        equ 0xC0000080
LONG_NX     equ 1 << 8 | 1 << 11
PAE         equ 1 << 5
PAGING      equ 1 << 31 | 1 << 16 | 1       ; PG, WP, PE

        org LOAD
bits 32

header:
        dd 0x1BADB002, 0x10000, -(0x1BADB002 + 0x10000)
        dd header, LOAD, image_end, image_end, start32

start32:
        cli
        mov esp, STACK_TOP
        mov eax, 0x80000008
        cpuid
        mov [WIDTHS], eax
        lgdt [gdt_pointer]
        mov eax, [CONTROL]
        or eax, PAE
        mov cr4, eax
        mov eax, [ROOT]
        mov cr3, eax
        mov ecx, EFER
        rdmsr
        or eax, LONG_NX
        wrmsr
        mov eax, PAGING
        mov cr0, eax
        jmp KERNEL_CODE:start64

bits 64
start64:
        mov eax, KERNEL_DATA
        mov ss, eax
        mov ds, eax
        mov es, eax
        lidt [idt_pointer]
        mov eax, TASK
        ltr ax
        mov r14d, PROBES
        mov r13d, ANSWERS
        mov r15d, [COUNT]
next:
        mov esp, STACK_TOP
        test r15d, r15d
        jz done
        mov rbx, [r14]
        mov rax, [r14 + 8]
        mov rdx, [r14 + 16]
        xor edi, edi
        jmp [kinds + rax * 8]

read:
        mov rdi, [rbx]
        int 0x80
write:
        mov [rbx], rdx
        int 0x80
execute:
        jmp rbx
user_read:
        mov ecx, user_code.read
        jmp to_user
user_write:
        mov ecx, user_code.write
        jmp to_user
user_execute:
        mov rcx, rbx
to_user:
        push USER_DATA
        push STACK_TOP
        push 2
        push USER_CODE64
        push rcx
        iretq

; The access was made.
made:
        xor r8d, r8d
        xor r9d, r9d
        jmp answer
general_protection:
        pop r9
        mov r8d, 13
        jmp answer
page_fault:
        pop r9
        mov r8d, 14
answer:
        mov [r13], r8
        mov [r13 + 8], r9
        mov [r13 + 16], rdi
        mov rax, cr2
        mov [r13 + 24], rax
        add r14, RECORD
        add r13, RECORD
        dec r15d
        jmp next

done:
        mov al, DONE
        out EXIT_PORT, al
lost:
        mov al, LOST
        out EXIT_PORT, al
        hlt

kinds:  dq read, write, execute, user_read, user_write, user_execute

        times USER_CODE - LOAD - ($ - $$) db 0
user_code:
.read:
        mov rdi, [rbx]
        int 0x80
.write:
        mov [rbx], rdx
        int 0x80

        times DATA - LOAD - ($ - $$) db 0
gdt:    dq 0
        dq 0x00209B0000000000               ; kernel code, 64 bits
        dq 0x0000930000000000               ; kernel data
        dq 0x0000F30000000000               ; user data
        dq 0x0020FB0000000000               ; user code, 64 bits
        dw task_end - task - 1, (DATA & 0xFFFF) + (task - gdt)
        db DATA >> 16, 0x89, 0, 0
        dq 0
gdt_end:
gdt_pointer:
        dw gdt_end - gdt - 1
        dq gdt
idt_pointer:
        dw idt_end - idt - 1
        dq idt

task:   dd 0
        dq STACK_TOP, STACK_TOP, STACK_TOP
        times 10 dq 0
        dd 104 << 16
task_end:

%macro gate 2                               ; handler, flags
        dw LOAD % 65536 + (%1 - $$), KERNEL_CODE
        dw %2
        dw LOAD / 65536
        dd 0, 0
%endmacro

        align 16
idt:
%assign vector 0
%rep 0x81
    %if vector = 13
        gate general_protection, 0x8E00
    %elif vector = 14
        gate page_fault, 0x8E00
    %elif vector = 0x80
        gate made, 0xEE00
    %else
        gate lost, 0x8E00
    %endif
    %assign vector vector + 1
%endrep
idt_end:
image_end:
