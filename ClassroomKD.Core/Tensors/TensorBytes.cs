namespace ClassroomKD;

/// <summary>Moves elements between files and the memory of tensors without an intermediate copy.</summary>
internal static unsafe class TensorBytes
{
    private const int Chunk = 1 << 28;

    /// <summary>The bytes of an element; 0 for types that are not read or written.</summary>
    public static int Width(ScalarType type) => type switch
    {
        ScalarType.Bool or ScalarType.Byte or ScalarType.Int8 => 1,
        ScalarType.Int16 or ScalarType.Float16 or ScalarType.BFloat16 => 2,
        ScalarType.Int32 or ScalarType.Float32 => 4,
        ScalarType.Int64 or ScalarType.Float64 => 8,
        _ => 0,
    };

    /// <summary>Reads a tensor whose bytes are known to be present.</summary>
    /// <param name="stream">at the first byte</param>
    /// <param name="shape">known to have a product within bounds</param>
    /// <param name="type">of a known width</param>
    /// <param name="swap">whether the elements are big-endian</param>
    /// <returns>In the caller's dispose scope.</returns>
    public static Tensor Read(Stream stream, ReadOnlySpan<long> shape, ScalarType type, bool swap = false)
    {
        var tensor = empty(shape, type, CPU);
        var address = TensorMemory.Address<byte>(tensor);
        var length = tensor.numel() * Width(type);
        for (long done = 0; done < length; done += Chunk)
        {
            var bytes = new Span<byte>(address + done, (int)Math.Min(Chunk, length - done));
            stream.ReadExactly(bytes);
            // Any other byte in a Boolean tensor is undefined behavior in libtorch.
            if (type == ScalarType.Bool && bytes.ContainsAnyExceptInRange((byte)0, (byte)1))
                throw new InvalidDataException("a tensor of booleans holds bytes other than 0 and 1");
            for (var i = 0; swap && i < bytes.Length; i += Width(type))
                bytes.Slice(i, Width(type)).Reverse();
        }
        GC.KeepAlive(tensor);
        return tensor;
    }

    /// <summary>Writes the elements in order; the tensor may be on any device.</summary>
    public static void Write(Stream stream, Tensor tensor)
    {
        using var scope = NewDisposeScope();
        var inOrder = tensor.detach().to(CPU).contiguous();
        var address = TensorMemory.Address<byte>(inOrder);
        var length = inOrder.numel() * Width(inOrder.dtype);
        for (long done = 0; done < length; done += Chunk)
            stream.Write(new ReadOnlySpan<byte>(address + done, (int)Math.Min(Chunk, length - done)));
        GC.KeepAlive(inOrder);
    }

    /// <summary>The product of a shape, or -1 where it does not fit into <paramref name="most"/>.</summary>
    public static long Elements(ReadOnlySpan<long> shape, long most)
    {
        // Zeros last: libtorch multiplies the others too.
        long product = 1;
        var isEmpty = false;
        foreach (var extent in shape)
        {
            if (extent == 0)
                isEmpty = true;
            else if (extent < 0 || product > most / extent)
                return -1;
            else
                product *= extent;
        }
        return isEmpty ? 0 : product;
    }
}
