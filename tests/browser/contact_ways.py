"""The ways in which a page contacts a third party; each asks for a path of its own.

The name of a way is that path, with its ending for what it is answered. In markup and headers `%s`
is the third party's origin and `%k` a word that no other element has; in scripts they are `site`
and `key`.
"""

from __future__ import annotations

MARKUP = {
    # First: what is fetched later shares a quota with the frames of the page.
    "later": "<script>fetchLater('%s/later', {activateAfter: 0})</script>",
    "script.js": '<script src="%s/script.js"></script>',
    "async.js": '<script async src="%s/async.js"></script>',
    "defer.js": '<script defer src="%s/defer.js"></script>',
    "module.js": '<script type="module" src="%s/module.js"></script>',
    "static.js": '<script type="module">import "%s/static.js"</script>',
    "mapped.js": (
        '<script type="importmap">{"imports": {"%k": "%s/mapped.js"}}</script>'
        '<script type="module">import("%k").catch(String)</script>'
    ),
    "data-script.js": (
        "<script src=\"data:text/javascript,import('%s/data-script.js').catch(String)\"></script>"
    ),
    "written.js": "<script>document.write('<script src=%s/written.js></'+'script>')</script>",
    "svg-script.js": '<svg><script href="%s/svg-script.js"></script></svg>',
    "redirect.js": '<script src="/to?%s/redirect.js"></script>',
    "img.svg": '<img alt="" src="%s/img.svg">',
    "srcset.svg": '<img alt="" srcset="%s/srcset.svg 1x">',
    "picture.svg": '<picture><source srcset="%s/picture.svg"><img alt="" src="data:,"></picture>',
    "lazy.svg": '<img alt="" loading="lazy" src="%s/lazy.svg">',
    "error.svg": (
        '<img alt="" src="data:," onerror="this.onerror = null; this.src = \'%s/error.svg\'">'
    ),
    "redirect.svg": '<img alt="" src="/to?%s/redirect.svg">',
    "input.svg": '<input type="image" alt="" src="%s/input.svg">',
    "table.svg": '<table background="%s/table.svg"><tr><td>x</table>',
    "poster.svg": '<video poster="%s/poster.svg"></video>',
    "svg-image.svg": '<svg><image href="%s/svg-image.svg"/></svg>',
    "svg-xlink.svg": '<svg><image xlink:href="%s/svg-xlink.svg"/></svg>',
    "svg-filter.svg": (
        '<svg><filter id="%k"><feImage href="%s/svg-filter.svg"/></filter>'
        '<rect width="5" height="5" filter="url(#%k)"/></svg>'
    ),
    "video": '<video src="%s/video" preload="auto"></video>',
    "source": '<video preload="auto"><source src="%s/source"></video>',
    "audio": '<audio src="%s/audio" preload="auto"></audio>',
    "track": (
        '<video crossorigin src="data:,"><track default kind="subtitles" src="%s/track"></video>'
    ),
    "style.css": '<link rel="stylesheet" href="%s/style.css">',
    "print.css": '<link rel="stylesheet" media="print" href="%s/print.css">',
    "alternate.css": '<link rel="alternate stylesheet" title="%k" href="%s/alternate.css">',
    "import.css": '<style>@import "%s/import.css";</style>',
    "layer.css": '<style>@import url("%s/layer.css") layer(%k);</style>',
    "svg-import.css": '<svg><style>@import "%s/svg-import.css";</style></svg>',
    "own-sheet.svg": (
        '<link rel="stylesheet" href="/echo.css?%s/own-sheet.svg"><p title="%s/own-sheet.svg">x</p>'
    ),
    "data-sheet.svg": (
        '<link rel="stylesheet" href="data:text/css,.%k{background:url(%s/data-sheet.svg)}">'
        '<p class="%k">x</p>'
    ),
    "url.svg": '<p style="background: url(%s/url.svg)">x</p>',
    "variable.svg": '<p style="--%k: url(%s/variable.svg); background: var(--%k)">x</p>',
    "image-set.svg": "<p style=\"background: image-set('%s/image-set.svg' 1x)\">x</p>",
    "fade.svg": (
        '<p style="background: -webkit-cross-fade(url(%s/fade.svg), url(data:,), 5%)">x</p>'
    ),
    "border.svg": '<p style="border: 5px solid; border-image-source: url(%s/border.svg)">x</p>',
    "list.svg": '<li style="list-style-image: url(%s/list.svg)">x</li>',
    "mask.svg": '<p style="mask-image: url(%s/mask.svg)">x</p>',
    "clip.svg": '<p style="clip-path: url(%s/clip.svg#a)">x</p>',
    "shape.svg": '<p style="float: left; width: 9px; shape-outside: url(%s/shape.svg)">x</p>',
    "content.svg": (
        '<style>.b%k::before { content: url("%s/content.svg") }</style><b class="b%k">x</b>'
    ),
    "font": (
        '<style>@font-face { font-family: %k; src: url("%s/font") }</style>'
        '<p style="font-family: %k">text</p>'
    ),
    "frame.html": '<iframe src="%s/frame.html"></iframe>',
    "lazy.html": '<iframe loading="lazy" src="%s/lazy.html"></iframe>',
    "redirect.html": '<iframe src="/to?%s/redirect.html"></iframe>',
    "javascript.html": "<iframe src=\"javascript:location = '%s/javascript.html'\"></iframe>",
    "refresh.html": (
        "<iframe srcdoc='<meta http-equiv=refresh content=\"0;url=%s/refresh.html\">'></iframe>"
    ),
    "frameset.html": (
        "<iframe srcdoc='<frameset><frame src=\"%s/frameset.html\"></frameset>'></iframe>"
    ),
    "srcdoc.svg": "<iframe srcdoc='<img src=\"%s/srcdoc.svg\">'></iframe>",
    "srcdoc-base.svg": (
        '<iframe srcdoc=\'<base href="%s/"><img src="srcdoc-base.svg">\'></iframe>'
    ),
    "sandbox.svg": "<iframe sandbox srcdoc='<img src=\"%s/sandbox.svg\">'></iframe>",
    "data-frame.svg": '<iframe src="data:text/html,<img src=%s/data-frame.svg>"></iframe>',
    "svg-frame.svg": '<iframe src="/echo.svg?%s/svg-frame.svg"></iframe>',
    "svg-object.svg": ('<object data="/echo.svg?%s/svg-object.svg" type="image/svg+xml"></object>'),
    "xhtml.svg": '<iframe src="/echo.xhtml?%s/xhtml.svg"></iframe>',
    "xml.css": '<iframe src="/echo.xml?%s/xml.css"></iframe>',
    "object.html": '<object data="%s/object.html" type="text/html"></object>',
    "object.svg": '<object data="%s/object.svg" type="image/svg+xml"></object>',
    "embed.html": '<embed src="%s/embed.html" type="text/html">',
    "embed.svg": '<embed src="%s/embed.svg" type="image/svg+xml">',
    "modulepreload.js": '<link rel="modulepreload" href="%s/modulepreload.js">',
    "preload.js": '<link rel="preload" as="script" href="%s/preload.js">',
    "preload.css": '<link rel="preload" as="style" href="%s/preload.css">',
    "preload.svg": '<link rel="preload" as="image" href="%s/preload.svg">',
    "preload-set.svg": '<link rel="preload" as="image" imagesrcset="%s/preload-set.svg 1x">',
    "preload-font": '<link rel="preload" as="font" crossorigin href="%s/preload-font">',
    "preload-fetch": '<link rel="preload" as="fetch" crossorigin href="%s/preload-fetch">',
    "prefetch": '<link rel="prefetch" href="%s/prefetch">',
    "dictionary": '<link rel="compression-dictionary" href="%s/dictionary">',
    "form": '<iframe name="%k"></iframe><form target="%k" action="%s/form"></form>',
    "ping": '<a href="#x" ping="%s/ping">x</a>',
}

