using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace PlatformBot.Sandbox.Tracker;

/// <summary>The issues for people: a list, and one issue with its comments. It follows what happens by itself.</summary>
internal sealed class TrackerPage(TrackerOptions options, IssueBook book, TimeProvider clock)
{
    public Task ShowListAsync(HttpContext http)
    {
        var isOpen = http.Request.Query["state"] != "closed";
        var all = book.All();
        var shown = all.Where(issue => issue.IsOpen == isOpen).ToList();

        var tabs = $"""
            <nav class="tabs">
            <a href="?state=open"{(isOpen ? " aria-current=\"page\"" : "")}>Open <b>{all.Count(issue =>
                issue.IsOpen
            )}</b></a>
            <a href="?state=closed"{(isOpen ? "" : " aria-current=\"page\"")}>Closed <b>{all.Count(issue =>
                !issue.IsOpen
            )}</b></a>
            </nav>
            """;

        var rows =
            shown.Count > 0
                ? $"<ul class=\"issues\">{string.Concat(shown.Select(Row))}</ul>"
                : $"<p class=\"empty\">{(isOpen ? "Nothing is wrong. Issues appear here when a step of a run fails." : "No issue has been closed yet.")}</p>";

        return AnswerAsync(http, "Issues", $"<h1>{Encode(options.Repository)}</h1>{tabs}{rows}");
    }

    public Task ShowIssueAsync(HttpContext http)
    {
        var number = int.Parse((string)http.Request.RouteValues["number"]!, CultureInfo.InvariantCulture);

        if (book.Find(number) is not { } issue)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return AnswerAsync(
                http,
                "Not found",
                $"<h1>There is no issue {number}</h1><p><a href=\"/\">All issues</a></p>"
            );
        }

        var html = new StringBuilder()
            .Append($"<p class=\"back\"><a href=\"/\">← {Encode(options.Repository)}</a></p>")
            .Append($"<h1>{Encode(issue.Title)} <span class=\"number\">#{issue.Number}</span></h1>")
            .Append(
                $"<p class=\"meta\">{Badge(issue)} {Labels(issue)} opened {Ago(issue.CreatedAt)} by <b>{Encode(issue.Author)}</b></p>"
            )
            .Append(Card(issue.Author, issue.CreatedAt, issue.Body));

        foreach (var comment in issue.Comments)
            html.Append(Card(comment.Author, comment.CreatedAt, comment.Body));

        if (issue.ClosedAt is { } closed)
        {
            html.Append(
                $"<p class=\"closed\">✓ Closed {Ago(closed)} as {Encode((issue.StateReason ?? "completed").Replace('_', ' '))}</p>"
            );
        }

        return AnswerAsync(http, $"#{issue.Number} {issue.Title}", html.ToString());
    }

    private string Row(Issue issue) =>
        $"""
            <li><a class="title" href="/{Encode(options.Repository)}/issues/{issue.Number}">{Encode(
                issue.Title
            )}</a> {Labels(issue)}
            <div class="meta">{Badge(issue)} #{issue.Number} · opened {Ago(issue.CreatedAt)}{Count(
                issue.Comments.Count
            )}</div></li>
            """;

    private static string Count(int comments) =>
        comments switch
        {
            0 => "",
            1 => " · 1 comment",
            _ => $" · {comments} comments",
        };

    private static string Badge(Issue issue) =>
        issue.IsOpen ? "<span class=\"badge open\">Open</span>" : "<span class=\"badge done\">Closed</span>";

    private static string Labels(Issue issue) =>
        string.Concat(issue.Labels.Select(label => $"<span class=\"label\">{Encode(label)}</span>"));

    private string Card(string author, DateTimeOffset at, string body) =>
        $"<article><header><b>{Encode(author)}</b> {Ago(at)}</header><div class=\"body\">{MarkdownHtml.Render(body)}</div></article>";

    private string Ago(DateTimeOffset time)
    {
        var age = clock.GetUtcNow() - time;
        var words =
            age < TimeSpan.FromMinutes(1) ? "just now"
            : age < TimeSpan.FromHours(1) ? $"{(int)age.TotalMinutes} min ago"
            : age < TimeSpan.FromDays(1) ? $"{(int)age.TotalHours} h ago"
            : $"on {time.UtcDateTime:yyyy-MM-dd}";

        return $"<time datetime=\"{time.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}\" title=\"{time.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC\">{words}</time>";
    }

    private async Task AnswerAsync(HttpContext http, string title, string main)
    {
        var links = string.Concat(
            options.Links.Select(link => $"<a href=\"{Encode(link.Value)}\">{Encode(link.Key)}</a>")
        );

        http.Response.ContentType = "text/html; charset=utf-8";
        http.Response.Headers.ContentSecurityPolicy =
            "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; base-uri 'none'; form-action 'none'";
        http.Response.Headers.XContentTypeOptions = "nosniff";

        await http.Response.WriteAsync(
            $"""
            <!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{Encode(title)} · Tracker</title><style>{TrackerStyle.Css}</style></head>
            <body><header class="bar"><a class="home" href="/">Tracker</a><span class="sandbox">sandbox</span><nav>{links}</nav></header>
            <main>{main}</main><script>{TrackerStyle.Script}</script></body></html>
            """,
            http.RequestAborted
        );
    }

    private static string Encode(string text) => WebUtility.HtmlEncode(text);
}
