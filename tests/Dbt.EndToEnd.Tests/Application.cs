namespace Dbt.EndToEnd.Tests;

/// <summary>A large program with threads, a JIT or connections, and a script for it (in Programs) whose output depends on neither schedule nor time: Programs/NAME.expected has it.</summary>
/// <param name="Name">The test's name, and of its expected output.</param>
/// <param name="Packages">Debian's packages for arm64 that it needs; none if the host's tools make the program.</param>
/// <param name="Command">{root} is the guest's root, {here} the directory of the scripts, {run} the words that start dbt. A command that begins with "bash" runs on the host.</param>
sealed record Application(string Name, string[] Packages, params string[] Command)
{
    /// <summary>The name of the file of expected output; the test's own by default.</summary>
    public string Expected { get; init; } = Name;

    /// <summary>Runs in every `./test`, the others only in full ones. `test` has the list of their packages.</summary>
    public bool IsFast { get; init; }

    /// <summary>NAME=VALUE of further variables.</summary>
    public string[] Variables { get; init; } = [];

    /// <summary>The guest sees its root as /, because the program starts others through the shell.</summary>
    public bool UsesRootfs { get; init; }

    /// <summary>Host tool that must be there for it, and its package.</summary>
    public (string Name, string Package)? HostTool { get; init; }

    const string Java = "{root}/usr/lib/jvm/java-17-openjdk-arm64/bin/java";

    /// <summary>All of them.</summary>
    public static Application[] All { get; } =
    [
        new("node-worker", ["nodejs"], "{root}/usr/bin/node", "{here}/node-worker.js") { IsFast = true },
        new("node-system", ["nodejs"], "{root}/usr/bin/node", "{here}/node-system.js"),
        new("node-compute", ["nodejs"], "{root}/usr/bin/node", "{here}/node-compute.js"),
        JavaWith("Serial") with { IsFast = true },
        JavaWith("Parallel"),
        JavaWith("G1"),
        JavaWith("Z"),
        JavaWith("Shenandoah"),
        new("jshell", ["openjdk-17-jdk-headless"], "bash", "-c", "{run} {root}/usr/lib/jvm/java-17-openjdk-arm64/bin/jshell -s - <{here}/jshell.jsh 2>/dev/null"),
        new("go", [], "bash", "-c", "export GOCACHE={root}/../.go GOPATH=$PWD HOME=$PWD; GOARCH=arm64 CGO_ENABLED=0 go build -o program {here}/go-main.go && {run} ./program") { IsFast = true, HostTool = ("go", "golang-go") },
        new("redis", ["redis-server", "redis-tools"], "bash", "{here}/redis.sh"),
        new("nginx", ["nginx-light", "curl"], "bash", "{here}/nginx.sh"),
        new("postgres", ["postgresql-15", "dash"], "bash", "{here}/postgres.sh") { UsesRootfs = true },
        new("ruby", ["ruby3.1"], "{root}/usr/bin/ruby3.1", "{here}/threads.rb"),
        new("perl", ["perl"], "{root}/usr/bin/perl", "{here}/threads.pl"),
        Script("luajit", "luajit"),
        Script("pypy", "pypy3", "coreutils"),
        Script("mono", "mono-runtime", "mono-mcs", "coreutils"),
        Script("sbcl", "sbcl"),
        Script("erlang", "erlang-base", "dash", "coreutils"),
        Script("guile", "guile-3.0", "dash", "coreutils"),
        Script("ocaml", "ocaml"),
        Script("tcl", "tcl", "dash", "coreutils"),
        Script("php", "php8.2-cli", "dash", "coreutils"),
        Script("haskell", "pandoc", "shellcheck"),
        Script("rust", "ripgrep", "fd-find", "bat"),
        Script("emacs", "emacs-nox", "dash", "coreutils"),
        Script("mariadb", "mariadb-server", "bash", "coreutils", "sed", "grep", "gawk"),
        Script("memcached", "memcached", "perl", "bash", "coreutils"),
        Script("rsync", "rsync", "bash", "coreutils", "sed", "diffutils"),
    ];

    static Application Script(string name, params string[] packages) => new(name, packages, "bash", $"{{here}}/{name}.sh") { UsesRootfs = true };

    // Compiled once natively: class files are the same everywhere.
    static Application JavaWith(string collector) =>
        new("java-" + collector, ["openjdk-17-jre-headless"], "bash", "-c", $"javac -d . {{here}}/Allocate.java && {{run}} {Java} -XX:+Use{collector}GC -Xmx256m Allocate")
        {
            Expected = "java",
            HostTool = ("javac", "openjdk-17-jdk-headless"),
        };
}
