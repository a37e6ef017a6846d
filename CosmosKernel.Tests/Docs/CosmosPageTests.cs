using System;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using MemOS.Tests.Boot;
using MemOS.Tests.Plugs;
using Mono.Cecil;
using NUnit.Framework;

namespace MemOS.Tests.Docs;

/// <summary>Does what docs/cosmos.md says, as far as that goes without a kit.</summary>
public sealed partial class CosmosPageTests
{
    private const string Page = "docs/cosmos.md";
    private static readonly TimeSpan s_limit = TimeSpan.FromMinutes(5);

    [Test]
    public void Without_a_kit_one_error_says_what_is_missing_and_where_the_default_is()
    {
        Match command = Command().Match(DocumentationTree.Read(Page));
        Assert.That(command.Success);
        string output = Run(command.Value + " -v quiet -nologo -p:CosmosDir=/no/kit/here", DocumentationTree.Root, isGood: false);
        string[] errors = [.. output.Split('\n').Where(line => line.Contains(": error ", StringComparison.Ordinal)).Distinct()];
        Assert.That(errors, Has.Length.EqualTo(1), output);
        Assert.That(errors[0], Does.Contain("/no/kit/here/packages").And.Contain("CosmosDir").And.Contain("default target"));
    }

    [Test]
    [Category("Boot")]
    public void The_page_s_kernel_compiles_against_the_packages()
    {
        using TemporaryFolder folder = new();
        Run("./memos pack", DocumentationTree.Root, isGood: true);
        string kit = PlugFlavour.Of(32).Folder;
        File.WriteAllText(Path.Combine(folder.Path, "Kernel.cs"), CodeBlock().Match(DocumentationTree.Read(Page)).Groups[1].Value);
        File.WriteAllText(Path.Combine(folder.Path, "Hello.csproj"), $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net6.0</TargetFramework>
                <CheckEolTargetFramework>false</CheckEolTargetFramework>
                <DisableTransitiveFrameworkReferenceDownloads>true</DisableTransitiveFrameworkReferenceDownloads>
                <TreatWarningsAsErrors>true</TreatWarningsAsErrors>
                <RestoreAdditionalProjectSources>{DocumentationTree.Root}/artifacts/packages</RestoreAdditionalProjectSources>
                <RestorePackagesPath>packages</RestorePackagesPath>
              </PropertyGroup>
              <ItemGroup>
                <KnownFrameworkReference Update="Microsoft.NETCore.App" TargetingPackVersion="6.0.25" />
                <PackageReference Include="MemOS.Core" Version="0.1.0" />
                <PackageReference Include="MemOS.Plugs" Version="0.1.0" />
                <Reference Include="{kit}/Cosmos.Core.dll;{kit}/Cosmos.System2.dll;{kit}/IL2CPU.API.dll" />
              </ItemGroup>
              <Target Name="ShowPlugs" AfterTargets="Build">
                <Message Importance="high" Text="plugs: @(PlugsReference)" />
              </Target>
            </Project>
            """);
        string output = Run("dotnet build -v minimal -nologo", folder.Path, isGood: true);
        Match plugs = PlugsLine().Match(output);
        Assert.That(plugs.Success && File.Exists(plugs.Groups[1].Value), output);
    }

    [Test]
    public void The_page_names_each_method_of_the_kit_that_is_replaced()
    {
        string page = DocumentationTree.Read(Page);
        using ModuleDefinition plugs = ModuleDefinition.ReadModule(Path.Combine(PlugFlavour.Of(32).Folder, "MemOS.Plugs.dll"));
        string[] missing = [.. from type in plugs.Types
                               where type.Namespace == "MemOS.Plugs.Cosmos" && page.Contains($"`{type.Name}`", StringComparison.Ordinal)
                               from method in type.Methods
                               where method.IsPublic && !Named(page, type.Name, method.Name)
                               select $"{type.Name}.{method.Name}"];
        Assert.That(missing, Is.Empty);
        Assert.That(Named(page, "HeapPlug", "Collect") && !Named(page, "HeapPlug", "Sweep"));
    }

    [Test]
    public void The_page_lists_each_property_with_its_default()
    {
        string[] rows = [.. DocumentationTree.Read(Page).Split('\n').Where(line => line.StartsWith("| `", StringComparison.Ordinal))];
        XDocument targets = XDocument.Load(Path.Combine(DocumentationTree.Root, "Kit/Cosmos.Build/CosmosUserKit.targets"));
        XElement[] settable = [.. targets.Descendants("PropertyGroup").Elements()
            .Where(property => property.Attribute("Condition")?.Value == $"'$({property.Name.LocalName})' == ''")];
        Assert.That(settable.Select(property => property.Name.LocalName), Is.SupersetOf(new[] { "Launch", "Profile", "CosmosDebugPort", "VisualStudioDebugPort", "EnableGDB" }));
        foreach (XElement property in settable)
        {
            string[] row = [.. rows.Where(line => line.Split('|')[1].Contains($"`{property.Name.LocalName}`", StringComparison.Ordinal))];
            Assert.That(row, Has.Length.EqualTo(1), property.Name.LocalName);
            Assert.That(row[0].Split('|')[2], Does.Contain($"`{property.Value}`"), row[0]);
        }

        Assert.That(rows, Has.Some.StartsWith("| `CosmosDir` |"));
    }

    private static bool Named(string page, string plug, string method) => page.Split('\n')
        .Any(line => line.Contains($"`{plug}`", StringComparison.Ordinal) && Regex.IsMatch(line, $@"[`.]{method}`"));

    private static string Run(string line, string folder, bool isGood)
    {
        ProcessStartInfo start = new("bash", ["-c", line + " 2>&1"]) { WorkingDirectory = folder, RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        System.Threading.Tasks.Task<string> output = process.StandardOutput.ReadToEndAsync();
        bool hasEnded = process.WaitForExit(s_limit);
        if (!hasEnded) process.Kill(entireProcessTree: true);
        Assert.That(hasEnded && (process.ExitCode == 0) == isGood, $"{line}\n{output.Result}");
        return output.Result;
    }

    [GeneratedRegex(@"^dotnet build \S+ -p:CosmosUserKit=true$", RegexOptions.Multiline)]
    private static partial Regex Command();

    [GeneratedRegex(@"^```csharp\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"plugs: (\S*MemOS\.Plugs\.dll)")]
    private static partial Regex PlugsLine();
}
