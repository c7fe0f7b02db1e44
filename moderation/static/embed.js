// Owns the custom elements <leave-a-reply> and <reply-count> of a blog's pages.
// It is served with its comments and white space taken off, and embed-element.css put in.

const home = new URL('/', import.meta.url).href;
const sheet = new CSSStyleSheet();
sheet.replaceSync('@embed-element.css');

const PAGE_SIZE = 50;
const LONGEST_COMMENT = 65525;
const DEEPEST = 4;
// English is in this file; the others are asked for.
const LANGUAGES = ['de', 'fr', 'es', 'ja', 'ar'];

// Comments are sanitised by the service; a blog may allow this policy by its name.
const trusted = self.trustedTypes?.createPolicy('leave-a-reply', {createHTML: (html) => html});

// What this browser keeps for its reader. Where a browser refuses, nothing is kept.
const store = {
  read(key) {
    try {
      return JSON.parse(localStorage.getItem('leave-a-reply ' + key));
    } catch {
      return null;
    }
  },
  write(key, value) {
    try {
      if (value) localStorage.setItem('leave-a-reply ' + key, JSON.stringify(value));
      else localStorage.removeItem('leave-a-reply ' + key);
    } catch {}
  },
};

// Neither cookies nor other credentials are sent, to nobody but the service.
const ask = (path, body) =>
  fetch(home + path, {
    method: body ? 'POST' : 'GET',
    body,
    credentials: 'omit',
    headers: {Accept: 'application/json'},
  });

// Return an element with its properties set; names with - are attributes.
const make = (name, properties = {}, ...children) => {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (key in element && key != 'part') element[key] = value;
    else element.setAttribute(key, value);
  }
  element.append(...children.filter((child) => child));
  return element;
};

const findLanguage = (element) =>
  (element.lang || element.closest('[lang]')?.lang || 'en').toLowerCase();

