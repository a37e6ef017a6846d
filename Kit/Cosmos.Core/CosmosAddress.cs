// The one place where the kit's two widths differ in the sources: the real kit's machine is 32 bits wide and holds
// an address in a uint; the in-tree kit's is 64 bits wide. Everything that names an address says CosmosAddress.
#pragma warning disable IDE0005 // Not every assembly that includes this file names an address.
#if NET6_0
global using CosmosAddress = System.UInt32;
#else
global using CosmosAddress = System.UIntPtr;
#endif
