// The types of `window.consentgate`, which pages have with guard=, gated_markup= or adapters=.

/** A choice as the visitor's pages take it; "save" and "allow" name categories. */
export type ConsentChoice = "accept" | "refuse" | "save" | "allow" | "withdraw";

export interface ConsentGate {
  /** Whether the visitor allows all of these categories, which are separated by spaces. */
  allows(categories: string): boolean;

  /** Calls the listener at each change of the choice; returns what ends that. */
  onChange(listener: (gate: ConsentGate) => void): () => void;

  /** Sends a choice; only with gated_markup=. Rejects where the server turns it away. */
  choose?(choice: ConsentChoice, categories?: readonly string[]): Promise<void>;
}

declare global {
  interface Window {
    readonly consentgate: ConsentGate;
  }

  interface DocumentEventMap {
    /** At each change of the choice. */
    "consentgate:change": Event;
  }
}
