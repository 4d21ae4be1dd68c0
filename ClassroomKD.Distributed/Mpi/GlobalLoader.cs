using System.Runtime.InteropServices;

namespace ClassroomKD.Distributed;

/// <summary>Loads a library so that those which it loads in turn see its symbols, as the plug-ins of Open MPI need.</summary>
internal static unsafe class GlobalLoader
{
    private const int Now = 2;

    private static int Global => OperatingSystem.IsMacOS() ? 8 : 0x100;

    public static bool TryLoad(string name, out nint library)
    {
        if (!NativeLibrary.TryGetExport(NativeLibrary.GetMainProgramHandle(), "dlopen", out var address))
            return NativeLibrary.TryLoad(name, out library);
        var open = (delegate* unmanaged<byte*, int, nint>)address;
        var utf8 = Marshal.StringToCoTaskMemUTF8(name);
        library = open((byte*)utf8, Now | Global);
        Marshal.FreeCoTaskMem(utf8);
        return library != 0;
    }
}
