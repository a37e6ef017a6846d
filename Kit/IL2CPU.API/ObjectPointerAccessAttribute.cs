using System;

namespace IL2CPU.API;

/// <summary>The parameter receives an object's address instead of the object.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class ObjectPointerAccessAttribute : Attribute
{
}
