// Stops scripts of the page from storing what the visitor does not allow. It is one layer: the
// documentation names what passes by it, and what holds that.

// What there is to report or to remove is done by a module that only then is loaded.
const later = (go) => import(`${pages}static/${POLICY.sweep}`).then(go, () => {});
const note = (...found) => later(({ report }) => report(`${pages}guard`, ...found));
const { ruleOf, isGranted, may, hook, hookStorages } = guardStorages(POLICY, states, note);

const proxies = new WeakMap();
const reals = new WeakMap();
const hookWritten = (realm) => {
  hook(realm.Document.prototype, "cookie", (set, self, [value]) => {
    let text = `${value}`;
    const name = /^[ \t]*([^;=]*?)[ \t]*=/.exec(text)?.[1] || "";
    const isGone = /;\s*(max-age=[0-]|expires=[^;]*19[67])/i.test(text);
    // The last Max-Age counts, so that this deletes, whatever the rest is.
    if (isGone) text += ";max-age=0";
    if (isGone || may("cookie", name)) apply(set, self, [text]);
  });
  for (const kind of ["local_storage", "session_storage"]) {
    const area = kind.replace("_s", "S");
    hook(realm, area, (get, self) => {
      const real = apply(get, self, []);
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
    });
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
  });
};

// A fresh frame has methods of its own: they are hooked in the task in which the frame appears.
const MARK = Symbol.for("consentgate");
const SHOWS = /^(app|prep|ins|rep|move|bef|aft|wri|exec|surr|setH|...erH|content[WD])/;
const reach = (realm) => { for (let i = 0; i < realm.length; i++) enter(realm[i]); };
const watch = (realm) => {
  const again = () => reach(realm);
  new MutationObserver(again).observe(realm.document, { childList: true, subtree: true });
  // An empty frame loads while it is put in, before anything else runs.
  realm.document.addEventListener("load", again, true);
  again();
};
const hookFrames = (realm) => {
  const trap = (call, self, args) => {
    const result = apply(call, self, args);
    reach(realm);
    enter(result);
    return result;
  };
  for (const type of ["Node", "Element", "CharacterData", "DocumentType", "Document", "Range",
    "HTMLIFrameElement", "HTMLFrameElement", "HTMLObjectElement"]) {
    const target = realm[type].prototype;
    for (const name in target) if (SHOWS.test(name)) hook(target, name, trap);
  }
  hook(realm, "open", trap);
};

// A window, or the document of one. The first document that a frame loads takes the window over.
const isNew = (one) => !one[MARK] && define(one, MARK, { value: 1 });
const enter = (found) => {
  try {
    const realm = found.defaultView || found;
    if (!isNew(realm.document)) return;
    if (isNew(realm)) {
      hookStorages(realm);
      hookWritten(realm);
      hookFrames(realm);
    }
    watch(realm);
  } catch { /* of another origin, or none */ }
};
enter(window);

// What was refused and is there nevertheless is removed.
const sweep = () => {
  if (Object.values(states).includes("refused")) later(({ sweepAll }) => sweepAll((...one) => {
    const rule = ruleOf(...one);
    return !isGranted(rule) && rule?.[1].some((name) => states[name] === "refused");
  }));
};
listeners.add(sweep);
sweep();
