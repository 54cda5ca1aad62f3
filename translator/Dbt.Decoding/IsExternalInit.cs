namespace System.Runtime.CompilerServices;

/// <summary>Lets records compile for netstandard2.0, where the compiler host loads generators.</summary>
static class IsExternalInit;
