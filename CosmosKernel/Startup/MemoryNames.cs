// The machine's frames, and the heaps' pages made of them.
global using LiveFrames = MemOS.Memory.Frames.PhysicalMemory<MemOS.Hardware.DirectMap, MemOS.Hardware.ThisProcessor>;
global using LivePages = MemOS.Memory.Heap.FramePageSource<MemOS.Hardware.DirectMap, MemOS.Hardware.ThisProcessor>;
