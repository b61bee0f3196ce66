// Optional: the pages and the banner of the visitor work without it. It sends nothing and keeps
// nothing; the one thing it may load is the state of this visitor, as a script of the same site.
(() => {
  "use strict";
  const { nonce } = document.currentScript;
  const root = document.getElementById("consentgate");
  const banner = root && root.querySelector(".consentgate-banner");
  const forEverybody = root && root.dataset.categories;

  // The text of a live region is announced where it changes, not where it is there from the start.
  const announce = (message) => {
    const words = [...message.childNodes];
    message.replaceChildren("\u00a0");
    setTimeout(() => { message.replaceChildren(...words); }, 200);
  };

  const saved = document.getElementById("consentgate-saved");
  const unsaved = document.querySelector(".consentgate-unsaved");

  // A choice that was not kept marks the address of its page: the pages that follow find it in the
  // tab's history, and do not ask again.
  const LOST = "#consentgate-unsaved";
  const entries = window.navigation ? window.navigation.entries() : [];
  let isLost = entries.some(({ url }) => url && url.endsWith(LOST));

  // Without a base element's address, maybe another site's.
  const mark = (fragment) => {
    history.replaceState(history.state, "", location.href.split("#")[0] + fragment);
  };

  let comesFromChoice = saved !== null && location.hash === "#consentgate-saved";
  if (comesFromChoice) {
    saved.classList.add("consentgate-shown");
    const isSaved = saved.hasChildNodes();
    mark(isSaved ? "" : LOST);
    if (!forEverybody) announce(isSaved ? saved : unsaved);
  } else if (isLost && banner && !forEverybody) saved.classList.add("consentgate-shown");

  // What no style sheet can find out: a page without a font of its own, and how far a narrow body is
  // from the edges of the window.
  if (banner) {
    const family = () => getComputedStyle(root).fontFamily;
    const own = family();
    root.style.fontFamily = "initial";
    root.classList.toggle("consentgate-bare", family() === own);
    root.style.fontFamily = "";
    const widen = () => {
      const { left, right, width } = root.getBoundingClientRect();
      const room = document.documentElement.clientWidth;
      banner.style.margin = width < 720 ? `0 ${right - room}px 0 ${-left}px` : "";
    };
    const isCut = getComputedStyle(document.documentElement).overflowX !== "visible";
    if (root.parentElement === document.body && !isCut) {
      widen();
      addEventListener("resize", widen);
    }
  }

  const ask = () => {
    const script = document.createElement("script");
    script.src = root.dataset.state || root.dataset.check;
    script.nonce = nonce;
    script.onload = () => script.remove();
    document.head.append(script);
  };

  // A page that comes back from the browser's memory is as it was before the choice.
  addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    if (forEverybody) find();
    else if (root && root.dataset.check) {
      document.addEventListener("consentgate:state", ({ detail }) => {
        if (detail.banner !== (banner !== null)) location.reload();
      }, { once: true });
      ask();
    } else if (document.body.classList.contains("consentgate-page")) location.reload();
  });

  // Below: the banner that is the same for everybody, so that caches may keep the page.
  if (!banner || !forEverybody) return;

  const here = location.pathname + location.search;
  root.querySelector("[name=next]").value = here;
  for (const link of root.querySelectorAll("a")) {
    const address = new URL(link.href);
    address.searchParams.set("next", here);
    link.href = address.href;
  }

  document.addEventListener("consentgate:state", ({ detail }) => {
    if (comesFromChoice) {
      isLost = !detail.decided;
      mark(isLost ? LOST : "");
    }
    const repeats = isLost && !detail.decided && (comesFromChoice || detail.banner);
    banner.hidden = !detail.banner || repeats;
    const isSignalled = detail.signal && !(detail.decided && detail.day);
    for (const word of root.querySelectorAll(".consentgate-signal")) word.hidden = !isSignalled;
    if (!comesFromChoice && !repeats) return;
    for (const word of saved.querySelectorAll("[data-category]")) {
      word.hidden = detail.categories[word.dataset.category] !== word.dataset.choice;
    }
    const message = repeats ? unsaved : saved;
    message.hidden = false;
    message.classList.add("consentgate-shown");
    if (comesFromChoice) announce(message);
    comesFromChoice = false;
  });

  // Without the cookie nothing was chosen; the browser's signal refuses its categories.
  const undecided = () => {
    const signal = navigator.globalPrivacyControl === true;
    const categories = JSON.parse(root.dataset.categories);
    for (const name of signal ? root.dataset.gpc.split(" ").filter(Boolean) : []) {
      categories[name] = "refused";
    }
    const detail = { decided: false, banner: Object.values(categories).includes("undecided"),
      day: null, until: null, signal, categories };
    document.dispatchEvent(new CustomEvent("consentgate:state", { detail }));
  };

  function find() {
    const name = root.dataset.cookie;
    const sent = name && `; ${document.cookie}`.includes(`; ${name}=`);
    if (name && !sent) undecided();
    else ask();
  }

  find();
})();
