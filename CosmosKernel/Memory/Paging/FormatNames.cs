// The formats by their architectures' names; linked into the projects that use them.
global using AArch64Lower16K = MemOS.Memory.Paging.AArch64<MemOS.Memory.Paging.Granule16K, MemOS.Memory.Paging.LowerHalf>;
global using AArch64Lower4K = MemOS.Memory.Paging.AArch64<MemOS.Memory.Paging.Granule4K, MemOS.Memory.Paging.LowerHalf>;
global using AArch64Lower64K = MemOS.Memory.Paging.AArch64<MemOS.Memory.Paging.Granule64K, MemOS.Memory.Paging.LowerHalf>;
global using AArch64Upper16K = MemOS.Memory.Paging.AArch64<MemOS.Memory.Paging.Granule16K, MemOS.Memory.Paging.UpperHalf>;
global using AArch64Upper4K = MemOS.Memory.Paging.AArch64<MemOS.Memory.Paging.Granule4K, MemOS.Memory.Paging.UpperHalf>;
global using AArch64Upper64K = MemOS.Memory.Paging.AArch64<MemOS.Memory.Paging.Granule64K, MemOS.Memory.Paging.UpperHalf>;
global using Sv39 = MemOS.Memory.Paging.RiscV<MemOS.Memory.Paging.ThreeLevels>;
global using Sv48 = MemOS.Memory.Paging.RiscV<MemOS.Memory.Paging.FourLevels>;
global using Sv57 = MemOS.Memory.Paging.RiscV<MemOS.Memory.Paging.FiveLevels>;
global using X64FiveLevel = MemOS.Memory.Paging.X64<MemOS.Memory.Paging.FiveLevels>;
global using X64FourLevel = MemOS.Memory.Paging.X64<MemOS.Memory.Paging.FourLevels>;
