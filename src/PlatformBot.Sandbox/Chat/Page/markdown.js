// Markdown as chat shows it, to HTML that is safe to insert: every character of the text is escaped before anything else is done
// to it, and the only attribute that takes text from outside is a link's address, which must be http, https or mailto.

const EMOJI = {
  white_check_mark: "✅", heavy_check_mark: "✔️", ballot_box_with_check: "☑️", x: "❌", no_entry: "⛔", no_entry_sign: "🚫",
  hourglass: "⌛", hourglass_flowing_sand: "⏳", warning: "⚠️", rotating_light: "🚨", fire: "🔥", boom: "💥", bulb: "💡",
  arrow_forward: "▶️", arrow_right: "➡️", fast_forward: "⏩", pause_button: "⏸️", double_vertical_bar: "⏸️", black_square_for_stop: "⏹️",
  stop_button: "⏹️", repeat: "🔁", arrows_counterclockwise: "🔄", leftwards_arrow_with_hook: "↩️", rewind: "⏪", clock1: "🕐",
  alarm_clock: "⏰", stopwatch: "⏱️", zzz: "💤", lock: "🔒", unlock: "🔓", key: "🔑", shield: "🛡️", eyes: "👀", wave: "👋",
  raised_hand: "✋", hand: "✋", thumbsup: "👍", "+1": "👍", thumbsdown: "👎", "-1": "👎", tada: "🎉", rocket: "🚀", sparkles: "✨",
  robot: "🤖", robot_face: "🤖", wrench: "🔧", hammer: "🔨", hammer_and_wrench: "🛠️", gear: "⚙️", package: "📦", memo: "📝",
  clipboard: "📋", mag: "🔍", link: "🔗", bell: "🔔", speech_balloon: "💬", question: "❓", exclamation: "❗", grey_question: "❔",
  information_source: "ℹ️", red_circle: "🔴", large_blue_circle: "🔵", green_circle: "🟢", large_green_circle: "🟢",
  yellow_circle: "🟡", large_yellow_circle: "🟡", orange_circle: "🟠", large_orange_circle: "🟠", white_circle: "⚪", black_circle: "⚫",
  white_large_square: "⬜", radio_button: "🔘", ticket: "🎫", bug: "🐛", adhesive_bandage: "🩹", pill: "💊", construction: "🚧",
  octagonal_sign: "🛑", next_track_button: "⏭️", black_right_pointing_double_triangle_with_vertical_bar: "⏭️", chart_with_upwards_trend: "📈",
  bar_chart: "📊", book: "📖", books: "📚", earth_africa: "🌍", globe_with_meridians: "🌐", bust_in_silhouette: "👤",
  busts_in_silhouette: "👥", point_right: "👉", heavy_minus_sign: "➖", small_orange_diamond: "🔸", small_blue_diamond: "🔹",
};

export const emoji = (name) => EMOJI[name] ?? `:${name}:`;

const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

