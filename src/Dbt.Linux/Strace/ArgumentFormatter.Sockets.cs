using System.Runtime.CompilerServices;
using System.Text;

namespace Dbt.Linux.Strace;

/// <summary>Addresses and messages of sockets.</summary>
unsafe ref partial struct ArgumentFormatter
{
    const int LongestAddress = 128;

    bool AppendSocketStructure(StringBuilder line, string kind, ulong address, long other, long result, int index)
    {
        switch (kind)
        {
            case "sockaddr":
                AppendSocketAddress(line, address, (int)other);
                return true;
            case "sockaddr_out":
                if (memory.TryRead((ulong)other, out int length) && other != 0) AppendSocketAddress(line, address, Math.Min(length, (int)entry[index + 1]));
                else AppendPointer(line, address);
                return true;
            case "socklen_out":
                if (memory.TryRead(address, out int after)) line.Append(after == entry[index] ? $"[{after}]" : $"[{entry[index]} => {after}]");
                else AppendPointer(line, address);
                return true;
            case "msghdr":
                AppendMessage(line, address, -1, long.MaxValue);
                return true;
            case "msghdr_out":
                AppendMessage(line, address, entry[index], result);
                return true;
            case "mmsghdr" or "mmsghdr_out":
                AppendMessages(line, address, (int)Math.Clamp(kind == "mmsghdr" ? other : result, 0, MostElements), kind == "mmsghdr_out");
                return true;
            default:
                return false;
        }
    }

    void AppendSocketAddress(StringBuilder line, ulong address, int length)
    {
        byte* buffer = stackalloc byte[LongestAddress];
        int read = address == 0 ? 0 : memory.ReadSome(address, buffer, Math.Clamp(length, 0, LongestAddress));
        if (read < 2)
        {
            AppendPointer(line, address);
            return;
        }
        int family = Unsafe.ReadUnaligned<ushort>(buffer);
        line.Append($"{{sa_family={Names.Domain((ulong)family)}");
        switch (family)
        {
            case 1 when read > 2:
                line.Append(", sun_path=");
                var path = new ReadOnlySpan<byte>(buffer + 2, read - 2);
                bool isAbstract = path[0] == 0;
                if (isAbstract) line.Append('@');
                path = isAbstract ? path[1..] : path;
                int end = path.IndexOf((byte)0);
                AppendWhole(line, !isAbstract && end >= 0 ? path[..end] : path);
                break;
            case 2 when read >= 8:
                line.Append($", sin_port=htons({buffer[2] << 8 | buffer[3]}), sin_addr=inet_addr(\"{buffer[4]}.{buffer[5]}.{buffer[6]}.{buffer[7]}\")");
                break;
            case 10 when read >= 24:
                uint flow = (uint)(buffer[4] << 24 | buffer[5] << 16 | buffer[6] << 8 | buffer[7]);
                line.Append($", sin6_port=htons({buffer[2] << 8 | buffer[3]}), sin6_flowinfo=htonl({flow}), inet_pton(AF_INET6, \"{new System.Net.IPAddress(new ReadOnlySpan<byte>(buffer + 8, 16))}\", &sin6_addr)");
                line.Append($", sin6_scope_id={(read >= 28 ? *(uint*)(buffer + 24) : 0)}");
                break;
            case 16 when read >= 12:
                line.Append($", nl_pid={*(int*)(buffer + 4)}, nl_groups={*(uint*)(buffer + 8):x8}");
                break;
            default:
                if (read > 2 && family is not 1)
                {
                    line.Append(", sa_data=");
                    Quoting.Append(line, new ReadOnlySpan<byte>(buffer + 2, read - 2));
                }
                break;
        }
        line.Append('}');
    }

    // struct msghdr: name 0, namelen 8, iov 16, iovlen 24, control 32, controllen 40, flags 48.
    void AppendMessage(StringBuilder line, ulong address, long nameBefore, long limit)
    {
        ulong* words = stackalloc ulong[7];
        if (!memory.TryRead(address, words, 56))
        {
            AppendPointer(line, address);
            return;
        }
        int nameLength = (int)words[1];
        line.Append("{msg_name=");
        if (nameLength > 0) AppendSocketAddress(line, words[0], nameLength);
        else AppendPointer(line, words[0]);
        line.Append(nameBefore >= 0 && nameBefore != nameLength ? $", msg_namelen={nameBefore} => {nameLength}" : $", msg_namelen={nameLength}");
        line.Append(", msg_iov=");
        AppendVectors(line, words[2], (int)words[3], limit);
        line.Append($", msg_iovlen={words[3]}");
        if (words[4] != 0 && words[5] != 0)
        {
            line.Append(", msg_control=");
            AppendControlMessages(line, words[4], words[5]);
        }
        line.Append($", msg_controllen={words[5]}, msg_flags={Names.Of("message_flags", (uint)words[6])}}}");
    }

    // struct cmsghdr: len 0, level 8, type 12, data 16; each begins at a multiple of 8.
    void AppendControlMessages(StringBuilder line, ulong address, ulong size)
    {
        const ulong Header = 16;
        const int Socket = 1, Rights = 1, Credentials = 2;
        line.Append('[');
        for (ulong at = 0; at + Header <= size && memory.TryRead(address + at, out ulong length) && length >= Header;)
        {
            memory.TryRead(address + at + 8, out ulong what);
            int level = (int)what, type = (int)(what >> 32);
            line.Append(at > 0 ? ", " : "").Append($"{{cmsg_len={length}, cmsg_level={Names.Of("socket_level", (uint)level)}, cmsg_type={(level == Socket ? Names.Of("control_type", (uint)type) : $"0x{type:x}")}");
            ulong data = address + at + Header;
            if (level == Socket && type == Rights)
            {
                line.Append(", cmsg_data=");
                AppendGroups(line, data, (long)(length - Header) / 4);
            }
            else if (level == Socket && type == Credentials && memory.TryRead(data, out ulong ids) && memory.TryRead(data + 8, out int group))
            {
                line.Append($", cmsg_data={{pid={(int)ids}, uid={(int)(ids >> 32)}, gid={group}}}");
            }
            else if (length > Header)
            {
                line.Append(", cmsg_data=");
                AppendBytes(line, data, (long)(length - Header));
            }
            line.Append('}');
            at += (length + 7) & ~7UL;
        }
        line.Append(']');
    }

    // struct mmsghdr: msghdr, msg_len at 56; 64 bytes.
    void AppendMessages(StringBuilder line, ulong address, int count, bool received)
    {
        line.Append('[');
        for (int i = 0; i < count; i++)
        {
            ulong message = address + 64 * (ulong)i;
            memory.TryRead(message + 56, out uint length);
            line.Append(i > 0 ? ", {msg_hdr=" : "{msg_hdr=");
            AppendMessage(line, message, -1, received ? length : long.MaxValue);
            line.Append(received ? $", msg_len={length}}}" : "}");
        }
        line.Append(']');
    }
}
