namespace ClassroomKD.Pose;

/// <summary>Refuses answers that cannot be compared, naming the mentor.</summary>
internal static class PoseComparison
{
    public static void Require(in StepArguments<PoseAnswer, PoseTarget> arguments, int joints)
    {
        var (student, targets) = (arguments.Student, arguments.Targets);
        var first = student.Tensors[0];
        var batch = first.size(0);
        if (targets.Joints.size(0) != batch || targets.Joints.size(1) != joints)
            throw new ArgumentException(
                $"Expected targets for {batch} samples with {joints} joints, as many as Sigmas has; found {targets.Joints.Describe()}.");
        if (student.Joints is not null || first.size(1) != joints)
            throw new ArgumentException(
                $"Expected a student that answers the classroom's {joints} joints without a joint map, found {first.Describe()}.");

        for (var m = 0; m < arguments.Mentors.Count; m++)
        {
            var mentor = arguments.Mentors[m];
            var answered = mentor.Tensors[0];
            var name = arguments.NameOf(m);
            if (answered.size(0) != batch)
                throw new MentorException($"Mentor {name} answered {answered.size(0)} samples, but the student {batch}.");
            if (mentor.Joints is { } map && answered.size(1) != map.From)
                throw new MentorException($"Mentor {name} answered {answered.size(1)} joints, but its joint map is from {map.From}.");
            if ((mentor.Joints?.Count ?? answered.size(1)) != joints)
                throw new MentorException(
                    $"Mentor {name} answered {mentor.Joints?.Count ?? answered.size(1)} joints, but the classroom has {joints}; " +
                    $"give it a {nameof(JointMap)}.");
            if (mentor.Input != student.Input)
                throw new MentorException(
                    $"Mentor {name} answered an input of {mentor.Input.Width}x{mentor.Input.Height}, " +
                    $"but the student one of {student.Input.Width}x{student.Input.Height}.");
            if (answered.device_type != first.device_type || answered.device_index != first.device_index)
                throw new MentorException(
                    $"Mentor {name} answered on {answered.device}, but the student on {first.device}; both must be on one device.");
        }
    }
}
