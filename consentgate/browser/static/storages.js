// What may be written: POLICY.rules has the patterns of names in the order in which they count.
const ruleOf = (kind, name) => (
  POLICY.rules[kind]?.find(([pattern]) => new RegExp(pattern, "su").test(name))
);
const isGranted = (rule) => rule?.[1].every(
  (one) => states[one] === "granted" || (rule[2] && states[one] !== "refused"),
);
let note = () => {};
const may = (kind, name) => {
  const rule = ruleOf(kind, name);
  if (isGranted(rule)) return true;
  note(kind, name);
  return !POLICY.enforces || !(rule || POLICY.strict);
};

// Calls `apply` in the place of a method, or of the part "get" or "set" of an accessor.
const hook = (target, name, apply, part = "value") => {
  const found = target && find(target, name);
  if (found?.[part]) {
    define(target, name, { ...found, [part]: new Proxy(found[part], { apply }) });
  }
};

// What is stored by name in a page or a worker.
const hookStorages = (realm) => {
  const refusal = () => new DOMException("no consent", "SecurityError");
  const hookType = (type, ...how) => hook(realm[type]?.prototype, ...how);

  for (const [type, method, kind] of [
    ["IDBFactory", "open", "indexed_db"],
    ["CacheStorage", "open", "cache_storage"],
    ["StorageBucketManager", "open", "storage_bucket"],
    ["ServiceWorkerContainer", "register", "service_worker"],
  ]) {
    hookType(type, method, (open, self, args) => {
      if (!realm.trustedTypes?.isScriptURL(args[0])) args[0] = `${args[0]}`;
      const isWorker = method === "register";
      const name = isWorker ? new URL(args[0], realm.document?.baseURI).pathname : args[0];
      if (may(kind, name)) return apply(open, self, args);
      if (kind === "indexed_db") throw refusal();
      return Promise.reject(refusal());
    });
  }
  // A folder that the visitor picked is not in the root of the site's private files.
  for (const method of ["getFileHandle", "getDirectoryHandle"]) {
    hookType("FileSystemDirectoryHandle", method, async (open, self, args) => {
      args = [`${args[0]}`, { ...args[1] }];
      if (args[1].create && await (await realm.navigator.storage.getDirectory()).resolve(self)
        && !may("private_file", args[0])) throw refusal();
      return apply(open, self, args);
    });
  }
  hookType("CookieStore", "set", async (set, self, args) => {
    const one = args.length > 1 ? { name: args[0], value: args[1] } : { ...args[0] };
    one.name = `${one.name}`.trim();
    return may("cookie", one.name) ? apply(set, self, [one]) : undefined;
  });
};
