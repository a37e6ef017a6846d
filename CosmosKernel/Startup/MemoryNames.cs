// The machine's frames, the heaps' pages made of them, and the heap of raw blocks.
global using LiveFrames = MemOS.Memory.Frames.PhysicalMemory<MemOS.Hardware.DirectMap, MemOS.Hardware.ThisProcessor>;
global using LivePages = MemOS.Memory.Heap.FramePageSource<MemOS.Hardware.DirectMap, MemOS.Hardware.ThisProcessor>;
global using LiveHeap = MemOS.Memory.Heap.KernelHeap<MemOS.Memory.Heap.FramePageSource<MemOS.Hardware.DirectMap, MemOS.Hardware.ThisProcessor>, MemOS.Hardware.ThisProcessor, MemOS.Collections.MachineWords>;
