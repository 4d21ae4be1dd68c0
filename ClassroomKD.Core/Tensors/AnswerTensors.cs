using System.Runtime.CompilerServices;
using TorchSharp;

namespace ClassroomKD;

/// <summary>The ownership of the tensors of an answer.</summary>
internal static class AnswerTensors
{
    /// <summary>Hands the tensors of an answer to the scope around <paramref name="scope"/>.</summary>
    public static TAnswer MoveToOuter<TAnswer>(DisposeScope scope, TAnswer answer)
    {
        switch (answer)
        {
            case IDisposable disposable:
                scope.MoveToOuter(disposable);
                break;
            case ITuple tuple:
                for (var i = 0; i < tuple.Length; i++)
                    MoveToOuter(scope, tuple[i]);
                break;
            case IEnumerable<IDisposable> tensors:
                scope.MoveToOuter(tensors);
                break;
        }
        return answer;
    }
}
