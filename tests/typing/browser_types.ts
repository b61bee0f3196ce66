// What TypeScript accepts of `window.consentgate`; what it must not accept says so.
import type { ConsentChoice, ConsentGate } from "../../consentgate/browser/consentgate";

const { consentgate } = window;
const allowed: boolean = consentgate.allows("statistics marketing");
const stop: () => void = consentgate.onChange(({ allows }) => allows("video"));
const gate: ConsentGate = consentgate;
const choices: ConsentChoice[] = ["accept", "refuse", "save", "allow", "withdraw"];
const saved: Promise<void> | undefined = gate.choose?.("save", ["statistics"] as const);
document.addEventListener("consentgate:change", (event) => event.preventDefault());

// @ts-expect-error: a page without gated markup has none
gate.choose("accept");
// @ts-expect-error: no such choice
gate.choose?.("perhaps");
// @ts-expect-error: categories are one text
consentgate.allows(["statistics"]);
// @ts-expect-error: the object is the library's
window.consentgate = gate;
// @ts-expect-error: it cannot be asked for more
consentgate.grant("statistics");

export { allowed, choices, saved, stop };
