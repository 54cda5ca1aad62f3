namespace Dbt.EndToEnd.Tests;

/// <summary>What one of Debian's programs for arm64 is made to do. Its outputs and every file it leaves depend on neither machine nor time.</summary>
/// <param name="Name">The test's name.</param>
/// <param name="Package">The Debian package that has the program.</param>
/// <param name="Commands">Programs (of usr/bin) with their arguments, run one after the other in one directory that has the <see cref="SampleFiles"/>.</param>
sealed record RealProgram(string Name, string Package, params string[][] Commands)
{
    /// <summary>What is given to each command's standard input.</summary>
    public string? Input { get; init; }

    /// <summary>What the commands print has figures of time, and is not compared.</summary>
    public bool PrintsTimes { get; init; }

    /// <summary>Needs packages that only `./test --full` fetches.</summary>
    public bool IsOptional { get; init; }

    /// <summary>NAME=VALUE of variables that it needs besides the common ones; {libraries} is the directory of shared libraries.</summary>
    public string[] Variables { get; init; } = [];

    /// <summary>NAME=VALUE for a second run, which must end as the first: another way of the program to the same result.</summary>
    public string? OtherWay { get; init; }

    /// <summary>Those of every run, and those of full ones. `test` has the list of their packages.</summary>
    public static RealProgram[] All { get; } =
    [
        // The library's vector and crypto code, chosen by HWCAP; with armcap 0 its plain C and integer assembly.
        Openssl("digests", ["dgst", "-sha1", "data"], ["dgst", "-sha256", "data"], ["dgst", "-sha512", "data"], ["dgst", "-sha3-384", "data"], ["dgst", "-blake2b512", "data"], ["dgst", "-sm3", "data"]),
        Openssl("ciphers", Encipher("-aes-128-cbc"), Encipher("-aes-256-ctr"), Encipher("-aes-192-ecb"), Encipher("-chacha20"), Encipher("-camellia-256-cbc"), Encipher("-sm4-ctr"), Decipher("-aes-128-cbc")),
        Openssl("authentication codes",
            ["mac", "-macopt", "cipher:AES-128-GCM", "-macopt", "hexkey:77A77FAF290C1FA30C683DF16BA7A77B", "-macopt", "hexiv:E0E00F19FED7BA0136A797F3", "-in", "data", "GMAC"],
            ["mac", "-macopt", "cipher:AES-256-CBC", "-macopt", "hexkey:" + Key, "-in", "data", "CMAC"],
            ["mac", "-macopt", "digest:SHA256", "-macopt", "hexkey:" + Key, "-in", "data", "HMAC"],
            ["mac", "-macopt", "hexkey:" + Key, "-in", "data", "POLY1305"]),
        Openssl("big numbers", ["prime", "-hex", "7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF"], ["prime", "-hex", "1" + new string('F', 130)], ["prime", "-hex", "1" + new string('F', 129) + "D"]),
        new("bc: a thousand digits", "bc", ["bc", "-lq"]) { Input = "scale=1000; 4*a(1); scale=200; e(1); s(1); l(2); j(3,7.5); sqrt(2)\n" },
        new("gawk: the math library in full precision", "gawk",
            ["gawk", "BEGIN { for (i = 1; i <= 4000; i++) { x = i * i * 0.00731 - i; printf \"%.17g %.17g %.17g %.17g %.17g %.17g\\n\", sin(x), cos(x), exp(-x / 300), log(i * 0.37), atan2(x, i), i ^ 0.61 + sqrt(i) } }"],
            ["gawk", "BEGIN { srand(7); for (i = 0; i < 20000; i++) s += rand() * (i % 7 - 3); printf \"%.17g %a %d %e\\n\", s, s, s * 1e6, s / 3 }"]),
        new("libjpeg-turbo: to JPEG and back", "libjpeg-turbo-progs",
            ["cjpeg", "-quality", "85", "-outfile", "plain.jpg", "picture.ppm"], ["djpeg", "-outfile", "plain.ppm", "plain.jpg"],
            ["cjpeg", "-dct", "float", "-progressive", "-outfile", "float.jpg", "picture.ppm"], ["djpeg", "-dct", "fast", "-scale", "1/2", "-nosmooth", "-outfile", "half.ppm", "float.jpg"]),

        Optional("webp", ["cwebp", "-quiet", "picture.ppm", "-o", "lossy.webp"], ["cwebp", "-quiet", "-lossless", "picture.ppm", "-o", "exact.webp"], ["dwebp", "-quiet", "lossy.webp", "-o", "lossy.png"]),
        Optional("flac", ["flac", "--silent", "-8", "sound.wav"], ["flac", "--silent", "-d", "sound.flac", "-o", "back.wav"]),
        Optional("lame", ["lame", "--quiet", "sound.wav", "sound.mp3"], ["lame", "--quiet", "--decode", "sound.mp3", "back.wav"]),
        Optional("opus-tools", ["opusenc", "--quiet", "--serial", "1", "sound.wav", "sound.opus"], ["opusdec", "--quiet", "--no-dither", "sound.opus", "back.wav"]),
        Optional("sox", ["sox", "-R", "sound.wav", "changed.wav", "rate", "-v", "48000", "reverb", "bass", "+3"]),
        Optional("optipng", ["optipng", "-quiet", "-force", "picture.ppm", "-out", "picture.png"]),
        Optional("vpx-tools", ["vpxenc", "-q", "--threads=1", "--cpu-used=4", "--ivf", "-o", "clip.ivf", "clip.y4m"], ["vpxdec", "--i420", "-o", "clip.yuv", "clip.ivf"]),
        Optional("x264", ["x264", "--quiet", "--no-progress", "--threads", "1", "-o", "clip.264", "clip.y4m"], ["x264", "--quiet", "--no-progress", "--threads", "1", "--preset", "veryfast", "-o", "fast.264", "clip.y4m"])
            with { PrintsTimes = true },
        Optional("vorbis-tools", ["oggenc", "-Q", "-s", "1", "-q", "5", "-o", "sound.ogg", "sound.wav"], ["oggdec", "-Q", "-o", "back.wav", "sound.ogg"]),
        // Scripts of its package, which do not run, would have linked the libraries that programs find by default.
        Optional("ffmpeg", ["ffmpeg", "-nostdin", "-loglevel", "error", "-threads", "1", "-filter_threads", "1", "-i", "clip.y4m", "-threads", "1", "-c:v", "mpeg4", "-bitexact", "clip.avi"])
            with { Variables = ["LD_LIBRARY_PATH={libraries}/blas:{libraries}/lapack"] },
        // Without the variable it lists its modules' directory, which qemu-user does not redirect.
        Optional("imagemagick", ["convert-im6.q16", "picture.ppm", "-resize", "211x133", "-blur", "0x1.5", "-rotate", "11", "-colorspace", "Lab", "-modulate", "110,90", "changed.ppm"])
            with { Variables = ["MAGICK_CODER_MODULE_PATH={libraries}/ImageMagick-6.9.11/modules-Q16/coders", "MAGICK_THREAD_LIMIT=1", "OMP_NUM_THREADS=1"] },
        Optional("gsl-bin", ["gsl-randist", "5", "20000", "gaussian", "2.5"], ["gsl-randist", "5", "9000", "gamma", "2", "3"], ["gsl-randist", "1", "5000", "levy", "1.2", "1.4"]),
        Optional("sqlite3", ["sqlite3", ":memory:", "with recursive c(x) as (select 1 union all select x + 1 from c where x < 30000) select sum(x * 0.1), avg(sin(x) * exp(-x / 9000.0)), printf('%.15g', sum(ln(x))) from c"]),
        Optional("xz-utils", ["xz", "-T1", "-k", "clip.y4m"], ["xz", "-T1", "-dkf", "clip.y4m.xz"]),
        Optional("perl", ["perl", "-e", "for (1 .. 20000) { $x = $_ * 0.37 - 900; printf qq(%.17g %.15g %a %s\n), sin $x, exp($x / 300), cos($x) * atan2($x, 3), abs($x) ** 1.5 }"]),
        Optional("python3", ["python3", "-B", "-c", Python]),
    ];