class LeaveAReply extends HTMLElement {
  connectedCallback() {
    if (this.shadowRoot) return;
    this.attachShadow({mode: 'open'}).adoptedStyleSheets = [sheet];
    const near = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) start();
      },
      {rootMargin: '600px'},
    );
    const start = () => {
      near.disconnect();
      this.start();
    };
    near.observe(this);
    // A link to a comment leads to what must be there first.
    if (this.linked()) start();
    addEventListener('hashchange', () => this.show(this.linked()));
  }

  // Return the text in the reader's language, numbers put in.
  say(text, ...values) {
    return (this.words[text] ?? text).replace(/\{\w+\}/g, () => values.shift());
  }

  linked() {
    return /^#comment-(\d+)$/.exec(location.hash)?.[1];
  }

  path(part, query = {}) {
    const given = {lang: this.tongue, ...query};
    return `embed/${encodeURIComponent(this.site)}${part}?${new URLSearchParams(given)}`;
  }

  async start() {
    this.site = this.getAttribute('site') ?? '';
    this.thread = this.getAttribute('thread') ?? location.pathname;
    this.canonical =
      document.querySelector('link[rel=canonical]')?.href ?? location.href.split('#')[0];
    this.key = `${this.site} ${this.thread}`;
    this.items = new Map();
    this.words = {};
    this.tongue = findLanguage(this);
    const known = LANGUAGES.find((name) => this.tongue.split('-')[0] == name);
    if (known) {
      // Without its words the form is English: better than none.
      this.words = await ask(`embed/words.${known}.json`)
        .then((answer) => answer.json())
        .catch(() => ({}));
    }
    this.list = make('ol', {part: 'comments'});
    this.heading = make('h2', {part: 'heading', id: 'heading'});
    this.more = make('button', {
      part: 'more',
      type: 'button',
      hidden: true,
      textContent: this.say('Show more comments'),
      onclick: () => this.load(),
    });
    this.state = make('p', {part: 'status', role: 'status', tabIndex: -1, hidden: true});
    this.body = make('div', {part: 'body', lang: known ?? 'en'}, this.heading, this.list, this.more);
    if (known == 'ar') this.body.dir = 'rtl';
    this.body.append(this.state);
    this.shadowRoot.append(this.body);
    await this.load();
    this.show(this.linked());
    this.showOwn();
  }

  // Load the next comments; the first time, the form as well.
  async load() {
    this.more.disabled = true;
    let found;
    try {
      const query = {thread: this.thread, limit: this.linked() ? 1000 : PAGE_SIZE};
      if (this.next) query.after = this.next;
      const answer = await ask(this.path('/comments', query));
      found = await answer.json();
      if (!answer.ok) return this.fail(found.detail);
    } catch {
      return this.fail();
    }
    const first = this.next === undefined;
    this.next = found.next;
    this.token = found.token;
    this.consent = found.consent;
    this.follows = found.replies && make('input', {type: 'checkbox', id: 'subscribe'});
    for (const comment of found.comments) this.add(comment);
    this.more.hidden = !found.next;
    this.more.disabled = false;
    this.setCount(found.count);
    if (!first) return;
    if (found.open) this.body.append(this.makeForm());
    else this.body.append(make('p', {part: 'closed'}, this.say('Comments are closed')));
  }

  // Say that nothing can be loaded, and why if that is known, with the way without script.
  fail(why = '') {
    const link = make('a', {
      href: home + this.path('', {thread: this.thread, url: this.canonical}),
      target: '_blank',
      textContent: this.say('Open the comments'),
    });
    this.tell(`${this.say('The comments could not be loaded.')} ${why} `, true);
    this.state.append(link);
    this.more.disabled = false;
  }

  setCount(count) {
    this.count = count;
    const text = ['No comments yet', '1 comment'][count] ?? '{n} comments';
    this.heading.textContent = this.say(text, count.toLocaleString(this.tongue));
  }

  tell(text, isError) {
    this.state.className = isError ? 'error' : '';
    this.state.textContent = text;
    this.state.hidden = !text;
  }

  add(comment, note) {
    const above = this.items.get(comment.parent);
    const depth = above ? Math.min(above.depth + 1, DEEPEST) : 0;
    const list = !above ? this.list : above.depth < DEEPEST ? above.replies : above.list;
    const replies = make('ol');
    const article = this.makeComment(comment, above, note);
    const item = {depth, list, replies, article, name: comment.name};
    this.items.set(comment.id, item);
    list.append(make('li', {}, article, replies));
    return item;
  }

  makeComment(comment, above, note) {
    const name = make('bdi', {textContent: comment.name});
    const author = comment.website
      ? make('a', {href: comment.website, rel: 'nofollow ugc noopener'}, name)
      : name;
    const text = make('div', {part: 'text', className: 'text', dir: 'auto'});
    text.innerHTML = trusted?.createHTML(comment.html) ?? comment.html;
    const header = make(
      'header',
      {},
      make('span', {part: 'author', id: 'author-' + comment.id}, author),
      above && make('span', {part: 'answers'}, this.say('in reply to') + ' ', make('bdi', {textContent: above.name})),
      make(
        'a',
        {part: 'date', href: comment.id ? '#comment-' + comment.id : undefined},
        this.makeTime(comment.date),
      ),
    );
    const reply =
      comment.id &&
      !note &&
      make('button', {
        part: 'reply',
        className: 'plain',
        type: 'button',
        textContent: this.say('Reply'),
        'aria-label': `${this.say('Reply')}: ${comment.name}`,
        onclick: () => this.answer(comment),
      });
    return make(
      'article',
      {part: 'comment', id: 'comment-' + comment.id, tabIndex: -1, 'aria-labelledby': 'author-' + comment.id},
      header,
      note,
      text,
      reply,
    );
  }

  makeTime(date) {
    const instant = new Date(date);
    const units = [['year', 31536000], ['month', 2592000], ['day', 86400], ['hour', 3600], ['minute', 60]];
    const seconds = (instant - Date.now()) / 1000;
    const [unit, size] = units.find((pair) => Math.abs(seconds) >= pair[1]) ?? ['second', 1];
    const format = new Intl.RelativeTimeFormat(this.tongue, {numeric: 'auto'});
    return make('time', {
      dateTime: date,
      title: instant.toLocaleString(this.tongue),
      textContent: format.format(Math.trunc(seconds / size), unit),
    });
  }

  // Bring the comment that the address names into sight, loading as far as need be.
  async show(id) {
    if (!id || !this.items) return;
    while (!this.items.has(+id) && this.next) await this.load();
    const article = this.items.get(+id)?.article;
    this.shadowRoot.querySelector('.target')?.classList.remove('target');
    article?.classList.add('target');
    article?.scrollIntoView({block: 'center'});
    article?.focus({preventScroll: true});
  }

  field(name, label, properties) {
    const {tag = 'input', ...rest} = properties;
    const message = make('p', {id: name + '-error', className: 'field-error', hidden: true});
    const input = make(tag, {
      id: name, name, dir: 'auto', part: 'field', 'aria-describedby': message.id, ...rest,
    });
    this.fields[name] = {input, message};
    const star = rest.required && make('span', {className: 'star', 'aria-hidden': 'true'}, ' *');
    return make('p', {className: 'field ' + name}, make('label', {htmlFor: name}, this.say(label), star), input, message);
  }

  makeForm() {
    this.fields = {};
    const kept = store.read(this.site) ?? {};
    const left = make('span', {className: 'left', part: 'count', dir: 'ltr'});
    const comment = this.field('comment', 'Comment', {tag: 'textarea', rows: 6, required: true});
    const text = this.fields.comment.input;
    text.value = store.read(this.key)?.comment ?? '';
    text.oninput = () => {
      left.textContent = `${text.value.length.toLocaleString(this.tongue)} / ${LONGEST_COMMENT.toLocaleString(this.tongue)}`;
      store.write(this.key, text.value && {comment: text.value});
    };
    text.oninput();
    // Who comes back to a draft has long been at it.
    this.opened = text.value ? -1e6 : performance.now();
    // People don't see it; programs that fill every field do.
    this.trap = make('input', {className: 'unseen', tabIndex: -1, autocomplete: 'off', 'aria-hidden': 'true'});
    this.save = make('input', {type: 'checkbox', id: 'save', checked: !!kept.name});
    this.cancel = make('button', {
      className: 'plain', type: 'button', hidden: true,
      textContent: this.say('Cancel reply'), onclick: () => this.answer(),
    });
    this.caption = make('h3', {id: 'title', part: 'form-heading'}, this.say('Leave a Reply'));
    this.preview = make('div', {className: 'text preview', part: 'preview', hidden: true, dir: 'auto'});
    this.submit = make('button', {part: 'button', className: 'main'}, this.say('Post Comment'));
    const look = make('button', {
      type: 'button', part: 'preview-button', textContent: this.say('Preview'),
      onclick: () => this.look(),
    });
    this.form = make(
      'form',
      {part: 'form', noValidate: true, 'aria-labelledby': 'title', onsubmit: (event) => this.post(event)},
      this.caption,
      this.cancel,
      make(
        'p', {className: 'hint'},
        this.say('Your email address will not be published.') + ' ' + this.say('Required fields are marked') + ' ',
        make('span', {className: 'star'}, '*'),
      ),
      comment,
      make('div', {className: 'row'}, look, left),
      this.preview,
      make(
        'div', {className: 'columns'},
        this.field('name', 'Name', {required: true, autocomplete: 'name', maxLength: 245, value: kept.name ?? ''}),
        this.field('email', 'Email', {required: true, type: 'email', autocomplete: 'email', value: kept.email ?? ''}),
      ),
      this.trap,
      this.field('website', 'Website', {inputMode: 'url', autocomplete: 'url', value: kept.website ?? ''}),
      make(
        'label', {className: 'save'}, this.save, ' ',
        this.say('Save my name, email and website in this browser for the next time I comment.'),
      ),
      this.follows && make('label', {className: 'save'}, this.follows, ' ', this.say('Tell me of replies by email.')),
      this.consent && make(
        'p', {className: 'hint', part: 'consent', dir: 'auto'},
        this.consent.text, ' ',
        this.consent.url && make(
          'a', {href: this.consent.url, target: '_blank', rel: 'noopener'}, this.say('Privacy policy'),
        ),
      ),
      this.submit,
    );
    return this.form;
  }

  // Move the form below the comment it is to answer, or back to the end.
  answer(comment) {
    this.parent = comment?.id;
    this.caption.textContent = comment
      ? this.say('Reply to {name}', comment.name)
      : this.say('Leave a Reply');
    this.cancel.hidden = !comment;
    if (comment) this.items.get(comment.id).article.after(this.form);
    else this.body.append(this.form);
    this.fields.comment.input.focus();
  }

  async look() {
    const body = new URLSearchParams({comment: this.fields.comment.input.value});
    try {
      const answer = await ask(this.path('/preview'), body);
      const found = await answer.json();
      if (!answer.ok) return this.mark(found);
      this.mark({});
      this.preview.hidden = false;
      this.preview.innerHTML = trusted?.createHTML(found.html) ?? found.html;
    } catch {
      this.mark({detail: this.say('The service can’t be reached. What you wrote is kept here.')});
    }
  }

  // Show what is wrong: each message at its field, the rest above the form.
  mark({errors = {}, detail = ''}) {
    let first;
    for (const [name, {input, message}] of Object.entries(this.fields)) {
      message.textContent = errors[name]?.join(' ') ?? '';
      message.hidden = !errors[name];
      input.ariaInvalid = errors[name] ? 'true' : null;
      if (errors[name]) first ??= input;
    }
    const other = Object.keys(errors).filter((name) => !this.fields[name]);
    const text = first ? '' : other.map((name) => errors[name].join(' ')).join(' ') || detail;
    this.tell(text, true);
    if (text) this.submit.before(this.state);
    first?.focus();
  }

  findEmpty() {
    const messages = {comment: 'Write a comment.', name: 'Enter your name.', email: 'Enter your e-mail address.'};
    const empty = Object.entries(messages).filter(([name]) => !this.fields[name].input.value.trim());
    return Object.fromEntries(empty.map(([name, text]) => [name, [this.say(text)]]));
  }

  async post(event) {
    event.preventDefault();
    const errors = this.findEmpty();
    this.mark({errors});
    if (Object.keys(errors).length) return;
    this.submit.disabled = true;
    this.submit.textContent = this.say('Sending…');
    try {
      const answer = await this.send();
      const found = await answer.json();
      if (answer.status == 201) this.finish(found);
      else this.mark(found);
    } catch {
      this.mark({detail: this.say('The service can’t be reached. What you wrote is kept here.')});
    }
    this.submit.disabled = false;
    this.submit.textContent = this.say('Post Comment');
  }

  async send(isSecond) {
    const body = new URLSearchParams({
      thread: this.thread, url: this.canonical, title: document.title, token: this.token,
      parent: this.parent ?? '', author_token: store.read(this.site)?.token ?? '',
      subscribe: this.follows?.checked ?? '', remark: this.trap.value,
      seconds: Math.round((performance.now() - this.opened) / 1000),
    });
    for (const [name, {input}] of Object.entries(this.fields)) body.set(name, input.value);
    const answer = await ask(this.path('/comments'), body);
    // The page lay open for so long that its token is too old.
    if (answer.status != 400 || isSecond) return answer;
    const fresh = await ask(this.path('/comments', {thread: this.thread, limit: 1}));
    this.token = (await fresh.json()).token;
    return this.send(true);
  }

  finish(comment) {
    const {name, email, website, comment: text} = this.fields;
    store.write(this.site, this.save.checked && {
      name: name.input.value, email: email.input.value, website: website.input.value,
      // One that has proved its worth is kept; else the newest may come to.
      token: (comment.status == 'approved' && store.read(this.site)?.token) || comment.author_token,
    });
    text.input.value = '';
    text.input.oninput();
    this.preview.hidden = true;
    const own = store.read(this.key + ' own') ?? [];
    store.write(this.key + ' own', [...own.slice(-9), comment]);
    this.answer();
    this.items.get(comment.id)?.article.focus();
    const item = this.showOne(comment);
    if (comment.status == 'approved') this.setCount(this.count + 1);
    item.article.focus();
  }

  // Show a comment of this reader's with where it stands, and the way to change it.
  showOne(comment) {
    const texts = {
      held: 'Your comment awaits moderation. Only you see it here.',
      approved: 'Your comment is published.',
      rejected: 'Your comment was not published.',
    };
    const link = make('a', {
      href: new URL(`${comment.status_url}?lang=${this.tongue}`, home).href, target: '_blank', textContent: this.say('Change or withdraw it'),
    });
    const note = make('p', {className: 'note', part: 'pending', role: 'status'}, this.say(texts[comment.status] ?? texts.held), ' ');
    if (comment.reason) note.append(`“${comment.reason}” `);
    note.append(link);
    if (comment.help) note.append(make('span', {className: 'help', part: 'help', dir: 'auto', textContent: comment.help}));
    return this.add(comment, note);
  }

  // Look what became of comments sent from this browser that are not public yet.
  async showOwn() {
    const kept = [];
    for (const comment of store.read(this.key + ' own') ?? []) {
      if (this.items.has(comment.id)) continue;
      const answer = await ask(comment.status_url.slice(1)).catch(() => null);
      if (answer?.status == 404) continue;
      const now = answer?.ok ? await answer.json() : comment;
      if (now.status != 'approved') kept.push(comment);
      if (now.status == 'held' || now.status == 'rejected') this.showOne({...comment, help: '', ...now});
    }
    store.write(this.key + ' own', kept.length && kept);
  }
}

