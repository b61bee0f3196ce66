// Scripts cannot read the cookie: the server's own script, and no other, says what it holds.
const stored = () => [];
const runningScript = find(Document.prototype, "currentScript").get.bind(document);
document.addEventListener("consentgate:state", ({ detail }) => {
  if (runningScript()?.src === `${pages}state.js`) update(detail.categories);
});
update({});
