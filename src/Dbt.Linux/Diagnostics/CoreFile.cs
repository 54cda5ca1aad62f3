using System.Buffers.Binary;
using System.Text;
using Dbt.Linux.Host;
using Dbt.Linux.Memory;
using Dbt.Linux.Processes;
using Dbt.Linux.Signals;

namespace Dbt.Linux.Diagnostics;

/// <summary>Writes a core file of the guest (core(5); fs/binfmt_elf.c, elf_core_dump), which a debugger for the guest's architecture opens.</summary>
/// <remarks><code>
///   ELF header | program headers: PT_NOTE, PT_LOAD ... | notes | pages of the regions
/// </code>
/// Readable regions are written whole, the program's files included, so that the file explains itself on another machine; pages of zeros stay holes.
/// </remarks>
sealed unsafe class CoreFile
{
    const int HeaderSize = 64, ProgramHeaderSize = 56, PageSize = 4096, Chunk = 65536;
    const uint Status = 1, FloatingPoint = 2, ProcessInformation = 3, AuxiliaryVector = 6, ThreadPointer = 0x401, SignalNote = 0x53494749, Files = 0x46494C45;

    readonly LinuxProcess process;
    readonly MemoryStream notes = new();
    readonly long descriptor;

    CoreFile(LinuxProcess process, long descriptor)
    {
        this.process = process;
        this.descriptor = descriptor;
    }

    /// <summary>Writes the file. All threads but the caller's have been stopped.</summary>
    /// <param name="thread">The thread that the signal hit; it comes first.</param>
    /// <param name="pattern">Name: %p process, %t seconds, %s signal, %e program's name, %% a percent sign.</param>
    /// <param name="information">The signal.</param>
    /// <param name="message">What to tell the user.</param>
    public static void Write(LinuxThread thread, string pattern, in SignalInformation information, out string message)
    {
        const long ReadWriteCreateTruncateClose = 0x2 | 0x40 | 0x200 | 0x80000, OwnerOnly = 0x180;
        string name = Expand(pattern, information.Signal);
        byte[] path = Encoding.UTF8.GetBytes(name + "\0");
        long descriptor;
        fixed (byte* start = path) descriptor = Kernel.Call(Sys.openat, -100, (long)start, ReadWriteCreateTruncateClose, OwnerOnly);
        message = descriptor < 0 ? $"cannot write the core file {name}: {Errno.Message(-descriptor)}" : $"core file: {name}";
        if (descriptor < 0) return;
        var file = new CoreFile(thread.Process, descriptor);
        file.WriteAll(thread, information);
        Kernel.Call(Sys.close, descriptor);
    }

    static string Expand(string pattern, int signal)
    {
        long* time = stackalloc long[2];
        var name = new StringBuilder();
        for (int i = 0; i < pattern.Length; i++)
        {
            if (pattern[i] != '%' || i + 1 == pattern.Length)
            {
                name.Append(pattern[i]);
                continue;
            }
            switch (pattern[++i])
            {
                case 'p':
                    name.Append(Kernel.Call(Sys.getpid));
                    break;
                case 's':
                    name.Append(signal);
                    break;
                case 't':
                    Kernel.GetTime(0, time);
                    name.Append(time[0]);
                    break;
                case 'e':
                    name.Append(ThreadNames.Of((int)Kernel.Call(Sys.getpid)).Replace('/', '!'));
                    break;
                default:
                    name.Append(pattern[i]);
                    break;
            }
        }
        return name.ToString();
    }

