"""The ways in which a script of a page tries to store `track`, as scripts that may await.

`WAYS_ROUND` get round the guard: the documentation names them.
"""

NAME = "track"
WORKER = f"/{NAME}.js"

COOKIES = {
    "assignment": "document.cookie = 'track=1'",
    "blanks": "document.cookie = '  track  = 1; path=/'",
    "a lifetime": "document.cookie = 'track=1; max-age=1000; path=/'",
    "two lifetimes": "document.cookie = 'track=1; max-age=0; max-age=1000; path=/'",
    "a year that two readers read differently": (
        "document.cookie = 'track=1; expires=Thu, 01 Jan 60 00:00:00 GMT'"
    ),
    "with": "new Function(\"with (document) cookie = 'track=1'\")()",
    "eval": "eval(\"document.cookie = 'track=1'\")",
    "text timer": (
        "setTimeout(\"document.cookie = 'track=1'\"); await new Promise((r) => setTimeout(r))"
    ),
    "handler attribute": (
        "const b = document.createElement('b');"
        "b.setAttribute('onclick', \"document.cookie = 'track=1'\"); b.click()"
    ),
    "looked-up setter": "document.__lookupSetter__('cookie').call(document, 'track=1')",
    "descriptor": (
        "Object.getOwnPropertyDescriptor(Document.prototype, 'cookie')"
        ".set.call(document, 'track=1')"
    ),
    "Reflect.set": "Reflect.set(document, 'cookie', 'track=1')",
    "delete, then assign": "delete Document.prototype.cookie; document.cookie = 'track=1'",
    "an object's text": (
        "let n = 0; document.cookie = { toString: () => n++ ? 'track=1' : 'needed=1' }"
    ),
    "cookieStore, object": "await cookieStore.set({ name: 'track', value: '1' })",
    "cookieStore, arguments": "await cookieStore.set('track', '1')",
    "cookieStore, getter": (
        "let n = 0; await cookieStore.set("
        "{ get name() { return n++ ? 'track' : 'needed'; }, value: '1' })"
    ),
    "cookieStore, prototype": (
        "await CookieStore.prototype.set.call(cookieStore, { name: 'track', value: '1' })"
    ),
    "an undeclared name": "document.cookie = 'other=1'",
    "a name that is none": "document.cookie = '=track=1'",
    "a blank that belongs to the name": "document.cookie = '\\u00a0track=1'",
}
_FRAME = "const f = document.createElement('iframe'); document.body.append(f); "
_WRITES = ".document.cookie = 'track=1'"
_LOADS = (
    "const loaded = new Promise((r) => { f.onload = r; }); document.body.append(f); await loaded"
)
_SCRIPT = '"<script>localStorage.track = 1<\\/script>"'
FRAMES = {
    "contentWindow": f"{_FRAME} f.contentWindow{_WRITES}",
    "contentDocument": f"{_FRAME} f.contentDocument.cookie = 'track=1'",
    "frames": f"{_FRAME} frames[0]{_WRITES}",
    "appendChild": (
        f"document.body.appendChild(document.createElement('iframe')); frames[0]{_WRITES}"
    ),
    "insertBefore": (
        f"document.body.insertBefore(document.createElement('iframe'), null); window[0]{_WRITES}"
    ),
    "innerHTML": f"document.body.innerHTML = '<iframe></iframe>'; window[0]{_WRITES}",
    "outerHTML": (
        "const b = document.createElement('b'); document.body.append(b); "
        f"b.outerHTML = '<iframe></iframe>'; window[0]{_WRITES}"
    ),
    "insertAdjacentHTML": (
        f"document.body.insertAdjacentHTML('beforeend', '<iframe></iframe>'); window[0]{_WRITES}"
    ),
    "setHTMLUnsafe": f"document.body.setHTMLUnsafe('<iframe></iframe>'); window[0]{_WRITES}",
    "insertNode": (
        "const r = new Range(); r.selectNodeContents(document.body); "
        f"r.insertNode(document.createElement('iframe')); window[0]{_WRITES}"
    ),
    "a fragment": (
        "const f = document.createRange().createContextualFragment('<iframe></iframe>'); "
        f"document.body.append(f); window[0]{_WRITES}"
    ),
    "a frame in a frame": (
        f"{_FRAME} const d = f.contentDocument; d.body.append(d.createElement('iframe')); "
        f"f.contentWindow[0]{_WRITES}"
    ),
    "a frame in a shadow": (
        "const h = document.createElement('div'); document.body.append(h); "
        "const s = h.attachShadow({ mode: 'open' }); const f = document.createElement('iframe'); "
        f"s.append(f); f.contentWindow{_WRITES}"
    ),
    "a name of its own": (
        "document.body.insertAdjacentHTML('beforeend', '<iframe name=inner></iframe>'); "
        f"inner{_WRITES}"
    ),
    "srcdoc": (
        "const f = document.createElement('iframe'); "
        "f.srcdoc = \"<script>document.cookie = 'track=1'<\\/script>\"; " + _LOADS
    ),
    "javascript:": (
        "const f = document.createElement('iframe'); "
        "f.src = \"javascript:document.cookie = 'track=1'; parent.ran()\"; "
        "await new Promise((r) => { window.ran = r; document.body.append(f); })"
    ),
    "a blob": (
        "const f = document.createElement('iframe'); f.src = URL.createObjectURL(new Blob("
        "[\"<script>localStorage.track = 1<\\/script>\"], { type: 'text/html' })); " + _LOADS
    ),
    "a page of the site": (
        "const f = document.createElement('iframe'); f.src = '/writes'; " + _LOADS
    ),
    "a second page of the site": (
        "const f = document.createElement('iframe'); f.src = '/writes'; "
        "const load = () => new Promise((r) => { f.onload = r; }); let loaded = load(); "
        "document.body.append(f); await loaded; loaded = load(); f.src = '/writes?2'; await loaded"
    ),
    "an onload attribute": (
        "document.body.insertAdjacentHTML("
        "'beforeend', '<iframe onload=\"frames[0].document.cookie = `track=1`\"></iframe>')"
    ),
    "a script beside it": (
        "const s = document.createElement('script'); "
        f"s.textContent = 'frames[0]{_WRITES.replace(chr(39), chr(96))}'; "
        "document.body.append(document.createElement('iframe'), s)"
    ),
    "another body": (
        "const b = document.createElement('body'); b.append(document.createElement('iframe')); "
        f"document.body = b; frames[0]{_WRITES}"
    ),
    "a table's caption": (
        "const t = document.createElement('table'); document.body.append(t); "
        "const c = document.createElement('caption'); c.append(document.createElement('iframe')); "
        f"t.caption = c; frames[0]{_WRITES}"
    ),
    "a custom element": (
        "customElements.define('x-x', class extends HTMLElement { "
        f"connectedCallback() {{ frames[0]{_WRITES}; }} }}); "
        "document.body.setHTMLUnsafe('<iframe></iframe><x-x></x-x>')"
    ),
    "a page that is to come": (
        "const f = document.createElement('iframe'); f.src = '/empty'; "
        f"document.body.append(f); frames[0]{_WRITES}"
    ),
    "an empty page after another": (
        "const f = document.createElement('iframe'); f.src = '/empty'; "
        "const load = () => new Promise((r) => { f.onload = r; }); let loaded = load(); "
        "document.body.append(f); await loaded; loaded = load(); f.src = 'about:blank'; "
        f"await loaded; frames[0]{_WRITES}"
    ),
    "a frameset": (
        "const f = document.createElement('iframe'); "
        f"f.srcdoc = '<frameset><frame></frameset>'; {_LOADS}; f.contentWindow[0]{_WRITES}"
    ),
    "a cookieStore": f"{_FRAME} await f.contentWindow.cookieStore.set('track', '1')",
    "a localStorage": f"{_FRAME} f.contentWindow.localStorage.track = '1'",
    "a popup": f"const w = open('about:blank'); w{_WRITES}",
}
WAYS_ROUND = {
    "srcdoc in a shadow": (
        "const h = document.createElement('div'); document.body.append(h); "
        "const f = document.createElement('iframe'); "
        f"f.srcdoc = {_SCRIPT}; h.attachShadow({{ mode: 'open' }}).append(f)"
    ),
    "a second srcdoc": (
        f"const f = document.createElement('iframe'); f.srcdoc = 'x'; {_LOADS}; "
        f"f.srcdoc = {_SCRIPT}"
    ),
    "a blob in a popup without an opener": (
        f"open(URL.createObjectURL(new Blob([{_SCRIPT}], {{ type: 'text/html' }})), "
        "'_blank', 'noopener')"
    ),
    "SVG by itself": "location = '/drawing.svg'",
}
_OPEN = (
    "const opened = {0}.open('track'); "
    "await new Promise((r) => {{ opened.onsuccess = opened.onerror = r; }})"
)
_SET = "Object.getOwnPropertyDescriptor(window, 'localStorage').get.call(window)"
_WORKER = (
    "try { indexedDB.open('track').onsuccess = () => postMessage(1); } catch { postMessage(0); }"
)
STORAGES = {
    "setItem": "localStorage.setItem('track', '1')",
    "property": "localStorage.track = '1'",
    "brackets": "localStorage['track'] = '1'",
    "defineProperty": "Object.defineProperty(localStorage, 'track', { value: '1' })",
    "Reflect.set": "Reflect.set(localStorage, 'track', '1')",
    "Object.assign": "Object.assign(localStorage, { track: '1' })",
    "prototype": "Storage.prototype.setItem.call(localStorage, 'track', '1')",
    "getter": f"({_SET}).track = '1'",
    "sessionStorage": "sessionStorage.track = '1'",
    "sessionStorage, setItem": "sessionStorage.setItem('track', '1')",
    "storageArea": (
        f"{_FRAME} const told = new Promise((r) => {{ f.contentWindow.addEventListener("
        "'storage', r); }); localStorage.setItem('needed', Math.random()); "
        "(await told).storageArea.track = '1'"
    ),
    "indexedDB": _OPEN.format("indexedDB"),
    "indexedDB, prototype": (
        "const opened = IDBFactory.prototype.open.call(indexedDB, 'track'); "
        "await new Promise((r) => { opened.onsuccess = opened.onerror = r; })"
    ),
    "caches": "await caches.open('track')",
    "a bucket": "await navigator.storageBuckets.open('track')",
    "a file": (
        "await (await navigator.storage.getDirectory()).getFileHandle('track', { create: true })"
    ),
    "a folder": (
        "await (await navigator.storage.getDirectory()).getDirectoryHandle("
        "'track', { create: true })"
    ),
    "a file that is renamed": (
        "const root = await navigator.storage.getDirectory(); "
        "const file = await root.getFileHandle('needed', { create: true }); "
        "try { await file.move('track'); } catch { await root.removeEntry('needed'); }"
    ),
    "Chromium's older file system": (
        "await new Promise((done, fail) => webkitRequestFileSystem(TEMPORARY, 1024, "
        "({ root }) => root.getFile('track', { create: true }, done, fail), fail))"
    ),
    "a service worker": f"await navigator.serviceWorker.register('{WORKER}')",
    "a worker's database": (
        "const w = new Worker('/worker.js'); await new Promise((r) => { w.onmessage = r; })"
    ),
    "a shared worker's database": (
        "const w = new SharedWorker('/shared.js'); "
        "await new Promise((r) => { w.port.onmessage = r; })"
    ),
    "a module worker's cache": (
        "const w = new Worker('/module.js', { type: 'module' }); "
        "await new Promise((r) => { w.onmessage = r; })"
    ),
    "a database of a blob's worker": (
        f'const text = "{_WORKER}"; const w = new Worker(URL.createObjectURL(new Blob([text]))); '
        "await new Promise((r) => { w.onmessage = r; })"
    ),
    "a cache of a blob's module": (
        "const text = \"await caches.open('track').catch(String); postMessage(1); export {}\"; "
        "const w = new Worker(URL.createObjectURL(new Blob([text], { type: 'text/javascript' })), "
        "{ type: 'module' }); await new Promise((r) => { w.onmessage = r; })"
    ),
    "a worker of a worker of a file": (
        "const w = new Worker('/nest.js'); await new Promise((r) => { w.onmessage = r; })"
    ),
}

WAYS = {
    f"{group}: {name}": way
    for group, ways in (("cookie", COOKIES), ("frame", FRAMES), ("storage", STORAGES))
    for name, way in ways.items()
}
