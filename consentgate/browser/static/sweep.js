// What the guard loads once there is something to remove or to report.

// Removes by name what the visitor refused and what is there nevertheless: the rest stays.
const pathOf = ({ active, waiting, installing }) => (
  new URL((active || waiting || installing).scriptURL).pathname
);
const areaOf = (area) => [async () => Object.keys(area()), (name) => area().removeItem(name)];
const files = () => navigator.storage.getDirectory();
const workers = () => navigator.serviceWorker.getRegistrations();

const PLACES = {
  local_storage: areaOf(() => localStorage),
  session_storage: areaOf(() => sessionStorage),
  indexed_db: [
    async () => (await indexedDB.databases()).map(({ name }) => name),
    (name) => { indexedDB.deleteDatabase(name); },
  ],
  cache_storage: [() => caches.keys(), (name) => caches.delete(name)],
  storage_bucket: [
    () => navigator.storageBuckets.keys(), (name) => navigator.storageBuckets.delete(name),
  ],
  private_file: [
    async () => {
      const names = [];
      for await (const name of (await files()).keys()) names.push(name);
      return names;
    },
    async (name) => (await files()).removeEntry(name, { recursive: true }),
  ],
  service_worker: [
    async () => (await workers()).map(pathOf),
    async (name) => {
      for (const one of await workers()) if (pathOf(one) === name) await one.unregister();
    },
  ],
};

export const sweepAll = async (isRefused) => {
  for (const [kind, [namesOf, remove]] of Object.entries(PLACES)) {
    try {
      for (const name of await namesOf()) if (isRefused(kind, name)) await remove(name);
    } catch { /* the browser has none of that kind, or none for this page */ }
  }
};

// Reports a kind and a name, once in a page, with what else there is within a second.
const noted = new Set();
let waiting = [];
let address;
const send = () => {
  if (waiting[0]) navigator.sendBeacon(address, waiting.join("\n"));
  waiting = [];
};
addEventListener("pagehide", send);

export const report = (to, kind, name) => {
  const line = `${kind} ${name.slice(0, 64)}`;
  if (noted.has(line) || noted.size > 99) return;
  address = to;
  noted.add(line);
  if (waiting.push(line) < 2) setTimeout(send, 1000);
};
