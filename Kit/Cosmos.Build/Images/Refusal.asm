; What the boot loader starts in place of a kernel that it could not load: says how much memory is missing, and stops.
; Its command line is the memory that the kernel needs, in KiB. Multiboot2, 32 bits, a flat file loaded at 1 MiB.
        bits    32
        org     0x100000

TAG_COMMAND_LINE equ 1
TAG_MEMORY_MAP   equ 6
USABLE           equ 1

COM1             equ 0x3F8
LINE_STATUS      equ COM1 + 5
LINE_CAN_TAKE    equ 1 << 5
LINE_IS_EMPTY    equ 1 << 6
LINE_POLLS       equ 0x40000
TEXT_SCREEN      equ 0xB8000
SCREEN_ROW       equ 2 * 80
LAST_START       equ 20 * 80                    ; a cursor below this leaves no room for the message
CURSOR_INDEX     equ 0x3D4
DEBUG_EXIT       equ 0xF4                       ; QEMU's isa-debug-exit
EXIT_PANIC       equ 0x12                       ; Cosmos.Core.ExitCode.Panic
STACK_BYTES      equ 4096

image_start:
header_start:
        dd      0xE85250D6, 0, header_end - header_start, 0x100000000 - (0xE85250D6 + (header_end - header_start))
        align   8
        dw      2, 0                            ; where the file goes, there being no ELF header
        dd      24
        dd      header_start, image_start, image_end, memory_end
        align   8
        dw      3, 0                            ; where it starts
        dd      12
        dd      start
        align   8
        dw      4, 0                            ; VGA text is understood
        dd      12
        dd      2
        align   8
        dw      0, 0
        dd      8
header_end:

start:
        cli
        cld
        mov     esp, memory_end
        mov     ebp, ebx                        ; the boot loader's information
        call    open_line
        call    find_cursor
        mov     esi, text_panic
        call    say

        mov     eax, TAG_COMMAND_LINE
        call    find_tag
        lea     esi, [edi + 8]
        call    parse_number
        push    eax
        call    usable_memory
        pop     edx
        sub     edx, eax
        mov     esi, text_other_cause
        jbe     .reason                         ; there is enough: it was something else
        push    edx
        mov     esi, text_too_little
        call    say
        pop     eax
        call    number_text
        call    say
        mov     esi, text_missing
.reason:
        call    say
        mov     esi, text_halted
        call    say

        mov     ah, LINE_IS_EMPTY
        call    await_line
        mov     al, EXIT_PANIC
        out     DEBUG_EXIT, al
.stop:
        hlt
        jmp     .stop

; EAX = type; EDI = that tag, or the end tag.
find_tag:
        lea     edi, [ebp + 8]
.next:
        cmp     [edi], eax
        je      .done
        cmp     dword [edi], 0
        je      .done
        mov     edx, [edi + 4]
        add     edx, 7
        and     edx, -8
        add     edi, edx
        jmp     .next
.done:
        ret

; ESI = decimal digits; EAX = their value.
parse_number:
        xor     eax, eax
.digit:
        movzx   edx, byte [esi]
        inc     esi
        sub     edx, '0'
        cmp     edx, 9
        ja      .done
        imul    eax, 10
        add     eax, edx
        jmp     .digit
.done:
        ret

; EAX = the map's usable memory in KiB, as much as 32 bits hold.
usable_memory:
        mov     eax, TAG_MEMORY_MAP
        call    find_tag
        xor     eax, eax
        cmp     dword [edi], TAG_MEMORY_MAP
        jne     .done
        mov     ecx, edi
        add     ecx, [edi + 4]                  ; behind the last entry
        mov     ebx, [edi + 8]                  ; bytes of an entry
        add     edi, 16
.entry:
        cmp     edi, ecx
        jae     .done
        cmp     dword [edi + 16], USABLE
        jne     .next
        mov     edx, [edi + 8]
        mov     esi, [edi + 12]
        shrd    edx, esi, 10
        add     eax, edx
.next:
        add     edi, ebx
        jmp     .entry
.done:
        ret

; EAX = a number; ESI = its digits.
number_text:
        mov     esi, digits_end
        mov     ecx, 10
.digit:
        xor     edx, edx
        div     ecx
        add     dl, '0'
        dec     esi
        mov     [esi], dl
        test    eax, eax
        jnz     .digit
        ret

; 115200 baud, 8N1, no interrupts, FIFOs on.
open_line:
        mov     esi, line_settings
        mov     ecx, (line_settings_end - line_settings) / 2
.next:
        movzx   edx, byte [esi]
        add     edx, COM1
        mov     al, [esi + 1]
        out     dx, al
        add     esi, 2
        loop    .next
        ret

; Goes on where the boot loader's own message ended.
find_cursor:
        mov     dx, CURSOR_INDEX
        mov     al, 0x0E
        out     dx, al
        inc     dx
        in      al, dx
        mov     cl, al
        dec     dx
        mov     al, 0x0F
        out     dx, al
        inc     dx
        in      al, dx
        mov     ah, cl
        movzx   eax, ax
        cmp     eax, LAST_START
        jbe     .fits
        mov     eax, LAST_START
.fits:
        lea     eax, [TEXT_SCREEN + eax * 2]
        mov     [cursor], eax
        ret

; Writes the text at ESI to the serial port and the screen; a line feed starts a new row.
say:
        mov     edi, [cursor]
.next:
        lodsb
        test    al, al
        jz      .done
        mov     bl, al
        mov     ah, LINE_CAN_TAKE
        call    await_line
        mov     al, bl
        mov     dx, COM1
        out     dx, al
        cmp     al, 13
        je      .next
        cmp     al, 10
        je      .row
        mov     ah, 0x07
        stosw
        jmp     .next
.row:
        mov     eax, edi
        sub     eax, TEXT_SCREEN
        xor     edx, edx
        mov     ecx, SCREEN_ROW
        div     ecx
        sub     edi, edx
        add     edi, SCREEN_ROW
        jmp     .next
.done:
        mov     [cursor], edi
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

line_settings:    db 1, 0, 3, 0x80, 0, 1, 1, 0, 3, 3, 2, 7, 4, 3
line_settings_end:
text_panic:       db 13, 10, 'kernel panic: ', 0
text_too_little:  db 'this machine has too little memory: ', 0
text_missing:     db ' KiB more are needed', 0
text_other_cause: db 'the boot loader could not load the kernel', 0
text_halted:      db 13, 10, 'system halted', 13, 10, 0
digits:           times 10 db 0
digits_end:       db 0
image_end:

absolute image_end
        alignb  16
cursor:           resd 1
                  resb STACK_BYTES
                  alignb 16
memory_end:
