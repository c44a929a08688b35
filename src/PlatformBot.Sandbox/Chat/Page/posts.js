// A post as an element: head, text, attachments with their buttons, files, reactions, the way into its thread.

import { emoji, inline, markdown } from "./markdown.js";

/** An element with properties and children; text children are text, never HTML. */
export function make(tag, properties = {}, ...children) {
  const { dataset, ...rest } = properties;
  const element = Object.assign(document.createElement(tag), rest);
  Object.assign(element.dataset, dataset);
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const html = (tag, className, safe) => make(tag, { className, innerHTML: safe });

export function avatar(name, isBot, className = "avatar") {
  let hue = 0;
  for (const letter of name) hue = (hue * 31 + letter.codePointAt(0)) % 360;
  const element = make("span", { className: `${className}${isBot ? " bot" : ""}`, ariaHidden: "true" }, isBot ? "⌘" : name.slice(0, 1).toUpperCase());
  element.style.setProperty("--hue", hue);
  return element;
}

const clock = (ms) => new Date(ms).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
const when = (ms) => new Date(ms).toLocaleString([], { dateStyle: "medium", timeStyle: "medium" });
const size = (bytes) => (bytes < 1024 ? `${bytes} B` : bytes < 1024 ** 2 ? `${(bytes / 1024).toFixed(1)} KB` : `${(bytes / 1024 ** 2).toFixed(1)} MB`);

/** @param at "channel" or "thread" */
export function renderPost(session, post, at, page) {
  const author = session.users.get(post.user_id) ?? { username: "somebody" };
  const whisper = post.whisper === true;
  // A whisper is stored in the name of the one it is for; who really speaks is an integration or the page.
  const name = whisper ? (post.notice ? "Sandbox" : "Answer") : author.username;

  return make("article", { className: `post${whisper ? " whisper" : ""}${post.notice ? " notice" : ""}`, dataset: { id: post.id, ...(at === "thread" && !post.root_id ? { root: "" } : {}) } },
    whisper ? make("span", { className: "avatar whispering", ariaHidden: "true" }, post.notice ? "!" : "⌘") : avatar(name, author.is_bot),
    make("div", { className: "content" },
      make("div", { className: "head" },
        make("strong", {}, name),
        author.is_bot && !whisper ? make("span", { className: "badge" }, "BOT") : null,
        make("time", { title: when(post.create_at) }, clock(post.create_at)),
        post.edit_at > 0 ? make("span", { className: "quiet edited", title: when(post.edit_at) }, "edited") : null,
        whisper ? make("span", { className: "quiet only" }, "only visible to you") : null,
        whisper ? make("button", { className: "plain dismiss", type: "button", title: "Dismiss", ariaLabel: "Dismiss", onclick: () => page.dismiss(post) }, "✕") : null),
      post.message ? html("div", "text", markdown(post.message)) : null,
      (post.props?.attachments ?? []).map((attachment) => renderAttachment(session, post, attachment, page)),
      (post.metadata?.files ?? []).map((file) => renderFile(session, file)),
      renderReactions(session, post),
      at === "channel" ? renderThreadLink(session, post, page) : null),
    whisper ? null : renderTools(session, post, at, page));
}

function renderAttachment(session, post, attachment, page) {
  const box = make("div", { className: "attachment" },
    attachment.pretext ? html("div", "text", markdown(attachment.pretext)) : null,
    attachment.author_name ? make("div", { className: "quiet" }, attachment.author_name) : null,
    attachment.title ? html("div", "attachment-title", inline(attachment.title_link?.match(/^https?:/) ? `[${attachment.title}](${attachment.title_link})` : attachment.title)) : null,
    attachment.text ? html("div", "text", markdown(attachment.text)) : null,
    attachment.fields?.length ? make("dl", { className: "fields" }, attachment.fields.map((field) =>
      make("div", { className: field.short ? "short" : "" }, make("dt", {}, field.title), html("dd", "text", markdown(field.value))))) : null,
    attachment.footer ? make("div", { className: "quiet footer" }, attachment.footer) : null,
    attachment.actions?.length ? make("div", { className: "actions" }, attachment.actions.map((action) => renderAction(session, post, action, page))) : null);

  const colours = { good: "#2e9e5b", warning: "#d98a00", danger: "#d0342c" };
  box.style.setProperty("--bar", colours[attachment.color] ?? (/^#[0-9a-fA-F]{3,8}$/.test(attachment.color) ? attachment.color : "var(--line-strong)"));
  return box;
}

function renderAction(session, post, action, page) {
  const act = async (element, selected) => {
    element.disabled = true;
    element.classList.add("busy");
    try {
      await session.api("POST", `/posts/${post.id}/actions/${action.id}`, { selected_option: selected, cookie: action.cookie });
    } catch (error) {
      session.notice(post.channel_id, post.root_id, error.message);
    } finally {
      element.classList.remove("busy");
      element.disabled = action.disabled === true;
    }
  };

  if (action.type === "select") {
    const options = action.data_source === "users" ? [...session.users.values()].map((user) => ({ text: user.username, value: user.id }))
      : action.data_source === "channels" ? session.channels.map((channel) => ({ text: channel.display_name, value: channel.id }))
      : action.options ?? [];
    return make("select", { ariaLabel: action.name, disabled: action.disabled === true, onchange: (event) => act(event.target, event.target.value) },
      make("option", { value: "", disabled: true, selected: !action.default_option }, action.name),
      options.map((option) => make("option", { value: option.value, selected: option.value === action.default_option }, option.text)));
  }

  const style = { good: "success" }[action.style] ?? (/^(primary|success|warning|danger)$/.test(action.style ?? "") ? action.style : "default");
  const button = make("button", { type: "button", className: `action ${style}`, disabled: action.disabled === true, innerHTML: inline(action.name) });
  button.onclick = () => act(button);
  if (/^#[0-9a-fA-F]{3,8}$/.test(action.style ?? "")) button.style.color = action.style;
  return button;
}

function renderFile(session, file) {
  const preview = make("div", { className: "preview", hidden: true });
  const isText = /^(text\/|application\/(json|yaml|x-yaml))/.test(file.mime_type) || /\.(txt|log|md|json|ya?ml|diff)$/.test(file.name);
  const content = async () => (await session.fetch("GET", `/api/v4/files/${file.id}`)).blob();

  const show = async (event) => {
    if (!preview.firstChild) preview.append(make("pre", {}, await (await content()).text()));
    preview.hidden = !preview.hidden;
    event.target.textContent = preview.hidden ? "Show" : "Hide";
  };

  const save = async () => {
    const url = URL.createObjectURL(await content());
    make("a", { href: url, download: file.name }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10_000);
  };

  return make("div", { className: "file" },
    make("div", { className: "file-head" },
      make("span", { className: "file-icon", ariaHidden: "true" }, file.extension?.slice(0, 4) || "file"),
      make("span", { className: "file-name" }, file.name, make("span", { className: "quiet" }, ` ${size(file.size)}`)),
      isText ? make("button", { type: "button", className: "plain", onclick: show }, "Show") : null,
      make("button", { type: "button", className: "plain", onclick: save }, "Download")),
    preview);
}

function renderReactions(session, post) {
  const byName = Map.groupBy(post.metadata?.reactions ?? [], (reaction) => reaction.emoji_name);
  if (byName.size === 0) return null;

  return make("div", { className: "reactions" }, [...byName].map(([name, reactions]) => {
    const mine = reactions.some((reaction) => reaction.user_id === session.person.id);
    const who = reactions.map((reaction) => session.users.get(reaction.user_id)?.username ?? "somebody").join(", ");
    return make("button", { type: "button", className: `reaction${mine ? " mine" : ""}`, title: `${who} with :${name}:`, onclick: () => react(session, post, name, !mine) },
      emoji(name), make("span", {}, String(reactions.length)));
  }));
}

function react(session, post, name, add) {
  const done = add
    ? session.api("POST", "/reactions", { user_id: session.person.id, post_id: post.id, emoji_name: name })
    : session.api("DELETE", `/users/me/posts/${post.id}/reactions/${name}`);
  done.catch((error) => session.notice(post.channel_id, post.root_id, error.message));
}

function renderTools(session, post, at, page) {
  const quick = ["white_check_mark", "no_entry", "eyes"].map((name) =>
    make("button", { type: "button", title: `React with :${name}:`, ariaLabel: `React with ${name}`, onclick: () => react(session, post, name, true) }, emoji(name)));
  const reply = make("button", { type: "button", title: "Reply in thread", ariaLabel: "Reply in thread", onclick: () => page.openThread(post.root_id || post.id) }, "↩");
  return make("div", { className: "tools" }, quick, at === "channel" ? reply : null);
}

function renderThreadLink(session, post, page) {
  const replies = session.replies(post.id);
  if (replies.length === 0) return null;
  const last = replies.at(-1);
  const voices = [...new Set(replies.map((reply) => reply.user_id))].slice(0, 3).map((id) => session.users.get(id) ?? { username: "?" });
  return make("button", { type: "button", className: "thread-link", onclick: () => page.openThread(post.id) },
    make("span", { className: "voices" }, voices.map((user) => avatar(user.username, user.is_bot, "avatar tiny"))),
    `${replies.length} ${replies.length === 1 ? "reply" : "replies"}`,
    make("span", { className: "quiet" }, `last ${clock(last.create_at)}`));
}