# Browsers may contact the host of a link with any of these, this Chromium of none.
RELATIONS = (
    *("alternate", "apple-touch-icon", "author", "canonical", "dns-prefetch", "expect", "help"),
    *("icon", "import", "license", "manifest", "mask-icon", "monetization", "next", "payment"),
    *("pingback", "privacy-policy", "search", "shortlink", "subresource", "terms-of-service"),
)

SCRIPTS = {
    "fetch": "fetch(`${site}/fetch`, {mode: 'no-cors'}).catch(String)",
    "keepalive": (
        "fetch(`${site}/keepalive`, {mode: 'no-cors', method: 'POST', keepalive: true})"
        ".catch(String)"
    ),
    "xhr": "x = new XMLHttpRequest(); x.open('GET', `${site}/xhr`); x.send()",
    "beacon": "navigator.sendBeacon(`${site}/beacon`, 'x')",
    "source.events": "new EventSource(`${site}/source.events`)",
    "websocket": "new WebSocket(`${site.replace('http', 'ws')}/websocket`)",
    "stream": "new WebSocketStream(`${site.replace('http', 'ws')}/stream`).opened.catch(String)",
    "dynamic.js": "import(`${site}/dynamic.js`).catch(String)",
    "dynamic.json": "import(`${site}/dynamic.json`, {with: {type: 'json'}}).catch(String)",
    "dynamic.css": "import(`${site}/dynamic.css`, {with: {type: 'css'}}).catch(String)",
    "wasm": "WebAssembly.compileStreaming(fetch(`${site}/wasm`)).catch(String)",
    "image.svg": "new Image().src = `${site}/image.svg`",
    "sound": "new Audio(`${site}/sound`)",
    "face": "new FontFace('g', `url(${site}/face)`).load().catch(String)",
    "appended.js": "document.head.append(make('script', {src: `${site}/appended.js`}))",
    "appended.css": (
        "document.head.append(make('link', {rel: 'stylesheet', href: `${site}/appended.css`}))"
    ),
    "appended-prefetch": (
        "document.head.append(make('link', {rel: 'prefetch', href: `${site}/appended-prefetch`}))"
    ),
    "parsed.svg": (
        "document.body.append(...Document.parseHTMLUnsafe(`<img src=${site}/parsed.svg>`)"
        ".body.childNodes)"
    ),
    "shadow.svg": (
        "x = make('div'); document.body.append(x); "
        "x.attachShadow({mode: 'closed'}).innerHTML = `<img src=${site}/shadow.svg>`"
    ),
    "detached.svg": "make('div').innerHTML = `<img src=${site}/detached.svg>`",
    "style.svg": (
        "x = make('p', {textContent: 'x'}); x.style.background = `url(${site}/style.svg)`; "
        "document.body.append(x)"
    ),
    "adopted.svg": (
        "x = new CSSStyleSheet(); x.replaceSync(`.a${key} {background: url(${site}/adopted.svg)}`);"
        "document.adoptedStyleSheets = [...document.adoptedStyleSheets, x]; "
        "document.body.append(make('p', {className: `a${key}`, textContent: 'x'}))"
    ),
    "eval": "eval('fetch(`${site}/eval`, {mode: `no-cors`}).catch(String)')",
    "function": "Function('u', 'fetch(u, {mode: `no-cors`}).catch(String)')(`${site}/function`)",
    "timer": "setTimeout(`fetch('${site}/timer', {mode: 'no-cors'}).catch(String)`)",
    "handler": (
        "x = make('b'); x.setAttribute('onclick', "
        "`fetch('${site}/handler', {mode: 'no-cors'}).catch(String)`); x.click()"
    ),
    "address": (
        "document.body.append(make('iframe', {src: "
        "`javascript:void fetch('${site}/address', {mode: 'no-cors'}).catch(String)`}))"
    ),
    "worklet.js": "CSS.paintWorklet.addModule(`${site}/worklet.js`).catch(String)",
    "audio-worklet.js": (
        "new AudioContext().audioWorklet.addModule(`${site}/audio-worklet.js`).catch(String)"
    ),
    "empty-frame": (
        "x = make('iframe'); document.body.append(x); "
        "x.contentWindow.fetch(`${site}/empty-frame`, {mode: 'no-cors'}).catch(String)"
    ),
    "empty-frame.svg": (
        "x = make('iframe'); document.body.append(x); "
        "x.contentDocument.body.innerHTML = `<img src=${site}/empty-frame.svg>`"
    ),
    "written-frame.svg": (
        "x = make('iframe'); document.body.append(x); x = x.contentDocument; x.open(); "
        "x.write(`<img src=${site}/written-frame.svg>`); x.close()"
    ),
    "blob-frame.svg": (
        "document.body.append(make('iframe', {src: blob(`<img src=${site}/blob-frame.svg>`)}))"
    ),
    "sent-frame.html": (
        "x = make('iframe'); document.body.append(x); "
        "x.contentWindow.location = `${site}/sent-frame.html`"
    ),
    "frame-form": (
        "document.body.append(make('iframe', {srcdoc: `<form action='${site}/frame-form'></form>"
        "<script>document.forms[0].submit()<\\/script>`}))"
    ),
    "popup.svg": "open().document.body.innerHTML = `<img src=${site}/popup.svg>`",
    "popup-blob.svg": "open(blob(`<img src=${site}/popup-blob.svg>`))",
    "popup-alone.svg": "open(blob(`<img src=${site}/popup-alone.svg>`), '_blank', 'noopener')",
    "form": "document.querySelector(`form[action^='${site}']`).submit()",
    "ping": "document.querySelector(`a[ping^='${site}']`).click()",
    "area-ping": (
        "x = make('area', {href: '#y', ping: `${site}/area-ping`}); document.body.append(x); "
        "x.click()"
    ),
}

