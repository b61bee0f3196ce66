// Activates what the page has for visitors who allow it: scripts, templates, frames, images. Each
// gives way to its active form, so that nothing is activated twice; what a script puts into the
// page later, as Turbo and htmx do, is found as well.
let trusted = { createScript: String, createScriptURL: String };
try {
  const same = (text) => text;
  trusted = trustedTypes.createPolicy("consentgate", {
    createScript: same, createScriptURL: same,
  });
} catch { /* the browser has no Trusted Types, or the page's rules do not name the policy */ }

const copyOf = (old, skipped) => {
  const copy = document.createElement(old.localName);
  for (const { name, value } of old.attributes) {
    const own = name.startsWith("on") ? trusted.createScript(value) : value;
    if (!skipped.includes(name)) copy.setAttribute(name, own);
  }
  copy.nonce = old.nonce;
  return copy;
};

// Turbo and htmx keep a copy of a page that they leave, and run its scripts when they show it: so
// the copy has them as they were. Nothing of a preview by Turbo is activated.
const originals = new Map();
let isLeaving = false;
const restore = () => { for (const [script, old] of originals) script.replaceWith(old); };
document.addEventListener("turbo:before-cache", () => {
  isLeaving = true;
  restore();
  originals.clear();
});
document.addEventListener("htmx:beforeHistorySave", () => {
  // What htmx leaves in the page ran already, and is put back before it is looked for.
  queueMicrotask(() => { for (const [script, old] of originals) old.replaceWith(script); });
  restore();
});
document.addEventListener("turbo:render", () => {
  isLeaving = document.documentElement.hasAttribute("data-turbo-preview");
  activateAll();
});

// Scripts run one after the other, as they are in the page, unless one says `async`.
const run = (old) => new Promise((resolve) => {
  const script = copyOf(old, ["type", "src", "data-src", "data-type", "data-consent"]);
  const type = old.dataset.type || (old.type === "text/plain" ? "" : old.type);
  const source = old.dataset.src || old.getAttribute("src");
  if (type) script.type = type;
  script.async = old.hasAttribute("async");
  if (source) script.src = trusted.createScriptURL(source);
  else script.text = trusted.createScript(old.text);
  const waits = (source && !script.async) || type === "module";
  if (waits) script.onload = script.onerror = resolve;
  old.replaceWith(script);
  originals.set(script, old);
  if (!waits) resolve();
});

const activate = async (old) => {
  if (old.localName === "script") return run(old);
  if (old.localName === "template") {
    const content = document.importNode(old.content, true);
    const scripts = [...content.querySelectorAll("script:not([data-consent])")].map((script) => {
      const place = copyOf(script, ["src"]);
      place.type = "text/plain";
      if (script.src) place.dataset.src = script.src;
      if (script.type) place.dataset.type = script.type;
      place.text = trusted.createScript(script.text);
      script.replaceWith(place);
      return place;
    });
    old.replaceWith(content);
    for (const script of scripts) await run(script);
    return undefined;
  }
  const copy = old.cloneNode(true);
  copy.src = old.dataset.src;
  delete copy.dataset.consent;
  delete copy.dataset.src;
  return old.replaceWith(copy);
};

let isActivating = false;
const activateAll = async () => {
  if (isActivating || isLeaving) return;
  isActivating = true;
  for (;;) {
    const waiting = [...document.querySelectorAll("[data-consent]")];
    const next = waiting.find(({ dataset }) => allows(dataset.consent));
    if (!next) break;
    await activate(next);
  }
  isActivating = false;
};
listeners.add(activateAll);
new MutationObserver(activateAll).observe(document, { childList: true, subtree: true });

// A choice by a script of the page: the server answers with what holds then.
api.choose = async (choice, categories = []) => {
  const answer = await fetch(pages, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ choice, categories }),
  });
  if (!answer.ok) throw new Error(`the choice was answered with status ${answer.status}`);
  update((await answer.json()).categories);
};
