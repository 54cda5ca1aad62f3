using Dbt.Translator.Guests.Arm64;

namespace Dbt.Cli.Tests.Documentation;

/// <summary>The committed pages equal what the pattern tables say. To refresh them: <c>UPDATE_DOCS=1 dotnet test tests/Dbt.Cli.Tests --filter GeneratedPage</c>.</summary>
public sealed class GeneratedPageTests
{
    const string RefreshVariable = "UPDATE_DOCS";

    [Fact]
    public void The_page_of_arm64_instructions_is_up_to_date() => Check("docs/coverage-arm64.md", Arm64Coverage.Markdown());

    static void Check(string page, string text)
    {
        string path = Repository.PathOf(page);
        if (Environment.GetEnvironmentVariable(RefreshVariable) == "1") File.WriteAllText(path, text);
        bool equal = File.Exists(path) && File.ReadAllText(path) == text;
        Assert.True(equal, $"{page} is stale. Refresh it: {RefreshVariable}=1 dotnet test tests/Dbt.Cli.Tests --filter GeneratedPage");
    }
}
