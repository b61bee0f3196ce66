// Optional: the pages and the banner of the visitor work without it. It sends nothing and keeps
// nothing; the one thing it may load is the state of this visitor, as a script of the same site.
(() => {
  "use strict";
  const { nonce } = document.currentScript;

  // The text of a live region is announced where it changes, not where it is there from the start.
  const saved = document.getElementById("consentgate-saved");
  if (saved && location.hash === "#consentgate-saved") {
    const text = saved.textContent;
    saved.classList.add("consentgate-shown");
    saved.textContent = "\u00a0";
    setTimeout(() => { saved.textContent = text; }, 200);
    history.replaceState(history.state, "", location.href.split("#")[0]);
  }

  // Below: the banner that is the same for everybody, so that caches may keep the page.
  const root = document.getElementById("consentgate");
  const banner = root && root.querySelector(".consentgate-banner");
  if (!banner || !root.dataset.state) return;

  const here = location.pathname + location.search;
  root.querySelector("[name=next]").value = here;
  for (const link of root.querySelectorAll("a")) {
    const address = new URL(link.href);
    address.searchParams.set("next", here);
    link.href = address.href;
  }

  document.addEventListener("consentgate:state", (event) => {
    banner.hidden = !event.detail.banner;
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

  const ask = () => {
    const script = document.createElement("script");
    script.src = root.dataset.state;
    script.nonce = nonce;
    script.onload = () => script.remove();
    document.head.append(script);
  };

  const find = () => {
    const name = root.dataset.cookie;
    const sent = name && `; ${document.cookie}`.includes(`; ${name}=`);
    if (name && !sent) undecided();
    else ask();
  };

  find();
  // A page that comes back from the browser's memory is as it was before the choice.
  addEventListener("pageshow", (event) => { if (event.persisted) find(); });
})();
