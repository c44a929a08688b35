namespace PlatformBot.Sandbox.Tracker;

/// <summary>How the pages look, and how they follow what happens.</summary>
internal static class TrackerStyle
{
    public const string Css = """
        :root{color-scheme:light dark;--ground:#f6f7f9;--card:#fff;--text:#1d2330;--soft:#667085;--line:#dfe3ea;--accent:#2f6fed;
        --open:#1a7f4b;--done:#7a4fd0;--code:#f0f2f6}
        @media(prefers-color-scheme:dark){:root{--ground:#12151b;--card:#1a1f28;--text:#e4e8ef;--soft:#95a0b3;--line:#2c3442;
        --accent:#7aa7ff;--open:#4cc38a;--done:#b294ff;--code:#232a36}}
        *{box-sizing:border-box}
        body{margin:0;background:var(--ground);color:var(--text);font:16px/1.55 system-ui,"Segoe UI",Roboto,sans-serif;overflow-wrap:anywhere}
        a{color:var(--accent);text-decoration:none}a:hover{text-decoration:underline}
        :focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:4px}
        .bar{display:flex;gap:.75rem;align-items:center;padding:.7rem 1.25rem;background:var(--card);border-bottom:1px solid var(--line)}
        .bar .home{font-weight:650;color:var(--text)}.bar nav{margin-left:auto;display:flex;gap:1rem}
        .sandbox{font-size:.75rem;color:var(--soft);border:1px solid var(--line);border-radius:99px;padding:.05rem .55rem}
        main{max-width:58rem;margin:0 auto;padding:1.5rem 1.25rem 4rem}
        h1{font-size:1.45rem;line-height:1.3;margin:.2rem 0 .8rem;font-weight:650}h2{font-size:1.15rem}h3,h4{font-size:1rem}
        .number,.meta,.back,article>header,.empty{color:var(--soft)}.number{font-weight:400}.meta{font-size:.875rem}
        .tabs{display:flex;gap:.5rem;margin:0 0 1rem}.tabs a{padding:.3rem .8rem;border-radius:99px;color:var(--soft)}
        .tabs a[aria-current]{background:var(--card);color:var(--text);box-shadow:0 0 0 1px var(--line)}
        .issues{list-style:none;margin:0;padding:0;background:var(--card);border:1px solid var(--line);border-radius:10px}
        .issues li{padding:.85rem 1.1rem}.issues li+li{border-top:1px solid var(--line)}.issues .title{color:var(--text);font-weight:600}
        .empty{background:var(--card);border:1px dashed var(--line);border-radius:10px;padding:2.5rem 1rem;text-align:center}
        .badge{font-size:.75rem;font-weight:650;color:#fff;border-radius:99px;padding:.1rem .6rem}
        .badge.open{background:var(--open)}.badge.done{background:var(--done)}
        @media(prefers-color-scheme:dark){.badge{color:#12151b}}
        .label{font-size:.75rem;border:1px solid var(--line);border-radius:99px;padding:.05rem .55rem;margin-right:.3rem;color:var(--soft)}
        article{background:var(--card);border:1px solid var(--line);border-radius:10px;margin:1rem 0}
        article>header{padding:.5rem 1.1rem;border-bottom:1px solid var(--line);font-size:.875rem}article>header b{color:var(--text)}
        .body{padding:.4rem 1.1rem}.closed{color:var(--done);font-weight:600}
        code{font:.875em/1.5 ui-monospace,"SF Mono",Menlo,Consolas,monospace;background:var(--code);border-radius:5px;padding:.1em .35em}
        pre{background:var(--code);border-radius:8px;padding:.8rem 1rem;overflow:auto;max-height:28rem}
        pre code{background:none;padding:0;overflow-wrap:normal;white-space:pre}
        .wide{overflow-x:auto}table{border-collapse:collapse;font-size:.9rem}th,td{border:1px solid var(--line);padding:.35rem .7rem;text-align:left}
        th{background:var(--code)}blockquote{margin:.8rem 0;padding:.1rem 1rem;border-left:3px solid var(--line);color:var(--soft)}
        hr{border:0;border-top:1px solid var(--line)}summary{cursor:pointer;font-weight:600;padding:.3rem 0}
        @media(max-width:30rem){main{padding:1rem .8rem 3rem}.bar{padding:.7rem .8rem}.body,article>header{padding-inline:.8rem}}
        """;

    /// <summary>Fetches the page again and swaps what has changed, except while somebody selects text or has unfolded details.</summary>
    public const string Script = """
        const main = () => document.querySelector('main');
        setInterval(async () => {
          if (document.hidden || String(getSelection()) || main().querySelector('details[open]')) return;
          try {
            const text = await (await fetch(location.href)).text();
            const next = new DOMParser().parseFromString(text, 'text/html').querySelector('main');
            if (next && next.innerHTML !== main().innerHTML) main().replaceWith(next);
          } catch { /* The tracker is away; the page stays as it is. */ }
        }, 2000);
        """;
}
