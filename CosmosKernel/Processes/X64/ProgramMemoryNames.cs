// The memory of a process of this machine.
global using UserTables = MemOS.Memory.Virtual.SpaceHandle<
    MemOS.Hardware.DirectMap, MemOS.Memory.Paging.X64<MemOS.Memory.Paging.LiveLevels>, MemOS.Startup.TableFrames, MemOS.Startup.MachineTlb,
    MemOS.Hardware.ProcessorGuard>;
global using ProgramMemory = MemOS.Memory.Virtual.UserMemory<
    MemOS.Memory.Virtual.SpaceHandle<
        MemOS.Hardware.DirectMap, MemOS.Memory.Paging.X64<MemOS.Memory.Paging.LiveLevels>, MemOS.Startup.TableFrames, MemOS.Startup.MachineTlb,
        MemOS.Hardware.ProcessorGuard>,
    MemOS.Hardware.DirectMap, MemOS.Processes.ProcessSource>;
