using MemOS.Memory.Paging;
using MemOS.Tests.Contracts;
using NUnit.Framework;

namespace MemOS.Tests.Memory.Paging;

[TestFixture]
public sealed class FourLevelPageMapperTests : PageMapperContract<X64FourLevel>;

[TestFixture]
public sealed class FiveLevelPageMapperTests : PageMapperContract<X64FiveLevel>;

[TestFixture]
public sealed class PaePageMapperTests : PageMapperContract<X86Pae>;

[TestFixture]
public sealed class TwoLevelPageMapperTests : PageMapperContract<X86TwoLevel>;
