namespace ClassroomKD.Tests.Core.Runtime;

public sealed class FreedMemoryTests
{
    [Test]
    [Platform("Linux")]
    public void Freed_memory_is_used_again_without_asking_the_system()
    {
        if (!LibTorch.KeepFreedMemory())
            Assert.Ignore("The C library is not glibc.");
        const int Megabytes = 48;
        void Use() => zeros(Megabytes << 18).Dispose();
        // Each aligned block leaves two small pieces beside it, and glibc keeps seven of a size for the thread before it joins them again:
        // until then every block is a new one. After that the same pages serve.
        for (var i = 0; i < 16; i++)
            Use();
        var before = PageFaults();
        for (var i = 0; i < 10; i++)
            Use();
        (PageFaults() - before).Should().BeLessThan(10 * (Megabytes << 20) / 4096 / 2, "else each page would be asked for anew each time");
    }

    // "minflt", the tenth field of /proc/self/stat; the second, in brackets, may hold spaces.
    private static long PageFaults()
    {
        var stat = File.ReadAllText("/proc/self/stat");
        return long.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[7], System.Globalization.CultureInfo.InvariantCulture);
    }
}
