// The format of the machine's page tables, and its address spaces with a lower half.
global using LiveFormat = MemOS.Memory.Paging.LiveX86;
global using LiveObjects = MemOS.Memory.Managed.CosmosObjects;
global using UserSpace = MemOS.Memory.Virtual.AddressSpace<
    MemOS.Hardware.DirectMap, MemOS.Memory.Paging.LiveX86, MemOS.Startup.TableFrames, MemOS.Startup.MachineTlb, MemOS.Hardware.ProcessorGuard>;
