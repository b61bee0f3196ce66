// What may be stored by name, in a page or a worker. The text of this function goes before the
// scripts of workers, so that it knows nothing but what it is given.
function guardStorages(POLICY, states, note = () => {}) {
  const { apply, construct, getOwnPropertyDescriptor: find, defineProperty: define } = Reflect;
  // POLICY.rules has the patterns of names in the order in which they count.
  const ruleOf = (kind, name) => (
    POLICY.rules[kind]?.find(([pattern]) => new RegExp(pattern, "su").test(name))
  );
  const isGranted = (rule) => rule?.[1].every(
    (one) => states[one] === "granted" || (rule[2] && states[one] !== "refused"),
  );
  const may = (kind, name) => {
    const rule = ruleOf(kind, name);
    if (isGranted(rule)) return true;
    note(kind, name);
    return !POLICY.enforces || !(rule || POLICY.strict);
  };

  // Calls a trap in the place of a method, of a setter, or of a getter that has none beside it.
  const hook = (target, name, trap, on = "apply") => {
    const found = target && find(target, name);
    const part = ["value", "set", "get"].find((one) => found?.[one]);
    if (part) define(target, name, { ...found, [part]: new Proxy(found[part], { [on]: trap }) });
  };

  const hookStorages = (realm) => {
    const hookType = (type, ...how) => hook(realm[type]?.prototype, ...how);
    const only = (kind, nameOf) => (call, self, args) => {
      if (!may(kind, nameOf(args, self))) throw new DOMException("no consent", "SecurityError");
      return apply(call, self, args);
    };
    const later = (kind, nameOf) => async (...call) => only(kind, nameOf)(...call);
    const isTrusted = (one) => realm.trustedTypes?.isScriptURL(one);
    const first = (args) => args[0] = `${args[0]}`;

    hookType("IDBFactory", "open", only("indexed_db", first));
    hookType("CacheStorage", "open", later("cache_storage", first));
    hookType("StorageBucketManager", "open", later("storage_bucket", first));
    hookType("ServiceWorkerContainer", "register", later("service_worker", (args) => {
      if (!isTrusted(args[0])) first(args);
      return new URL(args[0], realm.document?.baseURI).pathname;
    }));
    // A folder that the visitor picked is not in the root of the site's private files.
    for (const method of ["getFileHandle", "getDirectoryHandle"]) {
      hookType("FileSystemDirectoryHandle", method, async (open, self, [name, options]) => {
        const args = [`${name}`, { ...options }];
        const isOwn = args[1].create
          && await (await realm.navigator.storage.getDirectory()).resolve(self);
        return isOwn ? only("private_file", first)(open, self, args) : apply(open, self, args);
      });
    }
    hookType("FileSystemFileHandle", "move", later("private_file", (args, self) => (
      args.at(-1).kind ? self.name : `${args.at(-1)}`
    )));
    // The files of Chromium's older interface have paths: its own name counts for all of them.
    for (const name of ["webkitRequestFileSystem", "webkitRequestFileSystemSync"]) {
      hook(realm, name, only("private_file", () => name));
    }
    hookType("CookieStore", "set", async (set, self, args) => {
      const one = args.length > 1 ? { name: args[0], value: args[1] } : { ...args[0] };
      one.name = `${one.name}`.trim();
      return may("cookie", one.name) ? apply(set, self, [one]) : undefined;
    });

    // A worker of a blob has no answer that the server could put this text in front of.
    const blobs = {};
    hook(realm.URL, "createObjectURL", (create, self, args) => {
      const address = apply(create, self, args);
      [blobs[address]] = args;
      return address;
    });
    hook(realm.URL, "revokeObjectURL", (revoke, self, args) => {
      delete blobs[args[0]];
      apply(revoke, self, args);
    });
    for (const type of ["Worker", "SharedWorker"]) {
      hook(realm, type, (Type, args, made) => {
        const blob = !isTrusted(args[0]) && blobs[args[0]];
        if (blob) {
          const known = JSON.stringify([POLICY, states]);
          const text = `(${guardStorages})(...${known}).hookStorages(self);`;
          // The second argument is for its type, without which no module runs.
          args[0] = URL.createObjectURL(new Blob([text, blob], blob));
        }
        return construct(Type, args, made);
      }, "construct");
    }
  };
  return { ruleOf, isGranted, may, hook, hookStorages };
}
