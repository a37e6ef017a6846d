; Asks the MMU of an x86 processor in 32-bit mode, as X64Oracle.asm does in 64-bit mode: the same places, lists and kinds of access, each in
; two halves.
;
; Parameters: root, bits of CR4, number of probes, widths of addresses (written by the stub), bits of EFER.

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
FEATURES    equ PARAMETERS + 32

RECORD      equ 32
STACK_TOP   equ PARAMETERS

KERNEL_CODE equ 0x08
KERNEL_DATA equ 0x10
USER_DATA   equ 0x18 | 3
USER_CODE32 equ 0x20 | 3
TASK        equ 0x28

EXIT_PORT   equ 0xf4
DONE        equ 0x10
LOST        equ 0x11

EFER        equ 0xC0000080
PAGING      equ 1 << 31 | 1 << 16 | 1       ; PG, WP, PE

        org LOAD
bits 32

header:
        dd 0x1BADB002, 0x10000, -(0x1BADB002 + 0x10000)
        dd header, LOAD, image_end, image_end, start

start:
        cli
        mov esp, STACK_TOP
        mov eax, 0x80000008
        cpuid
        mov [WIDTHS], eax
        lgdt [gdt_pointer]
        jmp KERNEL_CODE:flat
flat:
        mov eax, KERNEL_DATA
        mov ss, eax
        mov eax, USER_DATA                  ; for both: a kernel's would be taken away on the way to user code
        mov ds, eax
        mov es, eax
        lidt [idt_pointer]
        mov eax, TASK
        ltr ax
        mov ecx, EFER
        rdmsr
        or eax, [FEATURES]
        wrmsr
        mov eax, [CONTROL]
        mov cr4, eax
        mov eax, [ROOT]
        mov cr3, eax
        mov eax, PAGING
        mov cr0, eax
        mov esi, PROBES
        mov ebp, ANSWERS
next:
        mov esp, STACK_TOP
        cmp dword [COUNT], 0
        je done
        mov ebx, [esi]
        mov eax, [esi + 8]
        mov ecx, [esi + 16]
        mov edx, [esi + 20]
        xor edi, edi
        jmp [kinds + eax * 4]

read:
        mov edi, [ebx]
        mov ecx, [ebx + 4]
        int 0x80
write:
        mov [ebx], ecx
        mov [ebx + 4], edx
        int 0x80
execute:
        jmp ebx
user_read:
        mov eax, user_code.read
        jmp to_user
user_write:
        mov eax, user_code.write
        jmp to_user
user_execute:
        mov eax, ebx
to_user:
        push USER_DATA
        push STACK_TOP
        push 2
        push USER_CODE32
        push eax
        iret

; The access was made.
made:
        xor eax, eax
        xor edx, edx
        jmp answer
general_protection:
        pop edx
        mov eax, 13
        jmp answer
page_fault:
        pop edx
        mov eax, 14
answer:
        mov [ebp], eax
        mov [ebp + 8], edx
        mov [ebp + 16], edi
        mov [ebp + 20], ecx
        mov eax, cr2
        mov [ebp + 24], eax
        add esi, RECORD
        add ebp, RECORD
        dec dword [COUNT]
        jmp next

done:
        mov al, DONE
        out EXIT_PORT, al
lost:
        mov al, LOST
        out EXIT_PORT, al
        hlt

kinds:  dd read, write, execute, user_read, user_write, user_execute

        times USER_CODE - LOAD - ($ - $$) db 0
user_code:
.read:
        mov edi, [ebx]
        mov ecx, [ebx + 4]
        int 0x80
.write:
        mov [ebx], ecx
        mov [ebx + 4], edx
        int 0x80

        times DATA - LOAD - ($ - $$) db 0
gdt:    dq 0
        dq 0x00CF9B000000FFFF               ; kernel code
        dq 0x00CF93000000FFFF               ; kernel data
        dq 0x00CFF3000000FFFF               ; user data
        dq 0x00CFFB000000FFFF               ; user code
        dw task_end - task - 1, (DATA & 0xFFFF) + (task - gdt)
        db DATA >> 16, 0x89, 0, 0
gdt_end:
gdt_pointer:
        dw gdt_end - gdt - 1
        dd gdt
idt_pointer:
        dw idt_end - idt - 1
        dd idt

task:   dd 0, STACK_TOP, KERNEL_DATA
        times 22 dd 0
        dd 104 << 16
task_end:

%macro gate 2                               ; handler, flags
        dw LOAD % 65536 + (%1 - $$), KERNEL_CODE
        dw %2
        dw LOAD / 65536
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
