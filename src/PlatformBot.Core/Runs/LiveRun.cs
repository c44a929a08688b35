using PlatformBot.Core.Journals;

namespace PlatformBot.Core.Runs;

/// <summary>A run that is being worked on.</summary>
public sealed class LiveRun(Run run, IJournal journal, TimeProvider clock) : Live<Run>(run, journal, clock)
{
    public RunId Id => Now.Id;
}
