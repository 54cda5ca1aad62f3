using System.Runtime.InteropServices;

namespace Dbt.Differential;

/// <summary>Writes a batch of cases as the file that the runner maps: header, code, inputs.</summary>
static class CaseFile
{
    const int StubBytes = 4096;

    /// <summary>Address of a case's first word.</summary>
    public static ulong SlotAddress(int index) => MachineState.CodeAt + StubBytes + (ulong)index * CaseBuilder.SlotWords * 4;

    public static void Write(string path, IReadOnlyList<Case> cases)
    {
        int codeSize = RoundUp(StubBytes + cases.Count * CaseBuilder.SlotWords * 4), inputOffset = MachineState.PageSize + codeSize;
        byte[] file = new byte[inputOffset + RoundUp(cases.Count * MachineState.InputSize)];
        ulong[] header = [(ulong)cases.Count, (ulong)codeSize, (ulong)inputOffset];
        MemoryMarshal.AsBytes(header.AsSpan()).CopyTo(file);
        var code = MemoryMarshal.Cast<byte, uint>(file.AsSpan(MachineState.PageSize, codeSize));

        // The end stub: X30 into TPIDR_EL0, then to where the results' first page says.
        uint[] stub = [0xD51BD05E, MoveWide(0xD2800000, 0, 0), MoveWide(0xF2800000, 1, (uint)(MachineState.ResultsAt >> 16)), MoveWide(0xF2800000, 2, (uint)(MachineState.ResultsAt >> 32)), 0xF94013DE, 0xD61F03C0];
        stub.CopyTo(code);
        for (int i = 0; i < cases.Count; i++)
        {
            int at = (StubBytes / 4) + i * CaseBuilder.SlotWords;
            WriteSlot(code.Slice(at, CaseBuilder.SlotWords), cases[i], at);
            cases[i].WriteInput(file.AsSpan(inputOffset + i * MachineState.InputSize, MachineState.InputSize), SlotAddress(i));
        }

        File.WriteAllBytes(path, file);
    }

    static void WriteSlot(Span<uint> slot, Case item, int at)
    {
        var random = new EncodingRandom(item.Seed ^ 0x5107);
        foreach (ref uint word in slot[CaseBuilder.FirstConstant..]) word = (uint)random.Next();
        slot[0] = 0xD53BD05E;
        item.Words.CopyTo(slot[1..]);
        int end = item.Words.Length + 1;
        slot[end] = 0x14000000 | (uint)-(at + end) & 0x3FFFFFF;
    }

    static uint MoveWide(uint opcode, uint half, uint value) => opcode | half << 21 | (value & 0xFFFF) << 5 | 30;
    static int RoundUp(int size) => (size + MachineState.PageSize - 1) & -MachineState.PageSize;
}
