// A dialog that an integration opened: a form, the integration's complaints about it, or a cancel.

import { markdown } from "./markdown.js";
import { make } from "./posts.js";

export function openDialog(session, channelId, { url, dialog }) {
  const element = document.getElementById("dialog");
  const fields = (dialog.elements ?? []).map((field) => ({ field, ...renderField(session, field) }));
  const problem = make("p", { className: "problem", role: "alert", hidden: true });
  const submit = make("button", { type: "submit", className: "action primary" }, dialog.submit_label || "Submit");

  const send = (cancelled, submission) =>
    session.api("POST", "/actions/dialogs/submit", {
      url, callback_id: dialog.callback_id, state: dialog.state, channel_id: channelId, team_id: session.teamId, submission, cancelled,
    });

  const cancel = () => {
    element.close();
    if (dialog.notify_on_cancel) send(true, {}).catch(() => {});
  };

  const form = make("form", { method: "dialog", noValidate: true },
    make("h2", { id: "dialog-title" }, dialog.title),
    dialog.introduction_text ? make("div", { className: "text", innerHTML: markdown(dialog.introduction_text) }) : null,
    fields.map(({ row }) => row),
    problem,
    make("div", { className: "dialog-buttons" }, make("button", { type: "button", className: "action default", onclick: cancel }, "Cancel"), submit));

  form.onsubmit = async (event) => {
    event.preventDefault();
    problem.hidden = true;
    const complaints = fields.map(({ field, value, complain }) => complain(missing(field, value())));
    if (complaints.some(Boolean)) return;

    submit.disabled = true;
    try {
      const answer = await send(false, Object.fromEntries(fields.map(({ field, value }) => [field.name, value()])));
      for (const { field, complain } of fields) complain(answer.errors?.[field.name] ?? "");
      problem.textContent = answer.error ?? "";
      problem.hidden = !answer.error;
      if (!answer.error && !answer.errors) element.close();
    } catch (error) {
      problem.textContent = error.message;
      problem.hidden = false;
    } finally {
      submit.disabled = false;
    }
  };

  element.oncancel = (event) => {
    event.preventDefault();
    cancel();
  };
  element.replaceChildren(form);
  element.showModal();
}

function missing(field, value) {
  const text = value === null ? "" : String(value);
  if (text === "" && !field.optional && field.type !== "bool") return "This field is required.";
  if (field.min_length > 0 && text !== "" && text.length < field.min_length) return `At least ${field.min_length} characters.`;
  return "";
}

function renderField(session, field) {
  const common = { name: field.name, placeholder: field.placeholder ?? "" };
  const options = field.data_source === "users" ? [...session.users.values()].map((user) => ({ text: user.username, value: user.id }))
    : field.data_source === "channels" ? session.channels.map((channel) => ({ text: channel.display_name, value: channel.id }))
    : field.options ?? [];
  let input;
  let value = () => (input.value === "" ? null : input.value);

  switch (field.type) {
    case "textarea":
      input = make("textarea", { ...common, rows: 4, value: field.default ?? "" });
      break;
    case "select":
      input = make("select", common, make("option", { value: "" }, field.placeholder || "Choose…"),
        options.map((option) => make("option", { value: option.value, selected: option.value === field.default }, option.text)));
      break;
    case "radio":
      input = make("div", { className: "radios", role: "radiogroup" }, options.map((option) => make("label", {},
        make("input", { type: "radio", name: field.name, value: option.value, checked: option.value === field.default }), option.text)));
      value = () => input.querySelector("input:checked")?.value ?? null;
      break;
    case "bool":
      input = make("input", { type: "checkbox", name: field.name, checked: field.default === "true" });
      value = () => input.checked;
      break;
    default:
      input = make("input", { ...common, type: /^(email|number|password|tel|url)$/.test(field.subtype) ? field.subtype : "text", value: field.default ?? "" });
  }

  if (field.max_length > 0 && "maxLength" in input) input.maxLength = field.max_length;
  const problem = make("span", { className: "problem", hidden: true });
  const row = make("label", { className: `field ${field.type}` },
    make("span", { className: "label" }, field.display_name, field.optional ? make("span", { className: "quiet" }, " (optional)") : null),
    input, problem,
    field.help_text ? make("span", { className: "quiet help" , innerHTML: markdown(field.help_text) }) : null);

  const complain = (text) => {
    problem.textContent = text;
    problem.hidden = !text;
    return text;
  };
  return { row, value, complain };
}
