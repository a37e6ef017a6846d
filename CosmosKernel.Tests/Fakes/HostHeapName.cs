// The kernel heap as tests run it: over an arena, threads being processors.
global using HostHeap = MemOS.Memory.Heap.KernelHeap<MemOS.Tests.Memory.Heap.HostArena, MemOS.Tests.Fakes.HostProcessor, MemOS.Collections.MachineWords>;
