using FsCheck;
using FsCheck.Fluent;
using PlatformBot.Core.Approvals;
using Shouldly;
using Xunit;

namespace PlatformBot.Core.Tests.Approvals;

public sealed class SeatsTests
{
    private static readonly string[] Roles = ["platform", "security", "storage"];

    /// <summary>Against trying every way to seat people.</summary>
    [Fact]
    public void People_are_seated_as_well_as_can_be() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(500),
            Prop.ForAll(
                Gen.Choose(0, 2).ArrayOf(3).ToArbitrary(),
                Gen.SubListOf(Roles).ListOf().Where(voters => voters.Count <= 6).ToArbitrary(),
                (counts, voters) =>
                {
                    var seats = Roles
                        .Zip(counts)
                        .Where(seat => seat.Second > 0)
                        .ToDictionary(seat => seat.First, seat => seat.Second);
                    var empty = Seats.Empty(
                        seats,
                        [.. voters.Select(roles => (IReadOnlyCollection<string>)[.. roles])]
                    );

                    (seats.Values.Sum() - empty.Sum(seat => seat.Value)).ShouldBe(
                        Most([.. voters.Select(roles => roles.ToList())], 0, seats)
                    );
                    empty.ShouldAllBe(seat => seat.Value > 0 && seat.Value <= seats[seat.Key]);
                }
            )
        );

    private static int Most(List<List<string>> voters, int next, Dictionary<string, int> left)
    {
        if (next == voters.Count)
            return 0;

        var most = Most(voters, next + 1, left);

        foreach (var role in voters[next].Where(role => left.GetValueOrDefault(role) > 0))
            most = Math.Max(most, 1 + Most(voters, next + 1, new(left) { [role] = left[role] - 1 }));

        return most;
    }
}
