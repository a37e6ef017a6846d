; A kernel of a few hundred bytes that speaks the shell's protocol over COM1: what the launcher, the image builder and the
; command runner are tested with. Multiboot2, 32 bits, no interrupts.
;   echo TEXT · fail REASON · cmdline · screen · memory · map · panic · halt · triple · reboot · hang · poweroff
        bits 32

COM1            equ 0x3F8
QEMU_EXIT       equ 0xF4                ; isa-debug-exit
BOCHS_SHUTDOWN  equ 0x8900

ENDED_OK        equ 0x10
ENDED_PANIC     equ 0x12

TAG_COMMAND_LINE equ 1
TAG_MEMORY      equ 4
TAG_MAP         equ 6
TAG_FRAMEBUFFER equ 8

section .multiboot2
        align 8
header:
        dd 0xE85250D6, 0, header_end - header, -(0xE85250D6 + header_end - header)
        dw 0, 0
        dd 8
header_end:

section .text
        global _start
_start:
        mov esp, stack_top
        mov [information], ebx
        call serial_init
        mov esi, text_greeting
        call print

next_command:
        mov esi, text_prompt
        call print
        call read_line
        mov ebx, commands
.look:
        mov edi, [ebx]
        test edi, edi
        jz .unknown
        mov esi, line
        call starts_with
        je .found
        add ebx, 8
        jmp .look
.found:
        call [ebx + 4]
        jmp next_command
.unknown:
        cmp byte [line], 0
        je next_command
        mov esi, text_unknown
        call print
        jmp next_command

; --- commands; esi = the rest of the line ---

command_echo:
        call print
        mov esi, text_newline
        call print
command_ok:
        mov esi, text_ok
        jmp print

command_fail:
        push esi
        mov esi, text_failed
        call print
        pop esi
        call print
        mov esi, text_newline
        jmp print

command_cmdline:
        mov eax, TAG_COMMAND_LINE
        call find_tag
        lea esi, [edi + 8]
        jmp command_echo

; The kind of screen: 0 palette, 1 colours, 2 text; none when the loader gave no tag.
command_screen:
        mov eax, TAG_FRAMEBUFFER
        call find_tag
        mov esi, text_none
        cmp dword [edi], TAG_FRAMEBUFFER
        jne command_echo
        mov esi, text_graphics
        cmp byte [edi + 29], 2
        jne command_echo
        mov esi, text_text
        mov word [0xB8000], 0x1F00 + 'M'
        jmp command_echo

; KiB above 1 MiB, in decimal.
command_memory:
        mov eax, TAG_MEMORY
        call find_tag
        mov eax, [edi + 12]
        mov ecx, 10
        mov edi, number_end
        mov byte [edi], 0
.digit:
        xor edx, edx
        div ecx
        add dl, '0'
        dec edi
        mov [edi], dl
        test eax, eax
        jnz .digit
        mov esi, edi
        jmp command_echo

; The firmware's memory map: a line an entry, start, length and type in hexadecimal.
command_map:
        mov eax, TAG_MAP
        call find_tag
        mov ebp, edi
        add ebp, [edi + 4]
        mov ebx, [edi + 8]
        add edi, 16
.entry:
        cmp edi, ebp
        jae command_ok
        mov eax, [edi + 4]
        call put_hex
        mov eax, [edi]
        call put_hex
        mov al, ' '
        call put
        mov eax, [edi + 12]
        call put_hex
        mov eax, [edi + 8]
        call put_hex
        mov al, ' '
        call put
        mov eax, [edi + 16]
        call put_hex
        mov esi, text_newline
        call print
        add edi, ebx
        jmp .entry

command_panic:
        mov esi, text_panic
        call print
        mov bl, ENDED_PANIC
        jmp end_machine

; As the real kernel's panic in an emulator without an exit port: nothing more happens.
command_halt:
        mov esi, text_panic
        call print
        jmp command_hang

command_poweroff:
        mov esi, text_ok
        call print
        mov bl, ENDED_OK
end_machine:
        call flush
        mov al, bl
        out QEMU_EXIT, al
        mov esi, text_shutdown
        mov ecx, text_shutdown_end - text_shutdown
        mov dx, BOCHS_SHUTDOWN
        rep outsb
