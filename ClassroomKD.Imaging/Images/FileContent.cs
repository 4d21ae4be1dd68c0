using System.Buffers;
using System.Runtime.InteropServices;

namespace ClassroomKD.Imaging;

/// <summary>A file read into pinned, pooled memory. It is not mapped, because a mapped file that shrinks ends the process.</summary>
internal readonly struct FileContent : IDisposable
{
    private readonly byte[] memory;
    private readonly int length;
    private readonly GCHandle pin;

    private FileContent(byte[] memory, int length) =>
        (this.memory, this.length, pin) = (memory, length, GCHandle.Alloc(memory, GCHandleType.Pinned));

    public nint Address => pin.AddrOfPinnedObject();

    public ReadOnlySpan<byte> Bytes => memory.AsSpan(0, length);

    public static FileContent Read(string path)
    {
        byte[]? memory = null;
        try
        {
            using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read, FileOptions.SequentialScan);
            var length = RandomAccess.GetLength(file);
            if (length > Array.MaxLength)
                throw new ImageException(path, $"expected at most {Array.MaxLength} bytes, found {length}.");
            memory = ArrayPool<byte>.Shared.Rent((int)length);
            var filled = 0;
            for (var read = -1; filled < length && read != 0; filled += read)
                read = RandomAccess.Read(file, memory.AsSpan(filled, (int)length - filled), filled);
            return new FileContent(memory, filled);
        }
        catch (Exception cause) when (cause is IOException and not ImageException or UnauthorizedAccessException or NotSupportedException)
        {
            if (memory is not null)
                ArrayPool<byte>.Shared.Return(memory);
            throw new ImageException(
                path, cause is FileNotFoundException or DirectoryNotFoundException ? "there is no such file." : cause.Message, cause);
        }
    }

    public void Dispose()
    {
        pin.Free();
        ArrayPool<byte>.Shared.Return(memory);
    }
}
