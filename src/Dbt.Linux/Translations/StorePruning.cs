using Dbt.Linux.Host;

namespace Dbt.Linux.Translations;

/// <summary>Keeps the store from growing for ever.</summary>
static class StorePruning
{
    /// <summary>If the directory's files are larger than the limit, deletes those that were read longest ago until a quarter is free.</summary>
    public static void MakeRoom(nint directory, long limit)
    {
        try
        {
            FileInfo[] files = new DirectoryInfo(System.Text.Encoding.UTF8.GetString(CString.Bytes(directory))).GetFiles();
            long size = 0;
            foreach (var file in files) size += file.Length;
            if (size <= limit) return;
            Array.Sort(files, static (a, b) => a.LastAccessTimeUtc.CompareTo(b.LastAccessTimeUtc));
            foreach (var file in files)
            {
                if (size <= limit - (limit / 4)) break;
                size -= file.Length;
                file.Delete();
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another process prunes too, or the directory is gone: then there is nothing to do.
        }
    }
}
