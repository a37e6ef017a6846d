using System;

namespace HelloKernel;

public class Kernel : Cosmos.System.Kernel
{
    protected override void BeforeRun() => Console.WriteLine("Hello. Type a line and it comes back; an empty one switches off.");

    protected override void Run()
    {
        Console.Write("> ");
        string? line = Console.ReadLine();
        if (string.IsNullOrEmpty(line))
            Cosmos.System.Power.Shutdown();
        Console.WriteLine("You typed: " + line);
    }
}
