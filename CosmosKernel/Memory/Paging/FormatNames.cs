// The formats by their architectures' names; linked into the projects that use them.
global using X64FiveLevel = MemOS.Memory.Paging.X64<MemOS.Memory.Paging.FiveLevels>;
global using X64FourLevel = MemOS.Memory.Paging.X64<MemOS.Memory.Paging.FourLevels>;