# In workers of the site itself, which follow the policy of their own answer.
WORKER = """
const site = new URL(location).searchParams.get('site');
const mark = location.pathname.split('/').pop().replace('.js', '');
fetch(`${site}/${mark}-fetch`, {mode: 'no-cors'}).catch(String);
const other = `${site}/${mark}-import.js`;
try { importScripts(other); } catch { import(other).catch(String); }
"""
WORKERS = {
    "worker-fetch": "",
    "worker-import.js": "new Worker(`/tracked/worker.js?site=${site}`)",
    "module-fetch": "",
    "module-import.js": "new Worker(`/tracked/module.js?site=${site}`, {type: 'module'})",
    "shared-fetch": "",
    "shared-import.js": "new SharedWorker(`/tracked/shared.js?site=${site}`)",
    "service-fetch": "",
    "service-import.js": (
        "navigator.serviceWorker.register(`/tracked/service.js?site=${site}`, "
        "{scope: `/tracked/${Math.random()}`}).catch(String)"
    ),
    "blob-fetch": (
        "new Worker(blob(`fetch('${site}/blob-fetch', {mode: 'no-cors'}).catch(String)`))"
    ),
    "blob-import.js": "new Worker(blob(`importScripts('${site}/blob-import.js')`))",
    "blob-module.js": (
        "new Worker(blob(`import '${site}/blob-module.js'`, SCRIPT), {type: 'module'})"
    ),
    "data-fetch": (
        "new Worker(`data:text/javascript,fetch('${site}/data-fetch', "
        "{mode: 'no-cors'}).catch(String)`)"
    ),
    "nested-fetch": (
        "new Worker(blob(`new Worker(URL.createObjectURL(new Blob("
        "[\"fetch('${site}/nested-fetch', {mode: 'no-cors'})\"])))`))"
    ),
}

LINKS = {
    "link-preload.js": "<%s/link-preload.js>; rel=preload; as=script",
    "link-module.js": "<%s/link-module.js>; rel=modulepreload",
    "link-prefetch": "<%s/link-prefetch>; rel=prefetch",
}

WAYS = frozenset({*MARKUP, *SCRIPTS, *WORKERS, *LINKS})
