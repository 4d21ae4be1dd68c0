using System.Runtime.InteropServices;
using ClassroomKD.Tests.Core.Training;

namespace ClassroomKD.Tests.Core.Runtime;

[Platform("Linux")]
public sealed partial class PassiveWaitingTests
{
    [Test]
    public void Spinning_threads_are_told_of_by_classroom_and_trainer()
    {
        var warnings = new LogLines();
        try
        {
            SetEnvironment("OMP_WAIT_POLICY", "ACTIVE", 1);
            using var classroom = new Classroom(Classes.Mentors(1), logger: warnings);
            using var training = new TrainingCase(adam: false, taught: false, options => options.Epochs = 1);
            training.Trainer.Run();
            training.Notices.All.Should().Contain(notice => notice.Contains("UsePassiveWaiting"));
        }
        finally
        {
            SetEnvironment("OMP_WAIT_POLICY", "PASSIVE", 1);
        }

        using (new Classroom(Classes.Mentors(1), logger: warnings))
            warnings
                .All.Should()
                .ContainSingle()
                .Which.Should()
                .StartWith("libtorch's threads spin")
                .And.Contain("LibTorch.UsePassiveWaiting()");
    }

    [Test]
    public void What_native_code_sees_decides_whether_the_threads_sleep()
    {
        var before = Environment.GetEnvironmentVariable("OMP_WAIT_POLICY");
        try
        {
            SetEnvironment("OMP_WAIT_POLICY", "ACTIVE", 1);
            Environment.SetEnvironmentVariable("OMP_WAIT_POLICY", "PASSIVE");

            LibTorch.UsePassiveWaiting().Should().BeFalse("libtorch's threads were told to spin, whatever .NET's copy says");
        }
        finally
        {
            Environment.SetEnvironmentVariable("OMP_WAIT_POLICY", before);
            SetEnvironment("OMP_WAIT_POLICY", "PASSIVE", 1);
        }

        LibTorch.UsePassiveWaiting().Should().BeTrue();
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
