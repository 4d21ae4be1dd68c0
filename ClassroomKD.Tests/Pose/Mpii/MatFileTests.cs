using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using ClassroomKD.Pose;
using FluentAssertions;
using NUnit.Framework;

namespace ClassroomKD.Tests.Pose.Mpii;

public sealed class MatFileTests
{
    [Test]
    public void Reads_small_elements_and_both_byte_orders()
    {
        foreach (var swap in new[] { false, true })
        {
            var array = MatFile.Parse(File(swap, Matrix(swap, "x", [1, 3], 2, [7, 8, 9])))["x"];
            array.Dimensions.Should().Equal(1, 3);
            array.Numbers.Should().Equal(7, 8, 9);
        }
    }

    [Test]
    public void Names_the_byte_where_a_file_is_wrong()
    {
        Reading([1, 2, 3]).WithMessage("m.mat: expected the 128 bytes of a MATLAB header, found 3.");
        Reading(new byte[200]).WithMessage("m.mat, byte 126: expected the byte order mark*");
        Reading(File(false, [14, 0, 0, 0, 255, 0, 0, 0])).WithMessage("m.mat, byte 128: an element claims 255 bytes, 0 are left.");
        Reading(File(false, [14, 0, 0])).WithMessage("m.mat, byte 128: expected an element's tag of 8 bytes, found 3.");
        Reading(File(false, Matrix(false, "x", [1, 4], 2, [7, 8, 9]))).WithMessage(
            "m.mat, byte*expected 4 values for dimensions 1x4 of 'x', found 3.");
        Reading(File(false, Matrix(false, "x", [70000, 70000], 2, [7]))).WithMessage(
            "m.mat, byte*dimensions 70000x70000 are no possible size.");
        Reading(File(false, Matrix(false, "x", [-1, 4], 2, [7]))).WithMessage("m.mat, byte*dimensions -1x4 are no possible size.");
        Reading(File(false, Matrix(false, "x", [1, 1], 14, [7]))).WithMessage("m.mat, byte*element type 14 holds no numbers.");
        Reading(File(false, Matrix(false, "x", [1000, 1000], 2, [7], kind: 1))).WithMessage("m.mat, byte*1000000 cells cannot fit into*");
    }

    [Test]
    public void Refuses_a_compressed_variable_that_claims_more_than_deflate_can_hold()
    {
        byte[] tag = [14, 0, 0, 0, 0, 0, 0, 0x7F];
        Reading(File(false, Compressed(tag))).WithMessage(
            "m.mat, byte 128: the compressed variable is damaged: * bytes cannot hold the 2130706432 they claim to*");
        Reading(File(false, Compressed([14, 0, 0, 0, 64, 0, 0, 0, 1]))).WithMessage(
            "m.mat, byte 128: the compressed variable is damaged:*");
        Reading(File(false, [15, 0, 0, 0, 4, 0, 0, 0, 1, 2, 3, 4])).WithMessage("m.mat, byte 128: the compressed variable is damaged:*");
    }

    private static FluentAssertions.Specialized.ExceptionAssertions<InvalidDataException> Reading(byte[] file) =>
        FluentActions.Invoking(() => MatFile.Parse(file, "m.mat")).Should().Throw<InvalidDataException>();

    private static byte[] File(bool swap, byte[] elements)
    {
        var file = new byte[128 + elements.Length];
        Encoding.ASCII.GetBytes(swap ? "\u0001\u0000MI" : "\u0000\u0001IM").CopyTo(file, 124);
        elements.CopyTo(file, 128);
        return file;
    }

    private static byte[] Matrix(bool swap, string name, int[] dimensions, int type, byte[] content, int kind = 6)
    {
        byte[] body =
        [
            .. Words(swap, 6, 8, kind, 0),
            .. Words(swap, 5, 4 * dimensions.Length), .. Words(swap, dimensions),
            // The name in a small element: length and type share the first word.
            .. Words(swap, (name.Length << 16) | 1), .. Encoding.ASCII.GetBytes(name.PadRight(4, '\0')),
            .. Words(swap, type, content.Length), .. content, .. new byte[(8 - content.Length % 8) % 8],
        ];
        return [.. Words(swap, 14, body.Length), .. body];
    }

    private static byte[] Compressed(byte[] element)
    {
        using var stream = new MemoryStream();
        using (var zlib = new ZLibStream(stream, CompressionLevel.Optimal, leaveOpen: true))
            zlib.Write(element);
        return [.. Words(false, 15, (int)stream.Length), .. stream.ToArray()];
    }

    private static byte[] Words(bool swap, params int[] words)
    {
        var bytes = new byte[4 * words.Length];
        for (var i = 0; i < words.Length; i++)
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4 * i), swap ? BinaryPrimitives.ReverseEndianness(words[i]) : words[i]);
        return bytes;
    }
}
