namespace Dbt.Bench;

/// <summary>Compiles kernels, for this machine or for a guest, when the program is older than its sources.</summary>
public sealed class KernelBuild(string kernelFolder, string outputFolder)
{
    static readonly Dictionary<string, (string Compiler, string Package, string[] Flags)> Targets = new()
    {
        ["native"] = ("gcc", "gcc", []),
        ["arm64"] = ("aarch64-linux-gnu-gcc", "gcc-aarch64-linux-gnu", ["-march=armv8-a"]),
    };

    /// <summary>The guest architectures that can be built for.</summary>
    public static IEnumerable<string> Architectures => Targets.Keys.Where(name => name != "native");

    /// <summary>Returns the path of the kernel's program for <paramref name="target"/>, compiled if needed.</summary>
    /// <exception cref="BenchException">The compiler is missing or refuses the source.</exception>
    public string Build(Kernel kernel, string target)
    {
        var (compiler, package, flags) = Targets[target];
        string folder = Path.Combine(outputFolder, target), program = Path.Combine(folder, kernel.Name);
        var newest = new[] { kernel.Source, Path.Combine(kernelFolder, "kernel.h") }.Max(File.GetLastWriteTimeUtc);
        if (File.Exists(program) && File.GetLastWriteTimeUtc(program) > newest)
            return program;
        Directory.CreateDirectory(folder);
        string partial = program + ".partial";
        string[] command = [compiler, "-O2", "-std=gnu11", "-Wall", "-Wextra", "-Werror", "-static", .. flags, .. kernel.Flags, "-o", partial, kernel.Source, "-lm"];
        var result = ChildProcess.Run(command, Path.Combine(outputFolder, "compiler.log"), TimeSpan.FromMinutes(2));
        if (result.Status == 127)
            throw new BenchException($"{compiler} is missing; install it: apt-get install {package}");
        if (result.Status != 0)
            throw new BenchException($"{compiler} cannot compile {kernel.Source}:\n{result.Output}");
        File.Move(partial, program, overwrite: true);
        return program;
    }
}
