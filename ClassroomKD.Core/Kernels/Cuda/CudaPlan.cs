namespace ClassroomKD.Kernels.Cuda;

/// <summary>Blocks of a launch: in x over rows, in y over answers.</summary>
internal readonly record struct CudaGrid(int Blocks, int Answers, int Threads);

/// <summary>What a kernel is compiled for.</summary>
/// <param name="Kernel">Its name, which is its file's too.</param>
/// <param name="Student">The type of the student's logits.</param>
/// <param name="Mentor">The type of all mentors' logits.</param>
/// <param name="Items">How many logits of a row a thread holds.</param>
/// <param name="Vector">How many of them it reads at once.</param>
/// <param name="Warps">How many warps share a row: 1, or those of a block.</param>
internal readonly record struct CudaVariant(string Kernel, ScalarType Student, ScalarType Mentor, int Items, int Vector, int Warps)
{
    public IEnumerable<string> Definitions =>
        [$"-DSTUDENT={Student}", $"-DMENTOR={Mentor}", $"-DITEMS={Items}", $"-DVECTOR={Vector}", $"-DWARPS={Warps}"];
}

/// <summary>
/// How rows are laid out on threads: short ones go to a warp each, longer ones to a block, the longest through it piece by piece.
/// </summary>
internal static class CudaPlan
{
    /// <summary>The room for mentors' addresses in a kernel's parameters.</summary>
    public const int MostMentors = 128;

    private const int Lane = 32;
    private const int MostThreads = 512;
    private const int ItemsOfBlock = 8;
    private const int LongestOfWarp = Lane * ItemsOfBlock;

    /// <summary>From so many rows on, all processors are busy with four rows to a block.</summary>
    private const int ManyRows = 2048;

    /// <summary>The longest row that a block holds in registers.</summary>
    public const int LongestOfBlock = MostThreads * ItemsOfBlock;

    /// <param name="classes">C.</param>
    /// <param name="sizes">Bytes of one logit of the student, and of the mentors.</param>
    /// <param name="alignment">At multiples of how many logits all rows start: see <see cref="Alignment"/>.</param>
    public static (int Items, int Vector, int Warps) Layout(int classes, (int Student, int Mentor) sizes, int alignment)
    {
        var items = classes <= Lane * 4 ? 4 : ItemsOfBlock;
        var vector = Math.Min(items, 16 / Math.Min(sizes.Student, sizes.Mentor));
        var warps = (classes + LongestOfWarp - 1) / LongestOfWarp;
        return (items, alignment % vector == 0 ? vector : 1, Math.Clamp(warps, 1, MostThreads / Lane));
    }

    public static CudaGrid Grid(int rows, int answers, int warps)
    {
        if (warps > 1)
            return new CudaGrid(rows, answers, Lane * warps);
        var rowsPerBlock = (long)rows * answers >= ManyRows ? 4 : 1;
        return new CudaGrid((rows + rowsPerBlock - 1) / rowsPerBlock, answers, Lane * rowsPerBlock);
    }

    /// <summary>The largest of 8, 4, 2 and 1 logits at whose multiples every row starts.</summary>
    public static int Alignment(nint address, int size, int classes)
    {
        var alignment = 8;
        while (classes % alignment != 0 || address % (alignment * size) != 0)
            alignment /= 2;
        return alignment;
    }
}