    void WriteAll(LinuxThread thread, in SignalInformation information)
    {
        Region[] regions;
        lock (process.Space.Gate) regions = process.Space.Map.Regions.ToArray();
        AddThread(thread, information.Signal);
        AddProcess();
        var copy = information;
        Add(SignalNote, new ReadOnlySpan<byte>(&copy, sizeof(SignalInformation)));
        Add(AuxiliaryVector, process.ProcessFiles.AuxiliaryVector);
        AddFiles();
        AddFloatingPoint(thread);
        foreach (var other in process.Threads.Live())
        {
            if (other == thread) continue;
            // The kernel says the same for all of them; a debugger takes it from the last.
            AddThread(other, information.Signal);
            AddFloatingPoint(other);
        }

        ulong noteOffset = HeaderSize + ProgramHeaderSize * (ulong)(regions.Length + 1);
        ulong data = (noteOffset + (ulong)notes.Length + PageSize - 1) & ~(PageSize - 1UL);
        var headers = new byte[noteOffset];
        WriteHeader(headers, regions.Length + 1);
        WriteProgramHeader(headers.AsSpan(HeaderSize), 4, 0, noteOffset, 0, (ulong)notes.Length, (ulong)notes.Length, 4);
        for (int i = 0; i < regions.Length; i++)
        {
            ref readonly Region region = ref regions[i];
            ulong size = region.End - region.Start, stored = (region.Protection & Protection.Read) != 0 ? size : 0;
            var p = region.Protection;
            uint flags = ((p & Protection.Execute) != 0 ? 1U : 0) | ((p & Protection.Write) != 0 ? 2U : 0) | ((p & Protection.Read) != 0 ? 4U : 0);
            WriteProgramHeader(headers.AsSpan(HeaderSize + ProgramHeaderSize * (i + 1)), 1, flags, data, region.Start, stored, size, PageSize);
            if (stored != 0) CopyRegion(region, data);
            data += stored;
        }
        Put(headers, 0);
        Put(notes.ToArray(), noteOffset);
        // A hole at the end is part of the file, too.
        Kernel.Call(Sys.ftruncate, descriptor, (long)data);
    }

    void Put(ReadOnlySpan<byte> bytes, ulong offset)
    {
        fixed (byte* start = bytes) Kernel.Call(Sys.pwrite64, descriptor, (long)start, bytes.Length, (long)offset);
    }

    // The kernel copies from guest memory, and stops at a page that is not there (a mapping beyond the end of its file): the rest of such a chunk is tried page by page.
    void CopyRegion(in Region region, ulong offset)
    {
        bool canLook = !region.Backing.IsFile;
        for (ulong at = region.Start; at < region.End; at += Chunk)
        {
            int length = (int)Math.Min(Chunk, region.End - at);
            ulong to = offset + (at - region.Start);
            if (canLook && !new ReadOnlySpan<byte>((void*)at, length).ContainsAnyExcept((byte)0)) continue;
            if (Kernel.Call(Sys.pwrite64, descriptor, (long)at, length, (long)to) == length) continue;
            for (int page = 0; page < length; page += PageSize) Kernel.Call(Sys.pwrite64, descriptor, (long)at + page, PageSize, (long)to + page);
        }
    }