command_hang:
        cli
        hlt
        jmp command_hang

command_triple:
        lidt [no_interrupts]
        int3

command_reboot:
        mov al, 0xFE
        out 0x64, al
        jmp command_hang

; --- parts ---

; eax = type; edi = that tag or the end tag.
find_tag:
        mov edi, [information]
        add edi, 8
.next:
        cmp [edi], eax
        je .done
        cmp dword [edi], 0
        je .done
        mov edx, [edi + 4]
        add edx, 7
        and edx, -8
        add edi, edx
        jmp .next
.done:
        ret

; ZF set when the line esi is the word edi alone or followed by a space; esi then stands behind both.
starts_with:
        mov al, [edi]
        test al, al
        jz .word_ends
        cmp al, [esi]
        jne .no
        inc esi
        inc edi
        jmp starts_with
.word_ends:
        cmp byte [esi], 0
        je .no
        cmp byte [esi], ' '
        jne .no
        inc esi
        cmp eax, eax
.no:
        ret

serial_init:
        mov esi, serial_settings
        mov ecx, 7
.next:
        movzx edx, byte [esi]
        add edx, COM1
        mov al, [esi + 1]
        out dx, al
        add esi, 2
        loop .next
        ret

print:
        lodsb
        test al, al
        jz .done
        call put
        jmp print
.done:
        ret

put:
        mov ah, al
        mov dx, COM1 + 5
.wait:
        in al, dx
        test al, 0x20
        jz .wait
        mov al, ah
        mov dx, COM1
        out dx, al
        ret

; eax in eight digits.
put_hex:
        mov esi, eax
        mov ecx, 8
.digit:
        rol esi, 4
        mov eax, esi
        and eax, 15
        mov al, [hex_digits + eax]
        call put
        loop .digit
        ret

; Waits until the last byte is on the line.
flush:
        mov dx, COM1 + 5
.wait:
        in al, dx
        test al, 0x40
        jz .wait
        ret

; Reads to the end of the line, echoing; a newline echoes as both characters.
read_line:
        mov edi, line
.next:
        mov dx, COM1 + 5
.wait:
        in al, dx
        test al, 1
        jz .wait
        mov dx, COM1
        in al, dx
        cmp al, 13
        je .end
        cmp edi, line_last
        jae .next
        stosb
        call put
        jmp .next
.end:
        mov byte [edi], 0
        mov esi, text_newline
        jmp print

section .data
commands:
        dd word_echo, command_echo, word_fail, command_fail, word_cmdline, command_cmdline, word_screen, command_screen
        dd word_memory, command_memory, word_map, command_map, word_panic, command_panic, word_triple, command_triple, word_reboot, command_reboot
        dd word_halt, command_halt, word_hang, command_hang, word_poweroff, command_poweroff, 0
word_echo:      db 'echo', 0
word_fail:      db 'fail', 0
word_cmdline:   db 'cmdline', 0
word_screen:    db 'screen', 0
word_memory:    db 'memory', 0
word_map:       db 'map', 0
word_panic:     db 'panic', 0
word_triple:    db 'triple', 0
word_reboot:    db 'reboot', 0
word_halt:      db 'halt', 0
word_hang:      db 'hang', 0
word_poweroff:  db 'poweroff', 0
serial_settings: db 1, 0, 3, 0x80, 0, 1, 1, 0, 3, 3, 2, 7, 4, 3
hex_digits:     db '0123456789abcdef'
text_greeting:  db 13, 10, 'test kernel', 13, 10, 0
text_prompt:    db 27, '[1mmemos> ', 27, '[0m', 0
text_ok:        db 'ok'
text_newline:   db 13, 10, 0
text_failed:    db 'failed: ', 0
text_unknown:   db 'failed: unknown command', 13, 10, 0
text_none:      db 'none', 0
text_graphics:  db 'graphics', 0
text_text:      db 'text', 0
text_panic:     db 'kernel panic: as asked', 13, 10, 'system halted', 13, 10, 0
text_shutdown:  db 'Shutdown'
text_shutdown_end:
no_interrupts:  dw 0
                dd 0

section .bss
information:    resd 1
line:           resb 256
line_last:      resb 1
number:         resb 12
number_end:     resb 1
        alignb 16
        resb 4096
stack_top:
