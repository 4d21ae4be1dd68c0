// Compiled by MSBuild while a project builds, also by the .NET Framework's: C# 7.3, no packages.
using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

/// <summary>
/// Copies an ELF64 shared library and marks its need for one symbol version weak (vna_flags |= VER_FLG_WEAK in .gnu.version_r), if this
/// system's libstdc++ lacks that version or if told to in any case. Writes nothing where nothing is to be done.
/// </summary>
public sealed class WeakenSymbolVersion : Task
{
    private const uint VersionNeedSection = 0x6ffffffe; // SHT_GNU_verneed
    private const ushort Weak = 2; // VER_FLG_WEAK

    public string Source { get; set; }

    public string Destination { get; set; }

    public string SymbolVersion { get; set; }

    public bool Always { get; set; }

    public override bool Execute()
    {
        try
        {
            string system = null;
            if (!Always)
            {
                system = FindSystemLibrary();
                if (system == null || Contains(File.ReadAllBytes(system), SymbolVersion))
                    return true;
            }

            byte[] image = File.ReadAllBytes(Source);
            if (!MarkWeak(image))
                return true;

            string partial = Destination + ".partial";
            File.WriteAllBytes(partial, image);
            if (File.Exists(Destination))
                File.Delete(Destination);
            File.Move(partial, Destination);
            Log.LogMessage(
                MessageImportance.High,
                "ClassroomKD: " + (system == null ? "as ClassroomKDWeakenGlibcxx=always asks" : system + " has no " + SymbolVersion) +
                ", so the output gets a copy of " + Path.GetFileName(Source) +
                " in which that need is marked weak; without this it does not load. ClassroomKDWeakenGlibcxx=never turns it off.");
            return true;
        }
        catch (Exception exception)
        {
            Log.LogWarning(
                "ClassroomKD: {0} could not be made loadable on systems without {1} ({2}). On such a system TorchSharp will not load.",
                Source, SymbolVersion, exception.Message);
            return true;
        }
    }

    private static string FindSystemLibrary()
    {
        List<string> folders = new List<string>();
        string added = Environment.GetEnvironmentVariable("LD_LIBRARY_PATH") ?? "";
        folders.AddRange(added.Split(new[] { ':' }, StringSplitOptions.RemoveEmptyEntries));
        folders.AddRange(new[] { "/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64", "/lib", "/usr/lib" });
        foreach (string folder in folders)
        {
            string path = Path.Combine(folder, "libstdc++.so.6");
            if (File.Exists(path))
                return path;
        }
        return null;
    }

    private static bool Contains(byte[] image, string name)
    {
        byte[] wanted = Encoding.ASCII.GetBytes("\0" + name + "\0");
        for (int i = 0; i + wanted.Length <= image.Length; i++)
        {
            int k = 0;
            while (k < wanted.Length && image[i + k] == wanted[k])
                k++;
            if (k == wanted.Length)
                return true;
        }
        return false;
    }

    /// <summary>Whether the image was changed: not if it has no such need, or has it marked weak already.</summary>
    private bool MarkWeak(byte[] image)
    {
        if (image.Length < 64 || Encoding.ASCII.GetString(image, 1, 3) != "ELF" || image[0] != 0x7f || image[4] != 2 || image[5] != 1)
            throw new InvalidDataException("it is no little-endian ELF64 file");

        long headers = Offset(U64(image, 0x28));
        int size = U16(image, 0x3a), count = U16(image, 0x3c);
        bool changed = false;
        for (int i = 0; i < count; i++)
        {
            long header = headers + (long)i * size;
            if (U32(image, header + 4) != VersionNeedSection)
                continue;
            long strings = Offset(U64(image, headers + (long)U32(image, header + 0x28) * size + 0x18));
            long need = Offset(U64(image, header + 0x18));
            for (uint n = U32(image, header + 0x2c); n > 0; n--)
            {
                long entry = need + U32(image, need + 8);
                for (int m = U16(image, need + 2); m > 0; m--)
                {
                    ushort flags = U16(image, entry + 4);
                    if (Text(image, strings + U32(image, entry + 8)) == SymbolVersion && (flags & Weak) == 0)
                    {
                        image[entry + 4] = (byte)(flags | Weak);
                        changed = true;
                    }
                    entry += U32(image, entry + 12);
                }
                need += U32(image, need + 12);
            }
        }
        return changed;
    }

    private static ushort U16(byte[] image, long at)
    {
        return BitConverter.ToUInt16(image, checked((int)at));
    }

    private static uint U32(byte[] image, long at)
    {
        return BitConverter.ToUInt32(image, checked((int)at));
    }

    private static ulong U64(byte[] image, long at)
    {
        return BitConverter.ToUInt64(image, checked((int)at));
    }

    private static long Offset(ulong value)
    {
        return checked((long)value);
    }

    private static string Text(byte[] image, long at)
    {
        long end = at;
        while (image[end] != 0)
            end++;
        return Encoding.ASCII.GetString(image, checked((int)at), checked((int)(end - at)));
    }
}