// The counts of all threads that a page names are asked for at once.
const waiting = new Map();

class ReplyCount extends HTMLElement {
  connectedCallback() {
    const site = this.getAttribute('site') ?? document.querySelector('leave-a-reply')?.getAttribute('site');
    if (!site) return;
    if (!waiting.has(site)) {
      waiting.set(site, []);
      queueMicrotask(() => countAll(site));
    }
    waiting.get(site).push(this);
  }
}

async function countAll(site) {
  const elements = waiting.get(site);
  waiting.delete(site);
  const threads = [...new Set(elements.map((element) => element.getAttribute('thread')))];
  for (let start = 0; start < threads.length; start += 100) {
    const query = new URLSearchParams(threads.slice(start, start + 100).map((key) => ['thread', key]));
    const answer = await ask(`embed/${encodeURIComponent(site)}/counts?${query}`).catch(() => null);
    const counts = answer?.ok ? (await answer.json()).counts : {};
    for (const element of elements) {
      const count = counts[element.getAttribute('thread')];
      if (count !== undefined) element.textContent = count.toLocaleString(findLanguage(element));
    }
  }
}

customElements.get('leave-a-reply') || customElements.define('leave-a-reply', LeaveAReply);
customElements.get('reply-count') || customElements.define('reply-count', ReplyCount);