export const escape = (text) => String(text).replace(/[&<>"']/g, (c) => ESCAPES[c]);

/** One line's worth of Markdown, without blocks. */
export function inline(text) {
  // What must not be looked at again is put aside, and comes back at the end.
  const aside = [];
  const put = (html) => `\u0001${aside.push(html) - 1}\u0002`;
  const link = (label, url) => put(`<a href="${url}" target="_blank" rel="noopener noreferrer">${label}</a>`);

  let html = escape(text.replace(/[\u0000-\u0002]/g, ""))
    .replace(/(?<!\\)(`+)(.+?)\1(?!`)/g, (_, __, code) => put(`<code>${code.replace(/^ (.*) $/, "$1")}</code>`))
    .replace(/\\([`*{}[\]()#+\-.!_|~]|&gt;|\\(?!\w))/g, (_, c) => put(c))
    .replace(/!?\[([^\]\n]+)\]\(((?:https?:\/\/|mailto:)[^\s)]+)\)/g, (_, label, url) => link(emphasis(label), url))
    .replace(/\bhttps?:\/\/[^\s<\u0001]+[^\s<\u0001.,;:!?)'"\]]/g, (url) => link(url, url));

  html = emphasis(html)
    .replace(/:([a-z0-9_+-]+):/g, (all, name) => (EMOJI[name] ? `<span class="emoji" title="${all}">${EMOJI[name]}</span>` : all))
    .replace(/(^|[\s(>])@([a-z0-9][a-z0-9._-]*[a-z0-9])/g, '$1<span class="mention">@$2</span>')
    .replace(/(^|[\s(>])~([a-z0-9][a-z0-9_-]+)/g, '$1<span class="mention">~$2</span>');

  while (/\u0001\d+\u0002/.test(html)) html = html.replace(/\u0001(\d+)\u0002/g, (_, i) => aside[i]);
  return html;
}

function emphasis(html) {
  return html
    .replace(/\*\*(?=\S)(.+?)(?<=\S)\*\*/g, "<strong>$1</strong>")
    .replace(/__(?=\S)(.+?)(?<=\S)__/g, "<strong>$1</strong>")
    .replace(/(^|[^*])\*(?=\S)([^*]+?)(?<=\S)\*(?!\*)/g, "$1<em>$2</em>")
    .replace(/(^|[\s(>])_(?=\S)([^_]+?)(?<=\S)_(?![A-Za-z0-9])/g, "$1<em>$2</em>")
    .replace(/~~(?=\S)(.+?)(?<=\S)~~/g, "<del>$1</del>");
}

const LIST_ITEM = /^(\s*)([-*+]|\d{1,9}[.)])\s+(.*)$/;
const TABLE_RULE = /^\s*\|?\s*:?-+:?\s*(\|\s*:?-+:?\s*)*\|?\s*$/;

/** A whole message. */
export function markdown(text) {
  return blocks(String(text ?? "").replace(/\r\n?/g, "\n").split("\n"));
}

function blocks(lines) {
  const html = [];
  let at = 0;

  const isFence = (line) => /^\s*(```|~~~)/.test(line);
  const isTable = (i) => lines[i].includes("|") && i + 1 < lines.length && TABLE_RULE.test(lines[i + 1]) && lines[i + 1].includes("-");
  const startsBlock = (i) =>
    isFence(lines[i]) || /^#{1,6}\s/.test(lines[i]) || /^>/.test(lines[i]) || LIST_ITEM.test(lines[i]) || isTable(i) ||
    /^\s*([-*_])(\s*\1){2,}\s*$/.test(lines[i]);

  while (at < lines.length) {
    const line = lines[at];

    if (line.trim() === "") {
      at++;
    } else if (isFence(line)) {
      at = fence(lines, at, html);
    } else if (/^\s*([-*_])(\s*\1){2,}\s*$/.test(line)) {
      html.push("<hr>");
      at++;
    } else if (/^#{1,6}\s/.test(line)) {
      const [, marks, title] = /^(#{1,6})\s+(.*?)\s*#*$/.exec(line);
      html.push(`<p class="heading h${marks.length}">${inline(title)}</p>`);
      at++;
    } else if (line.startsWith(">")) {
      const quoted = [];
      while (at < lines.length && lines[at].startsWith(">")) quoted.push(lines[at++].replace(/^>\s?/, ""));
      html.push(`<blockquote>${blocks(quoted)}</blockquote>`);
    } else if (isTable(at)) {
      at = table(lines, at, html);
    } else if (LIST_ITEM.test(line)) {
      at = list(lines, at, html);
    } else {
      const paragraph = [lines[at++]];
      while (at < lines.length && lines[at].trim() !== "" && !startsBlock(at)) paragraph.push(lines[at++]);
      html.push(`<p>${paragraph.map(inline).join("<br>")}</p>`);
    }
  }

  return html.join("");
}

function fence(lines, at, html) {
  const [, indent, mark, language] = /^(\s*)(```+|~~~+)\s*([^\s`]*)/.exec(lines[at++]);
  const code = [];

  while (at < lines.length && !lines[at].trim().startsWith(mark)) code.push(lines[at++].replace(new RegExp(`^\\s{0,${indent.length}}`), ""));

  const name = language ? `<span class="language">${escape(language)}</span>` : "";
  html.push(`<div class="code">${name}<pre><code>${escape(code.join("\n"))}</code></pre></div>`);
  return at + 1;
}

const cells = (line) => line.trim().replace(/^\||(?<!\\)\|$/g, "").split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));

function table(lines, at, html) {
  const sides = cells(lines[at + 1]).map((rule) => (/^:-*:$/.test(rule) ? "center" : rule.endsWith(":") ? "right" : "left"));
  const row = (line, tag) => `<tr>${cells(line).map((cell, i) => `<${tag} class="${sides[i] ?? "left"}">${inline(cell)}</${tag}>`).join("")}</tr>`;
  const head = row(lines[at], "th");
  const body = [];

  for (at += 2; at < lines.length && lines[at].includes("|") && lines[at].trim() !== ""; at++) body.push(row(lines[at], "td"));

  html.push(`<div class="table"><table><thead>${head}</thead><tbody>${body.join("")}</tbody></table></div>`);
  return at;
}

function list(lines, at, html) {
  const [, indent, mark] = LIST_ITEM.exec(lines[at]);
  const ordered = /\d/.test(mark);
  const items = [];

  while (at < lines.length) {
    const item = LIST_ITEM.exec(lines[at]);
    if (!item || item[1].length !== indent.length || /\d/.test(item[2]) !== ordered) break;

    const inner = [];
    for (at++; at < lines.length; at++) {
      if (lines[at].trim() === "" || /^\s*/.exec(lines[at])[0].length <= indent.length) break;
      inner.push(lines[at]);
    }

    const depth = Math.min(...inner.filter((line) => line.trim()).map((line) => /^\s*/.exec(line)[0].length));
    const task = /^\[([ xX])\]\s+(.*)$/.exec(item[3]);
    const text = task ? `<span class="task">${task[1] === " " ? "☐" : "☑"}</span> ${inline(task[2])}` : inline(item[3]);
    items.push(`<li${task ? ' class="tasked"' : ""}>${text}${inner.length ? blocks(inner.map((line) => line.slice(depth))) : ""}</li>`);
  }

  const start = ordered && parseInt(mark, 10) !== 1 ? ` start="${parseInt(mark, 10)}"` : "";
  html.push(ordered ? `<ol${start}>${items.join("")}</ol>` : `<ul>${items.join("")}</ul>`);
  return at;
}
