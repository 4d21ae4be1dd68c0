namespace ClassroomKD.Pose;

/// <summary>An array of a MATLAB file: numbers, text or cells.</summary>
public sealed class MatArray
{
    private readonly double[]? _numbers;
    private readonly string? _text;
    private readonly MatArray[]? _cells;

    internal MatArray(string name, int[] dimensions, double[]? numbers, string? text, MatArray[]? cells) =>
        (Name, Dimensions, _numbers, _text, _cells) = (name, dimensions, numbers, text, cells);

    /// <summary>The variable's name; empty for a cell's content.</summary>
    public string Name { get; }

    /// <summary>Extents; at least two. Elements are stored with the first index running fastest.</summary>
    public IReadOnlyList<int> Dimensions { get; }

    /// <summary>The numbers, the first index running fastest; logical values are 0 and 1.</summary>
    /// <exception cref="InvalidDataException">The array holds text or cells.</exception>
    public IReadOnlyList<double> Numbers => _numbers ?? throw Wrong("numbers");

    /// <summary>The characters, the first index running fastest.</summary>
    /// <exception cref="InvalidDataException">The array holds numbers or cells.</exception>
    public string Text => _text ?? throw Wrong("text");

    /// <summary>The cells, the first index running fastest.</summary>
    /// <exception cref="InvalidDataException">The array holds numbers or text.</exception>
    public IReadOnlyList<MatArray> Cells => _cells ?? throw Wrong("cells");

    private InvalidDataException Wrong(string expected)
    {
        var found = _numbers is not null ? "numbers" : _text is not null ? "text" : "cells";
        return new InvalidDataException($"Expected variable '{Name}' to hold {expected}, found {found}.");
    }
}
