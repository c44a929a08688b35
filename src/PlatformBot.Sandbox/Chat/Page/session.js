// One person's connection to the server: REST with their token, events over their WebSocket, and what they have seen so far.

export class Session {
  posts = new Map();
  whispers = [];
  users = new Map();
  channels = [];
  commands = [];
  unread = new Set();
  #retry = 0;
  #ready = () => {};
  #meanwhile = null;

  /** @param changed called with (session, what, value) whenever something is new */
  constructor(person, teamId, changed) {
    Object.assign(this, { person, teamId, changed });
  }

  async api(method, path, body) {
    const answer = await this.fetch(method, `/api/v4${path}`, body);
    const json = await answer.json().catch(() => ({ message: `The server answered ${answer.status}.` }));
    if (!answer.ok) throw new Error(json.message || `The server answered ${answer.status}.`);
    return json;
  }

  fetch(method, url, body) {
    const headers = { Authorization: `Bearer ${this.person.token}` };
    if (body instanceof File) return fetch(url, { method, headers: { ...headers, "Content-Type": body.type || "application/octet-stream" }, body });
    if (body !== undefined) headers["Content-Type"] = "application/json";
    return fetch(url, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  }

  /** Done when the server listens and everything has been read: before that, a dialog would be lost. */
  open() {
    return new Promise((ready) => {
      this.#ready = ready;
      this.#connect();
    });
  }

  /** Everything anew; also after a lost connection, because a browser cannot resume one. */
  async reload() {
    // What is heard while the pages are read is newer than they are.
    const meanwhile = (this.#meanwhile = []);
    const members = await this.api("GET", `/teams/${this.teamId}/members`);
    const users = await this.api("POST", "/users/ids", members.map((member) => member.user_id));
    this.users = new Map(users.map((user) => [user.id, user]));
    this.channels = await this.api("GET", `/users/me/teams/${this.teamId}/channels`);
    this.commands = await this.api("GET", `/teams/${this.teamId}/commands/autocomplete`);
    const posts = new Map();

    for (const channel of this.channels) {
      const page = await this.api("GET", `/channels/${channel.id}/posts?per_page=200`);
      channel.members = (await this.api("GET", `/channels/${channel.id}/stats`)).member_count;
      // Newest first: turned round, so that posts of the same millisecond stay in their order.
      for (const post of Object.values(page.posts).reverse()) posts.set(post.id, post);
    }

    for (const post of meanwhile) posts.set(post.id, post);
    if (this.#meanwhile === meanwhile) this.#meanwhile = null;
    this.posts = posts;
    this.changed(this, "all");
  }

  #connect() {
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/v4/websocket`);
    socket.onopen = () => socket.send(JSON.stringify({ seq: 1, action: "authentication_challenge", data: { token: this.person.token } }));
    socket.onmessage = (message) => this.#hear(JSON.parse(message.data));
    socket.onclose = () => {
      this.changed(this, "offline");
      const wait = Math.min(10_000, 500 * 2 ** this.#retry++);
      setTimeout(() => this.#connect(), wait);
    };
  }

  #hear({ event, data }) {
    switch (event) {
      case "hello":
        this.#retry = 0;
        this.changed(this, "online");
        return this.reload().then(this.#ready).catch(() => {});
      case "posted":
      case "post_edited":
        return this.#keep(JSON.parse(data.post), event === "posted");
      case "post_deleted": {
        const gone = JSON.parse(data.post);
        this.posts.delete(gone.id);
        return this.changed(this, "gone", gone);
      }
      case "ephemeral_message": {
        const post = { ...JSON.parse(data.post), whisper: true };
        this.whispers.push(post);
        return this.changed(this, "whisper", post);
      }
      case "reaction_added":
      case "reaction_removed":
        return this.#react(JSON.parse(data.reaction), event === "reaction_added");
      case "open_dialog":
        return this.changed(this, "dialog", JSON.parse(data.dialog));
      case "user_added":
      case "user_removed":
      case "direct_added":
        return this.reload().catch(() => {});
    }
  }

  #keep(post, isNew) {
    this.posts.set(post.id, post);
    this.#meanwhile?.push(post);
    if (isNew) this.unread.add(post.channel_id);
    this.changed(this, isNew ? "posted" : "edited", post);
  }

  #react(reaction, added) {
    const post = this.posts.get(reaction.post_id);
    if (!post) return;
    const same = (one) => one.user_id === reaction.user_id && one.emoji_name === reaction.emoji_name;
    const others = (post.metadata?.reactions ?? []).filter((one) => !same(one));
    post.metadata = { ...post.metadata, reactions: added ? [...others, reaction] : others };
    this.changed(this, "edited", post);
  }

  /** Something the page itself has to say to this person. */
  notice(channelId, rootId, message) {
    const post = {
      id: `notice-${crypto.randomUUID?.() ?? Math.random()}`, user_id: this.person.id, channel_id: channelId, root_id: rootId,
      message, create_at: Date.now(), props: {}, whisper: true, notice: true,
    };
    this.whispers.push(post);
    this.changed(this, "whisper", post);
  }

  async say(channelId, rootId, message, files = []) {
    if (message.startsWith("/")) {
      return this.api("POST", "/commands/execute", { channel_id: channelId, team_id: this.teamId, root_id: rootId, command: message });
    }

    const uploads = await Promise.all(files.map((file) =>
      this.api("POST", `/files?channel_id=${channelId}&filename=${encodeURIComponent(file.name)}`, file)));
    return this.api("POST", "/posts", {
      channel_id: channelId, root_id: rootId, message, pending_post_id: `${this.person.id}:${Date.now()}`,
      file_ids: uploads.map((upload) => upload.file_infos[0].id),
    });
  }

  replies(rootId) {
    return [...this.posts.values()].filter((post) => post.root_id === rootId).sort((a, b) => a.create_at - b.create_at);
  }

  /** Roots of the channel and this person's whispers, oldest first; a whisper about a post comes right after it. */
  flow(channelId) {
    const here = [...this.posts.values(), ...this.whispers].filter((post) => post.channel_id === channelId && !post.root_id);
    return here.sort((a, b) => a.create_at - b.create_at).flatMap((post) => [post, ...this.whispersAbout(post.id)]);
  }

  whispersAbout(rootId) {
    return this.whispers.filter((post) => post.root_id === rootId);
  }
}
