// The page: who speaks, where, what is shown, what is typed.

import { attachments } from "./attach.js";
import { openDialog } from "./dialog.js";
import { avatar, make, renderPost } from "./posts.js";
import { Session } from "./session.js";

const $ = (id) => document.getElementById(id);
const sessions = new Map();
const asked = new URLSearchParams(location.search);
const page = { session: null, channelId: null, threadId: null, openThread, dismiss };

async function start() {
  const world = await (await fetch("/sandbox/persons")).json();
  page.channelId = world.channel_id;
  page.teamId = world.team_id;
  page.persons = world.persons;

  $("person").append(...world.persons.map((person) => make("option", { value: person.name }, person.name)));
  $("links").append(...world.links.map((link) => make("li", {}, make("a", { href: link.url, target: "_blank", rel: "noopener" }, link.name))));
  $("elsewhere").hidden = world.links.length === 0;

  composer($("composer"), () => "");
  composer($("reply"), () => page.threadId ?? "");
  const first = asked.get("as") ?? localStorage.getItem("person");
  await speakAs(world.persons.some((person) => person.name === first) ? first : world.persons[0].name);
  if (asked.get("thread")) openThread(asked.get("thread"));
}

/** Sessions stay open when somebody else speaks, so that nobody misses what was said to them alone. */
async function speakAs(name) {
  localStorage.setItem("person", name);
  const person = page.persons.find((one) => one.name === name);
  $("person").value = name;
  // Nothing of the last speaker stays: a button would still be pressed in their name.
  page.session = null;
  mayWrite(false);
  $("posts").replaceChildren();
  $("replies").replaceChildren();
  $("me-avatar").replaceWith(Object.assign(avatar(name, false, "avatar small"), { id: "me-avatar" }));

  if (!sessions.has(name)) {
    const session = new Session(person, page.teamId, changed);
    sessions.set(name, { session, opened: session.open() });
  }

  const { session, opened } = sessions.get(name);
  await opened;
  if ($("person").value !== name) return;
  page.session = session;
  mayWrite(true);
  showAll();
}

function mayWrite(may) {
  for (const input of document.querySelectorAll(".composer textarea")) input.disabled = !may;
}

function changed(session, what, value) {
  if (session !== page.session) return;

  switch (what) {
    case "online":
    case "offline":
      $("offline").hidden = what === "online";
      break;
    case "all":
      showAll();
      break;
    case "dialog":
      openDialog(session, page.channelId, value);
      break;
    case "gone":
      if (value.id === page.threadId) closeThread();
      showAll();
      break;
    default:
      showPost(value);
  }
}

function showAll() {
  const { session } = page;
  const channel = session.channels.find((one) => one.id === page.channelId) ?? session.channels[0];
  page.channelId = channel.id;
  session.unread.delete(channel.id);
  $("title").textContent = nameOf(channel);
  document.title = `${nameOf(channel)} · Sandbox chat`;
  $("members").textContent = channel.type === "D" ? "" : `${channel.members} members`;
  showChannels();
  fill($("posts"), session.flow(channel.id), "channel");
  showThread();
}

function nameOf(channel) {
  if (channel.type !== "D") return channel.display_name;
  const other = channel.name.split("__").find((id) => id !== page.session.person.id);
  return `@${page.session.users.get(other)?.username ?? "somebody"}`;
}

function showChannels() {
  const { session } = page;
  $("channels").replaceChildren(...session.channels.map((channel) =>
    make("li", {}, make("button", { type: "button", className: `channel${channel.id === page.channelId ? " here" : ""}${session.unread.has(channel.id) ? " unread" : ""}`, onclick: () => go(channel.id) },
      make("span", { className: "hash", ariaHidden: "true" }, channel.type === "D" ? "@" : "#"), nameOf(channel).replace(/^@/, "")))));
  $("channel-picker").replaceChildren(...session.channels.map((channel) =>
    make("option", { value: channel.id, selected: channel.id === page.channelId }, `${session.unread.has(channel.id) ? "• " : ""}${nameOf(channel)}`)));
}

