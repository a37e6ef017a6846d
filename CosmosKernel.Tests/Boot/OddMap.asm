; A boot loader after the boot loader: carries MemOS in itself, puts another map in the place of the firmware's, and starts it.
; Every other page of a region is reserved, an entry for each of the COUNT pages, from the highest to the lowest. The firmware's
; entries come after them, or not at all with NO_MEMORY. KERNEL is the path of the ELF64 file, in quotation marks.

MULTIBOOT   equ 0xE85250D6
INFO        equ 0x05000000          ; where the new block lies
FIRST       equ 0x08000000          ; the lowest reserved page
PAGE_BYTES  equ 4096
ENTRY_BYTES equ 24
MAP_TAG     equ 6
RESERVED    equ 2

bits 32

section .multiboot align=8
header:
        dd MULTIBOOT, 0, header_end - header, -(MULTIBOOT + (header_end - header))
        dw 0, 0
        dd 8
header_end:

section .text
global _start
_start:
        cld
        mov [magic], eax
        lea esi, [ebx + 8]
        mov edi, INFO + 8
copy_tag:
        mov eax, [esi]
        mov ecx, [esi + 4]
        add ecx, 7
        and ecx, -8
        test eax, eax
        jz add_map
        cmp eax, MAP_TAG
        je keep_map
        rep movsb
        jmp copy_tag
keep_map:
        mov [map], esi
        add esi, ecx
        jmp copy_tag

add_map:
        mov edx, edi
        mov dword [edx], MAP_TAG
        mov dword [edx + 8], ENTRY_BYTES
        mov dword [edx + 12], 0
        add edi, 16
        mov eax, FIRST + (COUNT - 1) * 2 * PAGE_BYTES
        mov ecx, COUNT
add_entry:
        mov [edi], eax
        mov dword [edi + 4], 0
        mov dword [edi + 8], PAGE_BYTES
        mov dword [edi + 12], 0
        mov dword [edi + 16], RESERVED
        mov dword [edi + 20], 0
        add edi, ENTRY_BYTES
        sub eax, 2 * PAGE_BYTES
        loop add_entry
%ifndef NO_MEMORY
        mov esi, [map]
        mov ecx, [esi + 4]
        sub ecx, 16
        add esi, 16
        rep movsb
%endif
        mov eax, edi
        sub eax, edx
        mov [edx + 4], eax
        mov dword [edi], 0
        mov dword [edi + 4], 8
        lea eax, [edi + 8 - INFO]
        mov [INFO], eax
        mov dword [INFO + 4], 0

        movzx ebp, word [kernel + 56]   ; e_phnum
        mov edx, kernel
        add edx, [kernel + 32]          ; e_phoff
load_segment:
        cmp dword [edx], 1              ; PT_LOAD
        jne next_segment
        mov esi, kernel
        add esi, [edx + 8]              ; p_offset
        mov edi, [edx + 24]             ; p_paddr
        mov ecx, [edx + 32]             ; p_filesz
        mov eax, [edx + 40]             ; p_memsz
        sub eax, ecx
        rep movsb
        mov ecx, eax
        xor eax, eax
        rep stosb
next_segment:
        add edx, 56
        dec ebp
        jnz load_segment

        mov ebx, INFO
        mov eax, [magic]
        jmp dword [kernel + 24]         ; e_entry

section .data
align 8
kernel: incbin KERNEL

section .bss
magic:  resd 1
map:    resd 1
