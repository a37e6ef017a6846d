; Where the linker put the parts of the image, for managed code: the order is ImageLayout's in ImageLayout.cs.

extern kernel_physical_start, kernel_physical_end
extern kernel_text_start, kernel_text_end, kernel_managed_start, kernel_managed_end
extern kernel_rodata_start, kernel_rodata_end, kernel_data_start, kernel_data_end
extern kernel_eh_frame_hdr, kernel_modules_start, kernel_modules_end
extern kernel_symbols_start, kernel_symbols_end
extern __fixups_start, __fixups_end
extern boot_stack_guard, boot_stack_bottom, boot_stack_top
extern kit_dispatch_buckets
extern kit_ret_throw, kit_ret_throw_hw, kit_ret_rethrow, kit_ret_catch, kit_ret_finally, kit_ret_filter, kit_ret_dispatch
extern kit_leaf_start, kit_leaf_end, RhpInitialDynamicInterfaceDispatch, RhpThrowHwEx
extern GetRuntimeException, AppendExceptionStackFrame, GetSystemArrayEEType, ThreadEntryPoint

section .text
global KitImageLayout, KitCodeTargets, KitCurrentThread
KitImageLayout:
        lea     rax, [rel layout]
        ret
KitCodeTargets:
        lea     rax, [rel targets]
        ret
KitCurrentThread:
        mov     rax, [gs:0]                     ; Cosmos.Core.ThreadBlock.Self
        ret

section .rodata
align 8
layout: dq      kernel_physical_start, kernel_physical_end
        dq      kernel_text_start, kernel_text_end
        dq      kernel_rodata_start, kernel_rodata_end
        dq      kernel_data_start, kernel_data_end
        dq      boot_stack_guard, boot_stack_bottom, boot_stack_top
        dq      __fixups_start, __fixups_end
        dq      kernel_symbols_start, kernel_symbols_end

targets:
        dq      kernel_managed_start, kernel_managed_end
        dq      kernel_eh_frame_hdr
        dq      kernel_modules_start, kernel_modules_end
        dq      kit_dispatch_buckets
        dq      kit_ret_throw, kit_ret_throw_hw, kit_ret_rethrow
        dq      kit_ret_catch, kit_ret_finally, kit_ret_filter, kit_ret_dispatch
        dq      kit_leaf_start, kit_leaf_end, RhpInitialDynamicInterfaceDispatch, RhpThrowHwEx
        dq      GetRuntimeException, AppendExceptionStackFrame, GetSystemArrayEEType, ThreadEntryPoint