function go(channelId) {
  page.channelId = channelId;
  if (!page.session) return;
  closeThread();
  showAll();
}

function fill(list, posts, at) {
  const elements = posts.map((post) => renderPost(page.session, post, at, page));
  const nothing = make("p", { className: "nothing" }, "Nothing has been said here yet. Type / for commands.");
  list.replaceChildren(...(elements.length > 0 ? withDays(posts, elements) : [nothing]));
  list.scrollTop = list.scrollHeight;
}

function withDays(posts, elements) {
  const day = (post) => new Date(post.create_at).toLocaleDateString([], { weekday: "long", day: "numeric", month: "long" });
  return elements.flatMap((element, i) =>
    i === 0 || day(posts[i]) !== day(posts[i - 1]) ? [make("div", { className: "day" }, make("span", {}, day(posts[i]))), element] : [element]);
}

/** Replaces or adds one post, and keeps the reader at the end if that is where they are. */
function showPost(post) {
  if (post.channel_id !== page.channelId) return showChannels();
  page.session.unread.delete(post.channel_id);

  if (post.root_id) {
    if (post.root_id === page.threadId) put($("replies"), post, "thread");
    if (post.whisper) return put($("posts"), post, "channel");
    const root = page.session.posts.get(post.root_id);
    if (root) put($("posts"), root, "channel");
    return;
  }

  put($("posts"), post, "channel");
  if (post.id === page.threadId) put($("replies"), post, "thread");
}

function put(list, post, at) {
  const isAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < 120;
  const old = list.querySelector(`[data-id="${CSS.escape(post.id)}"]`);
  const element = renderPost(page.session, post, at, page);
  list.querySelector(".nothing")?.remove();

  if (old) {
    // What the reader has opened stays open.
    const opened = [...old.querySelectorAll(".preview")].map((preview) => !preview.hidden && preview.cloneNode(true));
    element.querySelectorAll(".preview").forEach((preview, i) => {
      if (!opened[i]) return;
      preview.replaceWith(opened[i]);
    });
    old.replaceWith(element);
  } else if (post.whisper && post.root_id && at === "channel") {
    const about = [post.root_id, ...page.session.whispersAbout(post.root_id).map((one) => one.id)];
    const before = [...list.children].findLast((one) => about.includes(one.dataset.id));
    if (before) before.after(element);
    else list.append(element);
    return element.scrollIntoView({ block: "nearest" });
  } else {
    list.append(element);
  }

  if (isAtEnd) list.scrollTop = list.scrollHeight;
  else if (!old && list === $("posts")) $("latest").hidden = false;
}

function dismiss(post) {
  page.session.whispers = page.session.whispers.filter((one) => one.id !== post.id);
  document.querySelectorAll(`[data-id="${CSS.escape(post.id)}"]`).forEach((element) => element.remove());
}

function openThread(rootId) {
  page.threadId = rootId;
  showThread();
  $("reply").querySelector("textarea").focus({ preventScroll: true });
}

function closeThread() {
  page.threadId = null;
  showThread();
}

function showThread() {
  const root = page.threadId && page.session?.posts.get(page.threadId);
  $("thread").hidden = !root;
  document.body.classList.toggle("with-thread", Boolean(root));
  if (!root) return;
  const replies = [...page.session.replies(root.id), ...page.session.whispersAbout(root.id)].sort((a, b) => a.create_at - b.create_at);
  fill($("replies"), [root, ...replies], "thread");
}

