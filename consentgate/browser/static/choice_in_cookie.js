const readCookies = find(Document.prototype, "cookie").get.bind(document);
// The choices in the cookies; the formats of the value differ in nothing but the order of keys.
// Only the server can verify them, so all must agree.
const stored = () => readCookies().split("; ").flatMap((pair) => {
  const [name, value] = pair.split("=");
  try {
    const text = name === POLICY.cookie && value.split(".")[0];
    const choice = JSON.parse(atob(text.replace(/-/g, "+").replace(/_/g, "/")));
    const days = (Date.now() - Date.parse(choice.d)) / 864e5;
    if (days >= -1 && days < POLICY.days[+!Object.keys(choice.g)[0]]) return choice;
  } catch { /* it is none */ }
  return [];
});
const reread = () => update();
for (const event of ["consentgate:state", "visibilitychange"]) {
  document.addEventListener(event, reread);
}
// Chromium may report a change before `document.cookie` has it.
window.cookieStore?.addEventListener("change", () => { setTimeout(reread, 500); reread(); });
reread();
