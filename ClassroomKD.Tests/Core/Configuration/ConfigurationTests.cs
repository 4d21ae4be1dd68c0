using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using static TorchSharp.torch.nn;

namespace ClassroomKD.Tests.Core.Configuration;

/// <summary>Whatever configuration states wrongly is refused by its path; nothing that was written is left out without a word.</summary>
public sealed class ConfigurationTests
{
    [TestCase("""{ "Preset": "Papr" }""", "'Classrooms:a:Preset' is 'Papr' (expected one of Paper, ")]
    [TestCase("""{ "Preset": "0" }""", "'Classrooms:a:Preset' is '0' (expected one of ")]
    [TestCase("""{ "Preset": "Paper, Batch" }""", "'Classrooms:a:Preset' is 'Paper, Batch' (expected one of ")]
    [TestCase("""{ "Granularity": 9 }""", "'Classrooms:a:Granularity' is '9' (expected one of ")]
    [TestCase("""{ "ConstantTemprature": 1 }""",
        "'Classrooms:a:ConstantTemprature' is no key of ClassroomOptions (expected one of ConstantTemperature, ")]
    [TestCase("""{ "Pace": { "Tua": 1 } }""",
        "'Classrooms:a:Pace:Tua' is no key of GapPaceOptions (expected one of Tau, MaxTemperature)")]
    [TestCase("""{ "Pace": { "Tau": "fast" } }""", "'Classrooms:a:Pace:Tau' is 'fast' (expected a number, such as 0.5 or 1e-3)")]
    [TestCase("""{ "Pace": { "Tau": "1,5" } }""", "'Classrooms:a:Pace:Tau' is '1,5' (expected a number, such as 0.5 or 1e-3)")]
    [TestCase("""{ "Pace": { "Tau": "" } }""", "'Classrooms:a:Pace:Tau' is '' (expected a number, such as 0.5 or 1e-3)")]
    [TestCase("""{ "Pace": { "Tau": { "Start": 1 } } }""", "'Classrooms:a:Pace:Tau' holds keys (expected a number, such as 0.5 or 1e-3)")]
    [TestCase("""{ "Pace": { "Tau": [1, 2] } }""", "'Classrooms:a:Pace:Tau' holds a list (expected a number, such as 0.5 or 1e-3)")]
    [TestCase("""{ "Pace": "fast" }""", "'Classrooms:a:Pace' is 'fast' (expected keys: Tau, MaxTemperature)")]
    [TestCase("""{ "Ranking": { "Filter": "yes" } }""", "'Classrooms:a:Ranking:Filter' is 'yes' (expected true or false)")]
    [TestCase("""{ "Ranking": { "RankDecimals": 1.5 } }""",
        "'Classrooms:a:Ranking:RankDecimals' is '1.5' (expected a whole number from -2147483648 to 2147483647)")]
    public void What_is_no_option_is_refused_at_start_and_when_made(string section, string message)
    {
        using var host = Host("{ \"Classrooms\": { \"a\": " + section + " } }");
        foreach (var failure in Failures(host))
            failure.Should().ContainSingle().Which.Should().StartWith("Classroom 'a': " + message);
    }

    [TestCase("""{ "Classroom": { "a": {} } }""",
        "there is no section 'Classrooms:a' (the configuration has Classroom*, but no 'Classrooms'*")]
    [TestCase("""{ "Classrooms": { "b": {}, "A1": {} } }""", "there is no section 'Classrooms:a' ('Classrooms' has A1, b, but no 'a'*")]
    [TestCase("{ }", "there is no section 'Classrooms:a' (*appsettings.json is looked for in *")]
    public void Missing_section_is_refused_with_what_is_there(string json, string message)
    {
        using var host = Host(json);
        foreach (var failure in Failures(host))
            failure.Should().ContainSingle().Which.Should().Match("Classroom 'a': " + message);
    }

    [TestCase("""{ "Classrooms": { "a": {} } }""")]
    [TestCase("""{ "Classrooms": { "a": null } }""")]
    [TestCase("""{ "classrooms": { "A": { "preset": "paper", "PACE": { "tau": 12 } } } }""")]
    public void Empty_section_and_any_case_are_taken(string json)
    {
        using var host = Host(json);
        host.Invoking(h => h.Start()).Should().NotThrow();
    }

    [Test]
    public void All_faults_come_in_one_message_with_those_of_ranges_and_other_options()
    {
        const string Json = """
            { "Classrooms": { "a": { "Presett": "Paper", "Pace": { "Tau": -1 }, "Ranking": { "Filter": 3 },
              "Trainer": { "Epochs": "many", "AcceptedDifferences": "data.seed", "LearningRate": 0.1 } } } }
            """;
        using var host = Host(Json, (builder, section) => builder.Configure<TrainerOptions>(section.GetSection("Trainer")));
        var message = host.Invoking(h => h.Start()).Should().Throw<AggregateException>().Which.Message;
        foreach (var part in new[]
        {
            "'Classrooms:a:Presett' is no key of ClassroomOptions (expected one of Preset, ", "Trainer", "Tau",
            "'Classrooms:a:Ranking:Filter' is '3'", "'Classrooms:a:Trainer:Epochs' is 'many' (expected a whole number from ",
            "'Classrooms:a:Trainer:AcceptedDifferences' is 'data.seed' (expected a list, with a text each)",
            "'Classrooms:a:Trainer:LearningRate' cannot be stated in configuration (it is set in code)",
        })
            message.Should().Contain(part);
    }

