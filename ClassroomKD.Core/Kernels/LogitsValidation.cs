namespace ClassroomKD.Kernels;

/// <summary>What all kernels expect of the logits of a student and of mentors.</summary>
internal static class LogitsValidation
{
    public static void Check(Tensor student, IReadOnlyList<Tensor> mentors)
    {
        if (student.dim() != 2 || (student.size(1) == 0 && student.size(0) != 0))
            throw new ArgumentException($"Student: logits of shape [rows, classes] were expected, got {Shape(student)}.");
        if (!student.is_floating_point())
            throw new ArgumentException($"Student: logits of a floating type were expected, got {student.dtype}.");
        for (var m = 0; m < mentors.Count; m++)
        {
            var mentor = mentors[m] ?? throw new ArgumentException($"Mentors[{m}]: logits were expected, got null.");
            if (mentor.dim() != 2 || mentor.size(0) != student.size(0) || mentor.size(1) != student.size(1))
                throw new ArgumentException($"Mentors[{m}]: the student's shape {Shape(student)} was expected, got {Shape(mentor)}.");
            if (!mentor.is_floating_point())
                throw new ArgumentException($"Mentors[{m}]: logits of a floating type were expected, got {mentor.dtype}.");
            if (mentor.device_type != student.device_type || mentor.device_index != student.device_index)
                CheckDevice(mentor, student, $"Mentors[{m}]");
        }
    }

    public static void CheckDevice(Tensor tensor, Tensor student, string name)
    {
        if (tensor.device_type != student.device_type || tensor.device_index != student.device_index)
            throw new ArgumentException($"{name}: the student's device {student.device} was expected, got {tensor.device}.");
    }

    public static string Shape(Tensor tensor) => $"[{string.Join(", ", tensor.shape)}]";
}
