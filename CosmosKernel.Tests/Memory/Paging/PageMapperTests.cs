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

[TestFixture]
public sealed class AArch64Lower4KPageMapperTests : PageMapperContract<AArch64Lower4K>;

[TestFixture]
public sealed class AArch64Upper4KPageMapperTests : PageMapperContract<AArch64Upper4K>;

[TestFixture]
public sealed class AArch64Lower16KPageMapperTests : PageMapperContract<AArch64Lower16K>;

[TestFixture]
public sealed class AArch64Upper16KPageMapperTests : PageMapperContract<AArch64Upper16K>;

[TestFixture]
public sealed class AArch64Lower64KPageMapperTests : PageMapperContract<AArch64Lower64K>;

[TestFixture]
public sealed class AArch64Upper64KPageMapperTests : PageMapperContract<AArch64Upper64K>;

[TestFixture]
public sealed class Sv39PageMapperTests : PageMapperContract<Sv39>;

[TestFixture]
public sealed class Sv48PageMapperTests : PageMapperContract<Sv48>;

[TestFixture]
public sealed class Sv57PageMapperTests : PageMapperContract<Sv57>;
