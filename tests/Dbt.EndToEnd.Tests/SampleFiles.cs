using System.Buffers.Binary;
using System.Text;

namespace Dbt.EndToEnd.Tests;

/// <summary>Inputs for real programs, the same at every call: bytes, a picture, a sound and a film, with shapes and some noise, so that codecs have work to do.</summary>
static class SampleFiles
{
    const int Width = 320, Height = 240, Rate = 44100, ClipWidth = 176, ClipHeight = 144, Frames = 10;

    /// <summary>Writes data, picture.ppm, sound.wav and clip.y4m.</summary>
    public static void Write(string directory)
    {
        var noise = new Random(20);
        byte[] data = new byte[300_007];
        noise.NextBytes(data);
        File.WriteAllBytes(Path.Combine(directory, "data"), data);
        File.WriteAllBytes(Path.Combine(directory, "picture.ppm"), [.. Encoding.ASCII.GetBytes($"P6\n{Width} {Height}\n255\n"), .. Picture(noise)]);
        File.WriteAllBytes(Path.Combine(directory, "sound.wav"), Sound(noise));
        File.WriteAllBytes(Path.Combine(directory, "clip.y4m"), Clip(noise));
    }

    static byte[] Picture(Random noise)
    {
        byte[] pixels = new byte[Width * Height * 3];
        for (int i = 0; i < pixels.Length; i++)
        {
            int x = i / 3 % Width, y = i / 3 / Width, channel = i % 3;
            pixels[i] = Clamp(128 + 100 * Math.Sin(x * y / 900.0 + channel) + noise.Next(-10, 11));
        }

        return pixels;
    }

    // RIFF: two channels of 16 bits; a tone that rises, a steady one.
    static byte[] Sound(Random noise)
    {
        const int samples = Rate * 2, size = samples * 4;
        byte[] file = new byte[44 + size];
        "RIFF"u8.CopyTo(file);
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(4), 36 + size);
        "WAVEfmt "u8.CopyTo(file.AsSpan(8));
        int[] format = [16, 1 | 2 << 16, Rate, Rate * 4, 4 | 16 << 16];
        for (int i = 0; i < format.Length; i++) BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(16 + i * 4), format[i]);
        "data"u8.CopyTo(file.AsSpan(36));
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(40), size);
        for (int i = 0; i < samples; i++)
        {
            BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(44 + i * 4), (short)(9000 * Math.Sin(i * (double)i / 3e6) + noise.Next(-500, 501)));
            BinaryPrimitives.WriteInt16LittleEndian(file.AsSpan(46 + i * 4), (short)(9000 * Math.Sin(i / 20.0)));
        }

        return file;
    }

    // YUV4MPEG2: brightness that moves, colours that stand still, at half the resolution.
    static byte[] Clip(Random noise)
    {
        using var file = new MemoryStream();
        file.Write(Encoding.ASCII.GetBytes($"YUV4MPEG2 W{ClipWidth} H{ClipHeight} F25:1 Ip A1:1 C420jpeg\n"));
        for (int frame = 0; frame < Frames; frame++)
        {
            file.Write("FRAME\n"u8);
            for (int y = 0; y < ClipHeight; y++)
                for (int x = 0; x < ClipWidth; x++) file.WriteByte(Clamp(128 + 90 * Math.Sin((x + 3 * frame) * (y + frame) / 700.0) + noise.Next(-5, 6)));
            for (int i = 0; i < ClipWidth * ClipHeight / 2; i++) file.WriteByte((byte)(128 + i % (ClipWidth / 2) / 8));
        }

        return file.ToArray();
    }

    static byte Clamp(double value) => (byte)Math.Clamp(value, 0, 255);
}
