// Stops scripts of the page from storing what the visitor does not allow. It is one layer: the
// documentation names what passes by it, and what holds that.
const noted = new Set();
let waiting = [];
const send = () => {
  if (waiting[0]) navigator.sendBeacon(`${pages}guard`, waiting.join("\n"));
  waiting = [];
};
note = (kind, name) => {
  const line = `${kind} ${name.slice(0, 64)}`;
  if (noted.has(line) || noted.size > 99) return;
  noted.add(line);
  if (waiting.push(line) < 2) setTimeout(send, 1000);
};
addEventListener("pagehide", send);

const proxies = new WeakMap();
const reals = new WeakMap();
const hookWritten = (realm) => {
  hook(realm.Document.prototype, "cookie", (set, self, [value]) => {
    let text = `${value}`;
    const name = /^[^;=]*(?==)/.exec(text)?.[0].trim() || "";
    const isGone = /;\s*(max-age=[0-]|expires=[^;]*19[67])/i.test(text);
    // The last Max-Age counts, so that this deletes, whatever the rest is.
    if (isGone) text += ";max-age=0";
    if (isGone || may("cookie", name)) apply(set, self, [text]);
  }, "set");
  for (const kind of ["local_storage", "session_storage"]) {
    const area = kind.replace("_s", "S");
    hook(realm, area, (get, self) => {
      const real = apply(get, self ?? realm, []);
      if (!proxies.has(real)) {
        const write = (_, key, found) => !may(kind, String(key)) || define(real, key, found);
        const proxy = new Proxy(real, {
          get: (_, key) => real[key],
          set: (_, key, value) => write(_, key, { value, configurable: true }),
          defineProperty: write,
        });
        proxies.set(real, proxy);
        for (const one of [real, proxy]) reals.set(one, [real, kind]);
      }
      return proxies.get(real);
    }, "get");
    try { void realm[area]; } catch { /* a sandbox has none */ }
  }
  for (const method of ["getItem", "setItem", "removeItem", "clear", "key"]) {
    hook(realm.Storage.prototype, method, (call, self, args) => {
      const [real, kind] = reals.get(self) || [self];
      if (method !== "setItem" || may(kind, args[0] = `${args[0]}`)) return apply(call, real, args);
    });
  }
  hook(realm.StorageEvent.prototype, "storageArea", (get, self) => {
    const real = apply(get, self, []);
    return proxies.get(real) || real;
  }, "get");
};

// A fresh frame has methods of its own: they are hooked in the task in which the frame appears.
const MARK = Symbol.for("consentgate");
const INSERTS = /^(append|prepend|insert|replace|move|before|after|write|execC|surround|setHTML|...erHTML)/;
const reach = (realm) => { for (let i = 0; i < realm.length; i++) enter(realm[i]); };
const watch = (realm) => {
  new MutationObserver(() => reach(realm))
    .observe(realm.document, { childList: true, subtree: true });
  reach(realm);
};
const hookFrames = (realm) => {
  const then = (go) => (call, self, args) => {
    const result = apply(call, self ?? realm, args);
    go(result);
    return result;
  };
  for (const type of ["Node", "Element", "CharacterData", "DocumentType", "Document",
    "DocumentFragment", "ShadowRoot", "Range"]) {
    const target = realm[type].prototype;
    for (const name of Object.keys(target).filter((one) => INSERTS.test(one))) {
      for (const part of ["value", "set"]) hook(target, name, then(() => reach(realm)), part);
    }
  }
  for (const type of ["IFrame", "Frame", "Object"]) {
    for (const name of ["contentWindow", "contentDocument"]) {
      hook(realm[`HTML${type}Element`]?.prototype, name, then(enter), "get");
    }
  }
  hook(realm, "open", then(enter));
  watch(realm);
};

// A window, or the document of one.
const enter = (found) => {
  try {
    const realm = found.defaultView || found;
    if (realm[MARK]) return;
    define(realm, MARK, { value: 1 });
    hookStorages(realm);
    hookWritten(realm);
    hookFrames(realm);
  } catch { /* of another origin, or none */ }
};
// A frame's first document has the window that its parent went into already.
if (window[MARK]) watch(window);
else enter(window);

// What was refused and is there nevertheless is removed by a module that only then is loaded.
const sweep = async () => {
  if (!Object.values(states).includes("refused")) return;
  const { sweepAll } = await import(`${pages}static/${POLICY.sweep}`);
  await sweepAll((kind, name) => {
    const rule = ruleOf(kind, name);
    return !isGranted(rule) && rule?.[1].some((one) => states[one] === "refused");
  });
};
listeners.add(sweep);
sweep();
