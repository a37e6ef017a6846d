namespace System.Runtime;

// The compiler recognises both attributes by their full names.

/// <summary>Gives a method's code a symbol that other objects of the image can call.</summary>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
internal sealed class RuntimeExportAttribute : Attribute
{
    public RuntimeExportAttribute(string entry)
    {
        Entry = entry;
    }

    public string Entry { get; }
}

/// <summary>Binds an extern method to a symbol, called with no transition.</summary>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
internal sealed class RuntimeImportAttribute : Attribute
{
    public RuntimeImportAttribute(string dllName, string entry)
    {
        DllName = dllName;
        Entry = entry;
    }

    public string DllName { get; }

    public string Entry { get; }
}
