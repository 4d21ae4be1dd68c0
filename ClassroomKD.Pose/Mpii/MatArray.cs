namespace ClassroomKD.Pose;

/// <summary>An array of a MATLAB file: numbers, text or cells.</summary>
public sealed class MatArray
{
    private readonly double[]? numbers;
    private readonly string? text;
    private readonly MatArray[]? cells;

    internal MatArray(string name, int[] dimensions, double[]? numbers, string? text, MatArray[]? cells) =>
        (Name, Dimensions, this.numbers, this.text, this.cells) = (name, dimensions, numbers, text, cells);

    /// <summary>The variable's name; empty for a cell's content.</summary>
    public string Name { get; }

    /// <summary>Extents; at least two. Elements are stored with the first index running fastest.</summary>
    public IReadOnlyList<int> Dimensions { get; }

    /// <summary>The numbers, the first index running fastest; logical values are 0 and 1.</summary>
    /// <exception cref="InvalidDataException">The array holds text or cells.</exception>
    public IReadOnlyList<double> Numbers => numbers ?? throw Wrong("numbers");

    /// <summary>The characters, the first index running fastest.</summary>
    /// <exception cref="InvalidDataException">The array holds numbers or cells.</exception>
    public string Text => text ?? throw Wrong("text");

    /// <summary>The cells, the first index running fastest.</summary>
    /// <exception cref="InvalidDataException">The array holds numbers or text.</exception>
    public IReadOnlyList<MatArray> Cells => cells ?? throw Wrong("cells");

    private InvalidDataException Wrong(string expected)
    {
        var found = numbers is not null ? "numbers" : text is not null ? "text" : "cells";
        return new InvalidDataException($"Expected variable '{Name}' to hold {expected}, found {found}.");
    }
}
