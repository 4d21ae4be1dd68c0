using System.CommandLine;
using ClassroomKD;
using Quickstart;
using Samples;

var preset = new Option<ClassroomPreset>("--preset")
{
    Description = "The variant of the method.", DefaultValueFactory = _ => ClassroomPreset.Recommended,
};
return await new StudyCommand(
    "Quickstart",
    "Trains three mentors, then one small student alone, with one mentor, and in the classroom of all three.",
    "A CIFAR-10 or CIFAR-100 folder in the official binary format. Default: generated images.",
    standardEpochs: 5, records: true).Invoke(args, preset, ImageStudy.Run);