    const string Key = "00112233445566778899aabbccddeeff0f1e2d3c4b5a69788796a5b4c3d2e1f0";

    const string Python = """
        import hashlib, math, random, struct
        digest = hashlib.sha256()
        random.seed(5)
        for i in range(20000):
            x = random.gauss(0, 10 ** random.uniform(-20, 20))
            for f in (math.sin, math.cos, math.tan, math.atan, math.tanh, math.cbrt, math.erf, math.asinh, math.log1p if x > -1 else math.exp):
                digest.update(struct.pack('<d', f(x)))
            digest.update(repr(x).encode() + float(repr(x)).hex().encode() + struct.pack('<fe', x % 1e30, x % 60000))
        print(digest.hexdigest(), math.fsum(random.random() for _ in range(20000)), round(2.675, 2), 1e308 * 10, math.gamma(7.3), math.lgamma(0.001))
        print(sum(complex(i, -i) ** 0.3 for i in range(1, 2000)), pow(3, 12345, 10 ** 40 + 7), math.sqrt(2), math.fmod(-7.5, 2), math.remainder(7.5, 2))
        """;

    static RealProgram Openssl(string what, params string[][] commands) =>
        new($"openssl: {what}", "openssl", [.. commands.Select(command => (string[])["openssl", .. command])]) { OtherWay = "OPENSSL_armcap=0" };

    static string[] Encipher(string cipher) => ["enc", cipher, "-K", KeyOf(cipher), "-iv", Key[..32], "-in", "data", "-out", "secret" + cipher];

    static string[] Decipher(string cipher) => ["enc", "-d", cipher, "-K", KeyOf(cipher), "-iv", Key[..32], "-in", "secret" + cipher, "-out", "data" + cipher];

    static string KeyOf(string cipher) => Key[..(cipher.Contains("128") || cipher.StartsWith("-sm4") ? 32 : cipher.Contains("192") ? 48 : 64)];

    static RealProgram Optional(string package, params string[][] commands) => new(package, package, commands) { IsOptional = true };
}
