/** The server behind this page: its rounds, and sending it an update. Nothing here goes to another origin. */

import { type Offer, readOffer } from "./round";

/** What became of an update. `again`: the same one may be sent again, since it was not received or nobody knows. */
export type Outcome = { readonly kind: "received"; readonly received: number } | { readonly kind: "again" } | { readonly kind: "refused"; readonly reason: string };

/** Then nobody knows whether it arrived. */
const TIMEOUT_MS = 60_000;

/** Undefined where there is no server, or it takes no updates. */
export async function fetchOffer(): Promise<Offer | undefined> {
  const response = await fetch(address("round"), { headers: { Accept: "application/json" }, signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(() => undefined);
  if (!response?.ok) return undefined;
  return readOffer(await response.json().catch(() => undefined)); // some hosts answer every address with their start page
}

/** @param body the JSON of an update */
export async function sendUpdate(body: string): Promise<Outcome> {
  const response = await fetch(address("updates"), { method: "POST", body, headers: { "Content-Type": "application/json" }, signal: AbortSignal.timeout(TIMEOUT_MS) }).catch(() => undefined);
  const answer = (await response?.json().catch(() => undefined)) as { received?: number; type?: string; detail?: string } | undefined;
  return outcomeOf(response?.status ?? 0, answer);
}

export function outcomeOf(status: number, answer: { received?: number; type?: string; detail?: string } | undefined): Outcome {
  if (status === 202 && typeof answer?.received === "number") return { kind: "received", received: answer.received };
  if (status === 409 && answer?.type === "urn:emoar:problem:already-received") return { kind: "received", received: 0 };
  const gone = status >= 400 && status < 500 && status !== 408 && status !== 429;
  return gone ? { kind: "refused", reason: answer?.detail ?? String(status) } : { kind: "again" };
}

function address(name: string): URL {
  return new URL(`v1/federated/${name}`, document.baseURI);
}
