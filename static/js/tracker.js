// Rapport's tracker: <script async src="https://HOST/rapport.js" data-key="WRITE_KEY"></script>
(function () {
  "use strict";
  const stub = window.rapport || [];
  const script = document.currentScript || document.querySelector("script[data-key][src*=rapport]");
  if (!Array.isArray(stub) || !script) return;

  const { key, mode, consent, consentCategory = "analytics", dnt, auto, hash, cookieDomain } = script.dataset;
  const base = new URL(".", script.src);
  const prefix = "rapport.";
  const parked = `q.${key}.`;
  const cookieless = mode == "cookieless";
  const optedOut = dnt != "ignore" && (navigator.doNotTrack == 1 || navigator.globalPrivacyControl);

  let granted = null; // null: hold events in memory until asked; false: collect nothing
  let disk = false; // may browser storage be used?
  let memory = {};
  let queue = []; // events as JSON, until the server has them
  let tries = 0;
  let preferences, sending, timer, seen;
  let referrer = document.referrer;

  const now = Date.now;
  const newId = () =>
    Array.from(crypto.getRandomValues(new Uint8Array(16)), (n) => (n + 256).toString(16).slice(1)).join("");
  let page = newId();

  const safely = (work) => (...args) => {
    try {
      return work(...args);
    } catch (error) {
      console.warn(prefix, error);
    }
  };

  // The session ("s") belongs to the tab, all else to the browser.
  const store = (name) => (name == "s" ? sessionStorage : localStorage);
  const get = (name) => (disk ? store(name).getItem(prefix + name) : memory[name]);
  const set = safely((name, value) => {
    if (!disk) memory[name] = value;
    else if (value == null) store(name).removeItem(prefix + name);
    else store(name).setItem(prefix + name, value);
  });
  const names = (area, start) => Object.keys(area).filter((name) => name.startsWith(start));
  const setCookie = (value, age) =>
    (document.cookie = `rapport_id=${value};domain=${cookieDomain};path=/;max-age=${age};samesite=lax`);

  const wanted = () => preferences && preferences[consentCategory];
  const consentState = () => preferences && { categoryPreferences: preferences };

  function allow() {
    granted = true;
    if (!disk && !cookieless) {
      disk = safely(() => !localStorage.setItem(prefix + "on", 1))();
      for (const name in memory) set(name, memory[name]);
    }
    adopt();
  }

  function refuse() {
    granted = disk = false;
    memory = {};
    queue = [];
    if (cookieless) return;
    for (const area of [localStorage, sessionStorage])
      for (const name of names(area, prefix)) area.removeItem(name);
    if (cookieDomain) setCookie("", 0);
    // Where nobody asks first, a refusal has to outlive the page.
    if (preferences && consent != "required") localStorage.setItem(prefix + "c", JSON.stringify(preferences));
  }

  function anonymousId(id) {
    const old = get("a");
    const shared = disk && cookieDomain && (document.cookie.match(/\brapport_id=([^;]+)/) || [])[1];
    id = id || shared || old || newId();
    if (id != old) set("a", id);
    if (disk && cookieDomain && id != shared) setCookie(id, 31536e3);
    return id;
  }

  function session() {
    const [id, last] = (get("s") || "").split(",");
    const sessionStart = !(now() - last < 18e5) || undefined;
    const sessionId = sessionStart ? now() : +id;
    set("s", `${sessionId},${now()}`);
    return { sessionId, sessionStart };
  }

  const href = () => (hash == null ? location.href.split("#")[0] : location.href);
  const place = () => ({
    path: location.pathname,
    referrer,
    search: location.search,
    title: document.title,
    url: href(),
  });

  function context() {
    let campaign;
    new URLSearchParams(location.search).forEach((value, name) => {
      if (name.startsWith("utm_"))
        (campaign = campaign || {})[name == "utm_campaign" ? "name" : name.slice(4)] = value;
    });
    return Object.assign(session(), {
      page: place(),
      campaign,
      consent: consentState(),
      library: { name: "rapport.js", version: "1" },
      locale: navigator.language,
      screen: { width: screen.width, height: screen.height },
      timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      userAgent: navigator.userAgent,
    });
  }

  function add(type, fields, options) {
    if (granted === false) return;
    const event = { type, messageId: newId(), timestamp: new Date(), anonymousId: anonymousId(), userId: get("u") };
    Object.assign(event, fields, options, { context: Object.assign(context(), options && options.context) });
    queue = queue.concat(JSON.stringify(event)).slice(-500);
    if (queue.length > 9 && !tries) send();
    wake();
  }

  function wake() {
    if (!timer && !sending) timer = setTimeout(send, 300);
  }

  const size = (text) => new Blob([text]).size;
  const drop = (batch) => (queue = queue.filter((event) => !batch.includes(event)));

  // What fits a request that may outlive its page (64 kB).
  function firstBatch() {
    let total = 0;
    const batch = queue.filter((event, n) => (total += size(event) + 1) < 6e4 || !n);
    return { batch, body: `{"batch":[${batch}],"sentAt":"${new Date().toISOString()}","writeKey":"${key}"}` };
  }

  // A page parks its unsent events; another may adopt them once they are free.
  const park = (free) => disk && set(parked + page, queue.length ? `{"free":${free},"batch":[${queue}]}` : null);

  function adopt() {
    for (const name of disk ? names(localStorage, prefix + parked) : []) {
      const { free, batch } = JSON.parse(localStorage.getItem(name));
      const age = now() - free;
      if (age >= 0) localStorage.removeItem(name);
      if (age >= 0 && age < 6048e5) queue = batch.map((event) => JSON.stringify(event)).concat(queue).slice(-500);
    }
    wake();
  }

  async function send() {
    timer = clearTimeout(timer);
    if (sending || !granted || !queue.length) return;
    park(now() + 6e4);
    const { batch, body } = firstBatch();
    sending = batch;
    let after = 1;
    try {
      const keepalive = size(body) < 65e3;
      const answer = await fetch(base + "v1/batch", { method: "POST", body, keepalive, credentials: "omit" });
      const again = answer.status == 429 || answer.status > 499;
      after = again && (Math.min(answer.headers.get("Retry-After"), 300) || 1);
    } catch (offline) {}
    sending = null;
    if (!after) drop(batch);
    tries = after && tries + 1;
    const pause = after && Math.max(after, Math.min(tries * tries, 60)) * (1e3 + Math.random() * 250);
    park(now() + pause + 6e4);
    if (queue.length) timer = setTimeout(send, pause);
  }

  // A beacon's answer stays unseen: the next page repeats its events, the server counts them once.
  function leave() {
    view();
    park(now());
    page = newId();
    drop(sending || []);
    while (granted && queue.length) {
      const { batch, body } = firstBatch();
      if (!navigator.sendBeacon(`${base}beacon/v1/batch?writeKey=${key}`, body)) break;
      drop(batch);
    }
    if (disk) queue = [];
  }

  function view() {
    if (auto == "off" || href() == seen) return;
    if (seen) referrer = seen;
    seen = href();
    api.page();
  }

  const isObject = (value) => value && typeof value == "object";
  const isCallback = (value) => typeof value == "function";
  const api = {
    identify(id, traits, options) {
      if (isObject(id)) return api.identify("", id, traits);
      if (id) {
        // Another person at the same browser gets an anonymous id of their own.
        if (get("u") && get("u") != id) anonymousId(newId());
        set("u", id);
      }
      add("identify", { traits }, options);
    },
    track: (event, properties, options) => add("track", { event, properties }, options),
    page(...args) {
      const words = args.filter((arg) => typeof arg == "string");
      const [properties, options] = args.filter(isObject);
      add("page", { name: words.pop(), category: words.pop(), properties: Object.assign(place(), properties) }, options);
    },
    group: (groupId, traits, options) => add("group", { groupId, traits }, options),
    alias(userId, previousId, options) {
      previousId = previousId || get("u") || anonymousId();
      set("u", userId);
      add("alias", { previousId }, options);
    },
    reset() {
      set("u");
      set("s");
      anonymousId(newId());
    },
    consent(answer) {
      if (optedOut) return;
      preferences = Object.assign({}, preferences, isObject(answer) ? answer : { [consentCategory]: !!answer });
      if (wanted() === false) return refuse();
      if (wanted()) {
        if (!granted)
          queue = queue.map((text) => {
            const event = JSON.parse(text);
            event.context.consent = consentState();
            return JSON.stringify(event);
          });
        allow();
      }
      if (granted) set("c", JSON.stringify(preferences));
    },
    user: () => ({ id: () => get("u"), anonymousId }),
    setAnonymousId: anonymousId,
    ready() {},
    push: (...calls) => calls.forEach(([name, ...args]) => rapport[name](...args)),
  };

  // What a page calls never throws; functions among the arguments are called back.
  const rapport = {};
  for (const name in api)
    rapport[name] = safely((...args) => {
      args.filter(isCallback).forEach((callback) => setTimeout(callback));
      return api[name](...args.filter((arg) => !isCallback(arg))) || Promise.resolve();
    });

  const on = (name, work) => addEventListener(name, safely(work), true);
  const start = safely(() => {
    const saved = cookieless ? null : safely(() => localStorage.getItem(prefix + "c"))();
    if (saved) preferences = JSON.parse(saved);
    if (optedOut || wanted() === false) refuse();
    else if (wanted() || consent != "required") allow();

    window.rapport = rapport;
    rapport.push(...stub);
    view();

    const soon = () => setTimeout(safely(view), 50); // by then most routers have set the title
    for (const name of ["pushState", "replaceState"]) {
      const native = history[name];
      history[name] = function () {
        soon();
        return native.apply(this, arguments);
      };
    }
    on("popstate", soon);
    on("hashchange", soon);
    on("pagehide", leave);
    on("pageshow", (event) => {
      if (!event.persisted) return;
      seen = null;
      view();
      adopt();
    });
    on("visibilitychange", () => document.hidden && !tries && send());
  });
  if (document.prerendering) on("prerenderingchange", start);
  else start();
})();
