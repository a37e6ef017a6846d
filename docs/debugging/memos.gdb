# gdb -x docs/debugging/memos.gdb artifacts/memos/memos.debug.elf     (after ./memos debug in another terminal)
set confirm off
set pagination off
set architecture i386:x86-64
# The line tables name files from the root of the tree, written /_/.
set substitute-path /_/ ./
# Nothing is mapped at the kernel's addresses before it has started: a breakpoint must be the processor's, not an instruction.
set breakpoint auto-hw on
target remote localhost:1234

define kernel-break
    hbreak $arg0
end
document kernel-break
Stop at a function or FILE:LINE: kernel-break Kernel.cs:20
end
