using MemOS.Memory.Paging;
using MemOS.Tests.Contracts;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Paging;

[TestFixture]
public sealed class FourLevelPageMapperTests : PageMapperContract<X64FourLevel>;

[TestFixture]
public sealed class FiveLevelPageMapperTests : PageMapperContract<X64FiveLevel>;
