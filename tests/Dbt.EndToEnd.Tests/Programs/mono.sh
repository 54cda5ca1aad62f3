# Mono: the C# compiler and what it makes; threads, tasks, exceptions that begin as faults, a child process.
cat >program.cs <<'C'
using System;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

class Program
{
    static int Fib(int n) { return n < 2 ? n : Fib(n - 1) + Fib(n - 2); }

    static int Main()
    {
        Console.WriteLine(Fib(27));
        var sums = new long[8];
        var threads = Enumerable.Range(0, 8).Select(i => new Thread(() => { long s = i; for (int j = 0; j < 200; j++) s += new byte[10000].Length; sums[i] = s; })).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        Console.WriteLine(string.Join(" ", sums));
        Console.WriteLine(Enumerable.Range(0, 1000).AsParallel().Select(x => (long)x * x).Sum());
        try { object nothing = null; nothing.ToString(); } catch (NullReferenceException) { Console.WriteLine("null"); }
        try { int zero = sums.Length - 8; Console.WriteLine(1 / zero); } catch (DivideByZeroException) { Console.WriteLine("zero"); }
        GC.Collect();
        Console.WriteLine(Task.WhenAll(Enumerable.Range(0, 50).Select(async i => { await Task.Delay(i % 5); return i; })).Result.Sum());
        var child = Process.Start(new ProcessStartInfo("uname", "-m") { UseShellExecute = false, RedirectStandardOutput = true });
        Console.Write(child.StandardOutput.ReadToEnd());
        child.WaitForExit();
        return 7;
    }
}
C
$RUN /usr/bin/mono /usr/lib/mono/4.5/mcs.exe program.cs && $RUN /usr/bin/mono program.exe
echo "status $?"
