using System.Runtime.CompilerServices;
using Dbt.Translator.Execution;

namespace Dbt.Translator.X64;

/// <summary>Displacements from the state pointer (rbp) of the thread block's fields that emitted code uses.</summary>
static unsafe class ThreadFields
{
    public static readonly int Poll, Table, TableMask, StubLink, StubIndirect, StubExit, StubPoll, StubFloat, ExitValue, ExitValue2, FloatStatus, Helpers, CountLinked, CountInlineCache, CountReturn, Scratch, StubEvaluate, Operands, Constants, EstimateTables;

    static ThreadFields()
    {
        Unsafe.SkipInit(out ThreadBlock block);
        byte* origin = (byte*)&block + ThreadBlock.Bias;
        Poll = (int)((byte*)&block.Poll - origin);
        Table = (int)((byte*)&block.Table - origin);
        TableMask = (int)((byte*)&block.TableMask - origin);
        StubLink = (int)((byte*)&block.StubLink - origin);
        StubIndirect = (int)((byte*)&block.StubIndirect - origin);
        StubExit = (int)((byte*)&block.StubExit - origin);
        StubPoll = (int)((byte*)&block.StubPoll - origin);
        StubFloat = (int)((byte*)&block.StubFloat - origin);
        FloatStatus = (int)((byte*)&block.FloatStatus - origin);
        ExitValue = (int)((byte*)&block.ExitValue - origin);
        ExitValue2 = (int)((byte*)&block.ExitValue2 - origin);
        Helpers = (int)((byte*)&block.Helpers - origin);
        CountLinked = (int)((byte*)&block.CountLinked - origin);
        CountInlineCache = (int)((byte*)&block.CountInlineCache - origin);
        Scratch = (int)(block.Scratch - origin);
        StubEvaluate = (int)((byte*)&block.StubEvaluate - origin);
        Operands = (int)(block.Operands - origin);
        Constants = (int)(block.Constants - origin);
        EstimateTables = (int)((byte*)&block.EstimateTables - origin);
        CountReturn = (int)((byte*)&block.CountReturn - origin);
    }
}