    void WriteHeader(Span<byte> header, int programHeaders)
    {
        ReadOnlySpan<byte> identity = [0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1];
        identity.CopyTo(header);
        BinaryPrimitives.WriteUInt16LittleEndian(header[16..], 4);
        BinaryPrimitives.WriteUInt16LittleEndian(header[18..], process.Abi.Machine.Machine);
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], 1);
        BinaryPrimitives.WriteUInt64LittleEndian(header[32..], HeaderSize);
        BinaryPrimitives.WriteUInt16LittleEndian(header[52..], HeaderSize);
        BinaryPrimitives.WriteUInt16LittleEndian(header[54..], ProgramHeaderSize);
        BinaryPrimitives.WriteUInt16LittleEndian(header[56..], (ushort)programHeaders);
    }

    static void WriteProgramHeader(Span<byte> header, uint type, uint flags, ulong offset, ulong address, ulong fileSize, ulong memorySize, ulong alignment)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(header, type);
        BinaryPrimitives.WriteUInt32LittleEndian(header[4..], flags);
        BinaryPrimitives.WriteUInt64LittleEndian(header[8..], offset);
        BinaryPrimitives.WriteUInt64LittleEndian(header[16..], address);
        BinaryPrimitives.WriteUInt64LittleEndian(header[32..], fileSize);
        BinaryPrimitives.WriteUInt64LittleEndian(header[40..], memorySize);
        BinaryPrimitives.WriteUInt64LittleEndian(header[48..], alignment);
    }

    // A note: name size, data size, type, name and data, each padded to four bytes.
    void Add(uint type, ReadOnlySpan<byte> data)
    {
        ReadOnlySpan<byte> name = type is SignalNote or Files or Status or FloatingPoint or ProcessInformation or AuxiliaryVector ? "CORE\0"u8 : "LINUX\0"u8;
        Span<byte> head = stackalloc byte[12];
        BinaryPrimitives.WriteInt32LittleEndian(head, name.Length);
        BinaryPrimitives.WriteInt32LittleEndian(head[4..], data.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(head[8..], type);
        notes.Write(head);
        Pad(name);
        Pad(data);
    }

    void Pad(ReadOnlySpan<byte> bytes)
    {
        notes.Write(bytes);
        while ((notes.Length & 3) != 0) notes.WriteByte(0);
    }

    // struct elf_prstatus: siginfo 12, cursig 2, pad 2, sigpend 8, sighold 8, pid, ppid, pgrp, sid, four timevals, registers, fpvalid.
    void AddThread(LinuxThread thread, int signal)
    {
        const int RegistersOffset = 112;
        int registers = process.Abi.CoreRegistersSize;
        var status = new byte[RegistersOffset + registers + 8];
        BinaryPrimitives.WriteInt32LittleEndian(status, signal);
        BinaryPrimitives.WriteInt16LittleEndian(status.AsSpan(12), (short)signal);
        BinaryPrimitives.WriteUInt64LittleEndian(status.AsSpan(24), thread.Signals.Mask);
        // A thread that has not run yet has no host thread to name it.
        BinaryPrimitives.WriteInt32LittleEndian(status.AsSpan(32), thread.Guest.Block->HostThreadId);
        BinaryPrimitives.WriteInt32LittleEndian(status.AsSpan(36), (int)Kernel.Call(Sys.getppid));
        BinaryPrimitives.WriteInt32LittleEndian(status.AsSpan(40), (int)Kernel.Call(Sys.getpgid));
        BinaryPrimitives.WriteInt32LittleEndian(status.AsSpan(44), (int)Kernel.Call(Sys.getsid));
        process.Abi.WriteCoreRegisters(thread.Guest, status.AsSpan(RegistersOffset, registers));
        status[RegistersOffset + registers] = 1;
        Add(Status, status);
        ulong pointer = process.Abi.ThreadPointer(thread.Guest);
        Add(ThreadPointer, new ReadOnlySpan<byte>(&pointer, sizeof(ulong)));
    }

    void AddFloatingPoint(LinuxThread thread)
    {
        var registers = new byte[process.Abi.CoreVectorsSize];
        process.Abi.WriteCoreVectors(thread.Guest, registers);
        Add(FloatingPoint, registers);
    }

    // struct elf_prpsinfo: state, sname, zomb, nice, flag 8, uid 16, gid 20, pid 24, ppid, pgrp, sid, fname 40 (16 bytes), psargs 56 (80 bytes).
    void AddProcess()
    {
        var information = new byte[136];
        information[1] = (byte)'R';
        BinaryPrimitives.WriteInt32LittleEndian(information.AsSpan(16), (int)Kernel.Call(Sys.getuid));
        BinaryPrimitives.WriteInt32LittleEndian(information.AsSpan(20), (int)Kernel.Call(Sys.getgid));
        BinaryPrimitives.WriteInt32LittleEndian(information.AsSpan(24), (int)Kernel.Call(Sys.getpid));
        BinaryPrimitives.WriteInt32LittleEndian(information.AsSpan(28), (int)Kernel.Call(Sys.getppid));
        BinaryPrimitives.WriteInt32LittleEndian(information.AsSpan(32), (int)Kernel.Call(Sys.getpgid));
        BinaryPrimitives.WriteInt32LittleEndian(information.AsSpan(36), (int)Kernel.Call(Sys.getsid));
        Encoding.UTF8.GetBytes(ThreadNames.Of((int)Kernel.Call(Sys.getpid))).AsSpan().CopyTo(information.AsSpan(40, 16));
        byte[] line = process.ProcessFiles.CommandLine;
        var words = line.AsSpan(0, Math.Min(line.Length, 79));
        words.Replace((byte)0, (byte)' ');
        words.CopyTo(information.AsSpan(56, 79));
        Add(ProcessInformation, information);
    }

    // count, page size, then { start, end, offset in pages } of each, then the names.
    void AddFiles()
    {
        var files = HostMappings.Read().FindAll(mapping => process.Space.Map.TryFind(mapping.Start, out _));
        var note = new MemoryStream();
        void Word(ulong value) => note.Write(new ReadOnlySpan<byte>(&value, sizeof(ulong)));
        Word((ulong)files.Count);
        Word(PageSize);
        foreach (var file in files)
        {
            Word(file.Start);
            Word(file.End);
            Word(file.Offset / PageSize);
        }
        foreach (var file in files)
        {
            note.Write(file.Path);
            note.WriteByte(0);
        }
        Add(Files, note.ToArray());
    }
}
