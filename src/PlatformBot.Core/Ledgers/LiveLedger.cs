using PlatformBot.Core.Journals;

namespace PlatformBot.Core.Ledgers;

/// <summary>The ledger as it is now. There is one, as there is one journal.</summary>
public sealed class LiveLedger(IJournal journal, TimeProvider clock)
    : Live<Ledger>(
        journal.ReadOfNoRun(Ledger.Kinds).Aggregate(new Ledger(), (now, entry) => now.Fold(entry)),
        journal,
        clock
    );
