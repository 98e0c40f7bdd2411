import { inShell } from "../shell";

/** The texts of the page, from `messages/*.json`: one file a language, all with the same keys. */

export type Messages = Readonly<Record<string, string>>;

const FILES = import.meta.glob<Messages>("../../messages/*.json", { eager: true, import: "default" });
const ALL: Readonly<Record<string, Messages>> = Object.fromEntries(
  Object.entries(FILES).map(([path, messages]) => [path.replace(/^.*\/|\.json$/g, ""), messages]),
);
const FALLBACK = "en";
const STORED = "emoar.language";

/** Codes and native names of the available languages. */
export const LANGUAGES = Object.entries(ALL).map(([code, messages]) => ({ code, name: messages["language.name"] }));

let language = $state(FALLBACK);

/** Uses the given language, else the visitor's choice, else the first of the browser's languages, of those that the app has. */
export function initLanguage(given = ""): void {
  const wanted = [given, localStorage.getItem(STORED) ?? "", ...navigator.languages].map((code) => code.split("-")[0].toLowerCase());
  apply(wanted.find((code) => code in ALL) ?? FALLBACK);
}

export function setLanguage(code: string): void {
  localStorage.setItem(STORED, code);
  apply(code);
}

export function currentLanguage(): string {
  return language;
}

/** The text of a key, with `{names}` filled in; updates when the language changes. The shell has some texts of its own. */
export function t(key: string, values: Readonly<Record<string, string | number>> = {}): string {
  const text = (inShell && find(`${key}.app`)) || (find(key) ?? key);
  return text.replace(/\{(\w+)\}/g, (hole, name: string) => String(values[name] ?? hole));
}

function find(key: string): string | undefined {
  return ALL[language]?.[key] ?? ALL[FALLBACK][key];
}

/** Whether there is a text of that key. */
export function hasMessage(key: string): boolean {
  return key in ALL[FALLBACK];
}

export function isRightToLeft(): boolean {
  return ALL[language]["language.direction"] === "rtl";
}

/** The most that a probability is shown as: an estimate is never certain. As in Python's `overlay/describe.py`. */
export const MOST_CERTAIN = 0.99;

/** A probability, 0..1, as a percentage: at most 99 %. */
export function probability(share: number): string {
  return percent(Math.min(share, MOST_CERTAIN));
}

/** A share of something counted, 0..1, as the language writes percentages. */
export function percent(share: number): string {
  return new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 }).format(share);
}

export function decimal(value: number, digits = 1): string {
  return new Intl.NumberFormat(language, { maximumFractionDigits: digits, minimumFractionDigits: digits }).format(value);
}

function apply(code: string): void {
  language = code;
  document.documentElement.lang = code;
  document.documentElement.dir = isRightToLeft() ? "rtl" : "ltr";
}
