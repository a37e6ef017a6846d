using System;
using Cosmos.Core;

namespace HelloKernel;

public unsafe class Kernel : Cosmos.System.Kernel
{
    protected override void BeforeRun() =>
        Console.WriteLine($"Hello from 0x{(ulong)GCImplementation.GetPointer(this):x}, with {GCImplementation.GetAvailableRAM()} MiB free. An empty line switches off.");

    protected override void Run()
    {
        Console.Write("> ");
        string? line = Console.ReadLine();
        if (string.IsNullOrEmpty(line))
            Cosmos.System.Power.Shutdown();
        Console.WriteLine("You typed: " + line);
    }
}
