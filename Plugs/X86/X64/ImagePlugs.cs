using System;
using IL2CPU.API.Attribs;
using MemOS.Startup;
using XSharp;
using XSharp.Assembler;

namespace MemOS.Plugs.X86;

/// <summary>Where the linker put the image.</summary>
[Plug(typeof(ImageLocation))]
public static unsafe class ImagePlugs
{
    /// <summary>The kit's table of the image's parts.</summary>
    [PlugMethod(Assembler = typeof(TableBody))]
    public static KernelImage* Table() => throw new NotImplementedException();

    private sealed class TableBody : AssemblerMethod
    {
        public override void AssembleNew(Assembler aAssembler, object aMethodInfo)
        {
            XS.LiteralCode("extern KitImageLayout");
            XS.LiteralCode("jmp KitImageLayout");
        }
    }
}

/// <summary>Where the image builder put the list of plugs.</summary>
[Plug(typeof(PlugList))]
public static unsafe class PlugListPlugs
{
    /// <summary>The list's first byte.</summary>
    [PlugMethod(Assembler = typeof(StartBody))]
    public static byte* Start() => throw new NotImplementedException();

    /// <summary>The address after the list.</summary>
    [PlugMethod(Assembler = typeof(EndBody))]
    public static byte* End() => throw new NotImplementedException();

    private sealed class StartBody : AssemblerMethod
    {
        public override void AssembleNew(Assembler aAssembler, object aMethodInfo)
        {
            XS.LiteralCode("extern image_plugs_start");
            XS.LiteralCode("lea rax, [rel image_plugs_start]");
        }
    }

    private sealed class EndBody : AssemblerMethod
    {
        public override void AssembleNew(Assembler aAssembler, object aMethodInfo)
        {
            XS.LiteralCode("extern image_plugs_end");
            XS.LiteralCode("lea rax, [rel image_plugs_end]");
        }
    }
}
