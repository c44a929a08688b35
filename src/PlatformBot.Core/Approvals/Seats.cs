namespace PlatformBot.Core.Approvals;

/// <summary>
/// Roles of which so many people each must approve ("one of platform and one of security"). One person takes one seat, whatever roles
/// they hold.
/// </summary>
public static class Seats
{
    /// <summary>How many seats stay empty when the voters are seated as well as can be: role → number, in order; empty when all are taken.</summary>
    /// <param name="seats">role → how many people</param>
    /// <param name="voters">the roles of each</param>
    public static IReadOnlyList<KeyValuePair<string, int>> Empty(
        IReadOnlyDictionary<string, int> seats,
        IReadOnlyList<IReadOnlyCollection<string>> voters
    )
    {
        var roles = seats
            .OrderBy(seat => seat.Key, StringComparer.Ordinal)
            .SelectMany(seat => Enumerable.Repeat(seat.Key, seat.Value))
            .ToList();
        var taken = new int?[roles.Count];

        for (var voter = 0; voter < voters.Count; voter++)
            Seat(voter, roles, voters, taken, []);

        return
        [
            .. roles
                .Where((_, seat) => taken[seat] is null)
                .CountBy(role => role)
                .Select(empty => KeyValuePair.Create(empty.Key, empty.Value)),
        ];
    }

    /// <summary>"1 of platform and 1 of security"</summary>
    public static string Words(IEnumerable<KeyValuePair<string, int>> seats) =>
        string.Join(
            " and ",
            seats.OrderBy(seat => seat.Key, StringComparer.Ordinal).Select(seat => $"{seat.Value} of {seat.Key}")
        );

    /// <summary>Finds a seat for the voter, and for whoever must move for it (an augmenting path, as in Kuhn's matching).</summary>
    private static bool Seat(
        int voter,
        List<string> roles,
        IReadOnlyList<IReadOnlyCollection<string>> voters,
        int?[] taken,
        HashSet<int> tried
    )
    {
        for (var seat = 0; seat < roles.Count; seat++)
        {
            if (!voters[voter].Contains(roles[seat]) || !tried.Add(seat))
                continue;

            if (taken[seat] is not { } other || Seat(other, roles, voters, taken, tried))
            {
                taken[seat] = voter;
                return true;
            }
        }

        return false;
    }
}
