// The format of the machine's page tables, and its address spaces with a lower half.
global using LiveFormat = MemOS.Memory.Paging.X64<MemOS.Memory.Paging.LiveLevels>;
global using UserSpace = MemOS.Memory.Virtual.AddressSpace<
    MemOS.Hardware.DirectMap, MemOS.Memory.Paging.X64<MemOS.Memory.Paging.LiveLevels>, MemOS.Startup.TableFrames, MemOS.Startup.MachineTlb,
    MemOS.Hardware.ProcessorGuard>;
global using LiveObjects = MemOS.Memory.Managed.TypedObjects;
