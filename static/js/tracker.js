// Rapport's tracker. Its settings are the data- attributes of its script tag.
(function () {
  "use strict";
  const stub = window.rapport || {}; // early calls, or an element
  const script = document.currentScript || document.querySelector("script[data-key][src*=rapport]");
  if (!script || !script.src || stub.identify) return;

  const { key, mode, consent, consentCategory = "analytics", dnt, auto, hash, cookieDomain } = script.dataset;
  const base = new URL(".", script.src);
  const prefix = "rapport.";
  const parked = `q.${key}.`;
  const cookieless = mode == "cookieless";
  const optedOut = dnt != "ignore" && (navigator.doNotTrack == 1 || navigator.globalPrivacyControl);

  let granted = null; // null: wait for consent in memory
  let disk = false; // may browser storage be used?
  let memory = {};
  let queue = [];
  let tries = 0;
  let preferences, sending, timer, seen, left;
  let referrer = document.referrer;

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

  // "s" is the session, which belongs to the tab.
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
    // Nobody will ask again, so the refusal outlives the page.
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
    const sessionStart = !(Date.now() - last < 18e5) || undefined;
    const sessionId = sessionStart ? Date.now() : +id;
    set("s", `${sessionId},${Date.now()}`);
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
    const { width, height } = screen;
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
      screen: { width, height },
      timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      userAgent: navigator.userAgent,
    });
  }

  function add(type, fields, options) {
    if (granted === false) return;
    const event = { type, messageId: newId(), timestamp: new Date(), anonymousId: anonymousId(), userId: get("u") };
    Object.assign(event, fields, options, { context: Object.assign(context(), options && options.context) });
    keep(queue.concat(JSON.parse(JSON.stringify(event)))); // a copy: the page may change its objects
    if (left) leave();
    else if ((queue.length > 9 || document.hidden) && !tries) send();
  }

  function keep(events) {
    queue = events.slice(-500);
    if (!timer && !sending) timer = setTimeout(send, 300);
  }

  const size = (text) => new Blob([text]).size;
  const drop = (batch) => (queue = queue.filter((event) => !batch.includes(event)));

  // What fits a request that may outlive its page (64 kB).
  function firstBatch() {
    let total = 0;
    const batch = queue.filter((event, n) => (total += size(JSON.stringify(event))) < 6e4 || !n);
    return { batch, body: JSON.stringify({ batch, sentAt: new Date(), writeKey: key }) };
  }

  // A page parks its unsent events; another may adopt them once they are free.
  const park = (free) => disk && set(parked + page, queue[0] ? JSON.stringify({ free, batch: queue }) : null);

  function adopt() {
    for (const name of disk ? names(localStorage, prefix + parked) : []) {
      const { free, batch } = JSON.parse(localStorage.getItem(name));
      const age = Date.now() - free;
      if (age >= 0) localStorage.removeItem(name);
      if (age >= 0 && age < 6048e5) queue = batch.concat(queue);
    }
    keep(queue);
  }

  async function send() {
    timer = clearTimeout(timer);
    if (sending || !granted || !queue.length) return;
    park(Date.now() + 6e4);
    const { batch, body } = firstBatch();
    sending = batch;
    let after = 1;
    try {
      const { status, headers } = await fetch(base + "v1/batch", { method: "POST", body, keepalive: size(body) < 64e3 });
      after = (status == 429 || status > 499) && (Math.min(headers.get("Retry-After"), 300) || 1);
    } catch (offline) {}
    sending = null;
    if (!after) drop(batch);
    tries = after && tries + 1;
    const pause = after && Math.max(after, Math.min(tries * tries, 60)) * (1e3 + Math.random() * 250);
    park(Date.now() + pause + 6e4);
    if (queue.length) timer = setTimeout(send, pause);
  }

  // No one sees a beacon's answer: the next page repeats its events, the server counts them once.
  function leave() {
    left = true;
    view();
    park(Date.now());
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
  const api = {
    identify(id, traits, options) {
      if (isObject(id)) return api.identify("", id, traits);
      if (id) {
        // Another person at the same browser.
        if (get("u") && get("u") != id) anonymousId(newId());
        set("u", id);
      }
      add("identify", { traits }, options);
    },
    track: (event, properties, options) => add("track", { event, properties }, options),
    page(...args) {
      const words = args.filter((arg) => typeof arg == "string");
      const [properties, options] = args.filter(isObject);
      const [name, category] = words.reverse();
      add("page", { name, category, properties: Object.assign(place(), properties) }, options);
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
        if (!granted) queue.forEach((event) => (event.context.consent = consentState()));
        allow();
      }
      if (granted) set("c", JSON.stringify(preferences));
    },
    user: () => ({ id: () => get("u"), anonymousId }),
    setAnonymousId: anonymousId,
    ready() {},
    push: (...calls) => calls.forEach(safely(([name, ...args]) => rapport[name](...args))),
  };

  // Functions among the arguments are called back.
  const rapport = {};
  for (const name in api)
    rapport[name] = safely((...args) => {
      const rest = args.filter((arg) => typeof arg != "function" || !setTimeout(arg));
      return api[name](...rest) || Promise.resolve();
    });

  const on = (name, work) => addEventListener(name, safely(work), true);
  const start = safely(() => {
    const saved = cookieless ? null : safely(() => localStorage.getItem(prefix + "c"))();
    if (saved) preferences = JSON.parse(saved);
    if (optedOut || wanted() === false) refuse();
    else if (wanted() || consent != "required") allow();

    window.rapport = rapport;
    if (stub.length) rapport.push(...stub);
    view();

    const soon = () => setTimeout(safely(view), 50);
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
      seen = left = null;
      view();
      adopt();
    });
    on("visibilitychange", () => document.hidden && !tries && send());
  });
  if (document.prerendering) on("prerenderingchange", start);
  else start();
})();
