using MemOS.Boot;
using MemOS.Primitives;

namespace MemOS.Lab.Zones;

/// <summary>A line of a firmware's memory map.</summary>
internal readonly record struct FirmwareEntry(PhysAddr Start, ulong SizeBytes, MemoryKind Kind);
