// The machine's heap of raw blocks.
global using LiveHeap = MemOS.Memory.Heap.KernelHeap<MemOS.Memory.Heap.FramePageSource<MemOS.Hardware.DirectMap>, MemOS.Hardware.ThisProcessor>;