/** A place to write: Enter sends, Shift+Enter breaks the line, arrow up brings the last message back, / offers commands. */
function composer(form, rootId) {
  const hints = make("div", { className: "hints", hidden: true });
  const input = make("textarea", { rows: 1, placeholder: "Write a message, or / for commands", ariaLabel: "Message" });
  const button = make("button", { type: "submit", className: "send", ariaLabel: "Send", title: "Send" }, "↑");
  const said = [];
  let recalled = 0;
  const attached = attachments(() => grow());
  form.append(hints, ...attached.parts, input, button);

  const grow = () => {
    input.style.height = "auto";
    // Not shown, it has no height yet.
    if (input.scrollHeight > 0) input.style.height = `${Math.min(input.scrollHeight, 220)}px`;
    button.disabled = input.value.trim() === "" && !attached.any;
    showHints(hints, input);
  };

  const send = async () => {
    const message = input.value;
    const { session, channelId } = page;
    if ((message.trim() === "" && !attached.any) || !session) return;
    const root = rootId();
    // As in the real thing, a command takes no files with it.
    const files = message.startsWith("/") ? [] : attached.take();
    said.push(message);
    recalled = said.length;
    input.value = "";
    grow();

    try {
      const answer = await session.say(channelId, root, message, files);
      if (/^https?:\/\//.test(answer.goto_location ?? "")) window.open(answer.goto_location, "_blank", "noopener");
    } catch (error) {
      session.notice(channelId, root, error.message);
    }
  };

  input.oninput = grow;
  input.onpaste = attached.paste;
  input.onkeydown = (event) => {
    const hint = hints.hidden ? null : hints.querySelector("button");

    if ((event.key === "Tab" && hint) || (event.key === "Enter" && hint && input.value.trim() !== hint.dataset.complete)) {
      event.preventDefault();
      hint.click();
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      send();
    } else if (event.key === "Escape") {
      hints.hidden = true;
    } else if (event.key === "ArrowUp" && recalled > 0 && (input.value === "" || input.value === said[recalled])) {
      event.preventDefault();
      input.value = said[--recalled];
      grow();
    }
  };
  form.onsubmit = (event) => {
    event.preventDefault();
    send();
  };
  grow();
}

function showHints(hints, input) {
  const typed = input.value;
  const trigger = /^\/(\S*)/.exec(typed)?.[1]?.toLowerCase();
  const isTyped = /^\/\S+\s/.test(typed);
  const fitting = trigger === undefined || typed.includes("\n") ? []
    : (page.session?.commands ?? []).filter((command) => (isTyped ? command.trigger === trigger : command.trigger.startsWith(trigger)));

  hints.hidden = fitting.length === 0;
  hints.replaceChildren(...fitting.map((command) => {
    const complete = `/${command.trigger}`;
    const hint = make(isTyped ? "div" : "button", { type: "button", className: "hint", dataset: { complete } },
      make("strong", {}, complete), " ", make("span", { className: "usage" }, command.auto_complete_hint),
      make("span", { className: "quiet" }, command.auto_complete_desc));
    hint.onclick = () => {
      if (isTyped) return;
      input.value = `${complete} `;
      input.focus();
      input.dispatchEvent(new Event("input"));
    };
    return hint;
  }));

  // A command registered after the page was opened is found when somebody asks for it.
  if (trigger !== undefined && fitting.length === 0 && page.session && !page.asking) {
    page.asking = true;
    page.session.api("GET", `/teams/${page.teamId}/commands/autocomplete`)
      .then((commands) => {
        const isNews = commands.length !== page.session.commands.length;
        page.session.commands = commands;
        if (isNews) showHints(hints, input);
      })
      .catch(() => {})
      .finally(() => setTimeout(() => (page.asking = false), 2000));
  }
}

$("person").onchange = (event) => speakAs(event.target.value);
$("channel-picker").onchange = (event) => go(event.target.value);
$("close-thread").onclick = closeThread;
$("latest").onclick = () => ($("posts").scrollTop = $("posts").scrollHeight);
$("posts").onscroll = ({ target }) => {
  if (target.scrollHeight - target.scrollTop - target.clientHeight < 120) $("latest").hidden = true;
};

start().catch((error) => {
  $("offline").textContent = `The chat server cannot be reached: ${error.message}`;
  $("offline").hidden = false;
});
