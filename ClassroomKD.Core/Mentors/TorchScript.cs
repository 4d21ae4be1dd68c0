using System.Runtime.InteropServices;

namespace ClassroomKD;

/// <summary>Models from TorchScript files, as <c>torch.jit.save</c> writes them in Python:
/// <c>new Mentor("resnet50", TorchScript.Load("resnet50.pt"))</c>.</summary>
/// <remarks>
/// <b>A TorchScript file is a program.</b> It holds no Python and libtorch runs no Python, but its operations are whatever its author
/// wrote, and some of libtorch's read and write files: load only files that you trust. A file of weights (safetensors) or an ONNX file asks
/// for less trust.
/// <para>TorchSharp does not bind <c>torch.jit.freeze</c>: freeze in Python before saving, which folds batch normalization and drops the
/// training mode.</para>
/// </remarks>
public static class TorchScript
{
    /// <summary>Loads a model that takes one tensor and answers with one.</summary>
    /// <param name="path">The file.</param>
    /// <param name="device">Where the model runs, whatever device it was saved from; default: the CPU.</param>
    /// <returns>The model in evaluation mode; the caller disposes it, or the mentor that it is given to.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">libtorch cannot load it; the message names the file and the reason.</exception>
    public static jit.ScriptModule<Tensor, Tensor> Load(string path, Device? device = null) => Load<Tensor>(path, device);

    /// <summary>Loads a model that takes one tensor and answers with something else than one tensor.</summary>
    /// <typeparam name="TAnswer">What the model answers with, such as <c>(Tensor, Tensor)</c>.</typeparam>
    /// <param name="path">The file.</param>
    /// <param name="device">Where the model runs, whatever device it was saved from; default: the CPU.</param>
    /// <returns>The model in evaluation mode; the caller disposes it, or the mentor that it is given to.</returns>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">libtorch cannot load it; the message names the file and the reason.</exception>
    public static jit.ScriptModule<Tensor, TAnswer> Load<TAnswer>(string path, Device? device = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        if (!File.Exists(path))
            throw new FileNotFoundException($"There is no TorchScript file {path}.", path);
        jit.ScriptModule<Tensor, TAnswer> module;
        try
        {
            module = jit.load<Tensor, TAnswer>(path, device ?? CPU);
        }
        catch (ExternalException exception)
        {
            throw new InvalidDataException(
                $"{path}: a TorchScript module of torch.jit.save was expected (weights alone, of torch.save, are none); " +
                $"libtorch said: {exception.Message.Split('\n')[0]}", exception);
        }
        module.eval();
        return module;
    }
}
