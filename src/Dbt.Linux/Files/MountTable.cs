using System.Text;

namespace Dbt.Linux.Files;

/// <summary>/proc/self/mounts and mountinfo under <c>--rootfs</c>: the file system of the root directory as /, and those below the host's special directories.</summary>
static class MountTable
{
    /// <param name="names">The guest's files.</param>
    /// <param name="file">"mounts" or "mountinfo".</param>
    public static byte[] Text(FileNamespace names, string file)
    {
        // In mounts the mount point is the second field; in mountinfo the fifth.
        int field = file == "mounts" ? 1 : 4;
        string directory = Encoding.Latin1.GetString(names.Directory), rootLine = "";
        int longest = -1;
        var text = new StringBuilder();
        foreach (string line in HostFile.Lines("/proc/self/" + file))
        {
            string[] fields = line.Split(' ');
            if (fields.Length <= field) continue;
            string point = fields[field];
            if (names.IsMounted(Encoding.Latin1.GetBytes(point))) text.Append(line).Append('\n');
            bool holdsRoot = point == "/" || directory == point || directory.StartsWith(point + "/", StringComparison.Ordinal);
            if (!holdsRoot || point.Length < longest) continue;
            longest = point.Length;
            fields[field] = "/";
            rootLine = string.Join(' ', fields);
        }
        return Encoding.Latin1.GetBytes(rootLine.Length > 0 ? $"{rootLine}\n{text}" : text.ToString());
    }
}