    [Test]
    public void Ranges_hold_at_the_start_for_options_that_nothing_else_registers()
    {
        using var host = Host(
            """{ "Classrooms": { "a": { "Trainer": { "Epochs": 0 }, "Recording": { "Workers": 2, "Worker": 2 } } } }""",
            (builder, section) => builder.Configure<TrainerOptions>(section.GetSection("Trainer"))
                .Configure<RecordingOptions>(section.GetSection("Recording")));
        host.Invoking(h => h.Start()).Should().Throw<AggregateException>()
            .Which.Message.Should().ContainAll("Epochs", "must be below Workers");
    }

    [Test]
    public void Section_within_a_section_is_a_key_only_if_it_is_read()
    {
        const string Json = """
            { "Classrooms": { "a": { "Preset": "Batch", "Trainer": { "Epochs": 7, "AcceptedDifferences": ["one", "two"] } } } }
            """;
        using var unread = Host(Json);
        Failures(unread)[0].Should().ContainSingle().Which.Should().Contain("'Classrooms:a:Trainer' is no key of ClassroomOptions");

        using var read = Host(Json, (builder, section) => builder.Configure<TrainerOptions>(section.GetSection("Trainer")));
        read.Start();
        Options<ClassroomOptions>(read).Preset.Should().Be(ClassroomPreset.Batch);
        Options<TrainerOptions>(read).Epochs.Should().Be(7);
        Options<TrainerOptions>(read).AcceptedDifferences.Should().BeEquivalentTo("one", "two");
    }

    [TestCase("\"float16\"", "float16")]
    [TestCase("\"float32 top 5\"", "float32 top 5")]
    [TestCase("\"half\"", null)]
    [TestCase("{ \"Largest\": 5 }", null)]
    public void Form_of_a_recording_is_stated_as_files_state_it(string form, string? read)
    {
        using var host = Host(
            "{ \"Classrooms\": { \"a\": { \"Recording\": { \"Form\": " + form + ", \"ClassNames\": [\"cat\", \"dog\"] } } } }",
            (builder, section) => builder.Configure<RecordingOptions>(section.GetSection("Recording")));
        if (read is null)
        {
            host.Invoking(h => h.Start()).Should().Throw<OptionsValidationException>().WithMessage("*'Classrooms:a:Recording:Form'*");
            return;
        }
        host.Start();
        Options<RecordingOptions>(host).Form.ToString().Should().Be(read);
        Options<RecordingOptions>(host).ClassNames.Should().Equal("cat", "dog");
    }

    [TestCase("""["cat", null]""", "'Classrooms:a:Recording:ClassNames:1' is null (expected a text)")]
    [TestCase("""{ "0": "cat", "dog": "dog" }""", "'Classrooms:a:Recording:ClassNames' holds keys (expected a list, with a text each)")]
    [TestCase("""[["cat"]]""", "'Classrooms:a:Recording:ClassNames:0' holds a list (expected a text)")]
    public void Lists_are_lists(string names, string message)
    {
        using var host = Host(
            "{ \"Classrooms\": { \"a\": { \"Recording\": { \"ClassNames\": " + names + " } } } }",
            (builder, section) => builder.Configure<RecordingOptions>(section.GetSection("Recording")));
        host.Invoking(h => h.Start()).Should().Throw<OptionsValidationException>().Which.Message.Should().Contain(message);
    }

    private static TOptions Options<TOptions>(IHost host) => host.Services.GetRequiredService<IOptionsMonitor<TOptions>>().Get("a");

    // At the host's start, and in a container that nobody starts.
    private static IReadOnlyList<IEnumerable<string>> Failures(IHost host) =>
    [
        host.Invoking(h => h.Start()).Should().Throw<OptionsValidationException>().Which.Failures,
        host.Services.Invoking(services => services.GetRequiredKeyedService<Classroom>("a"))
            .Should().Throw<OptionsValidationException>().Which.Failures,
    ];

    private static IHost Host(string json, Action<IClassroomBuilder, IConfigurationSection>? register = null)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes(json)));
        var section = builder.Configuration.GetSection("Classrooms:a");
        var classroom = builder.Services.AddClassroom("a").Configure(section).AddMentor("one", _ => Linear(4, 3));
        register?.Invoke(classroom, section);
        return builder.Build();
    }
}
