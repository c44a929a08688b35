using static PlatformBot.Core.Runbooks.Forms;

namespace PlatformBot.Core.Runbooks;

/// <summary>What steps do, and what that is about.</summary>
internal static class ActionShapes
{
    public static readonly Shape Apply = new(
        "an apply action",
        "Server-side apply; waits until applied CRDs are established.",
        [
            new("files", new Kind.ListOf(Filled, 1), "Manifests, relative to the root folder."),
            new("objects", new Kind.ListOf(new Kind.MapOf(new Kind.Anything()), 1), "Objects, written here."),
            new("force", Truth, "Takes over fields that others own."),
            new("cluster", Filled, "Another cluster than the step's."),
        ]
    )
    {
        AtLeastOne = ["files", "objects"],
    };

    public static readonly Shape Patch = new(
        "a patch action",
        "Changes part of an object that exists: labels, annotations, or anything.",
        [
            new("object", new Kind.Mapping(CheckShapes.Object), "What is changed.", true),
            new("labels", new Kind.MapOf(Filled, MayBeNull: true), "Labels; null removes one."),
            new("annotations", new Kind.MapOf(Filled, MayBeNull: true), "Annotations; null removes one."),
            new(
                "merge",
                new Kind.MapOf(new Kind.Anything()),
                "Fields to set; null removes one, lists are replaced whole."
            ),
            new(
                "strategic",
                new Kind.MapOf(new Kind.Anything()),
                "The same for built-in kinds, with lists merged by their keys."
            ),
            new("json", new Kind.ListOf(new Kind.MapOf(new Kind.Anything()), 1), "Operations: op, path, value, from."),
            new("cluster", Filled, "Another cluster than the step's."),
        ]
    )
    {
        AtLeastOne = ["labels", "annotations", "merge", "strategic", "json"],
    };

    public static readonly Shape Delete = new(
        "a delete action",
        "Deletes one object and waits until it is gone; what holds it back is said.",
        [
            new("object", new Kind.Mapping(CheckShapes.Object), "What is deleted.", true),
            new(
                "propagation",
                new Kind.Choice("Background", "Foreground", "Orphan"),
                "What it owns goes after it (default), before it, or stays."
            ),
            new("cluster", Filled, "Another cluster than the step's."),
        ]
    );

    public static readonly Shape Manual = new(
        "a manual action",
        "A person does it and says what they saw.",
        [
            new("ask", Filled, "What is to be done, and what to give as evidence.", true),
            new(
                "evidence",
                new Kind.Choice("text", "file"),
                "What must be given: words, or words and a file (default text)."
            ),
            new("second-person", Truth, "Somebody else who may approve must look and say the same."),
            new("remind", PeoplesTime, "How often whoever is asked is reminded (at least 1m, default 4h)."),
            new("expires", PeoplesTime, "How long people have, all together (at least 1m, default 1d)."),
        ]
    );

    public static readonly Shape Query = new(
        "a query action",
        "Asks the inventory's metrics store once, and compares what it says.",
        [
            new("promql", Filled, "An instant query.", true),
            new("expect", Expected, "What must hold of every series; all entries.", true),
        ]
    );

    public static readonly Shape Http = new(
        "an HTTP action",
        "One request. What nobody knows the end of is not sent again, unless the step is repeatable or the method changes nothing.",
        [
            .. CheckShapes.Http.Fields,
            new("method", new Kind.Choice("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"), "Default GET."),
            new("body", Filled, "What is sent; never a secret."),
            new("expect", Expected, "What must hold of the answer; all entries."),
        ]
    );

    public static readonly Shape File = new(
        "a file",
        "A text for this step's processes: in a private folder in memory while they run, and nowhere afterwards.",
        [
            new("template", Filled, "A file relative to the root folder; ${{ }} is filled in."),
            new("text", Filled, "The text, written here."),
        ]
    )
    {
        ExactlyOne = ["template", "text"],
    };

    private static Kind Expected => new Kind.OneOrMany(new Kind.Mapping(CheckShapes.Expectation));
}
