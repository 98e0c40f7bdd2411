/** The part of a content pack that is in the page's language. */

import type { ByLabel, ContentPack, Quote } from "./pack";

/** The pack with the quotes of one language, such as `de`; an expression without any keeps all of them. */
export function inLanguage(pack: ContentPack, language: string): ContentPack {
  const chosen = base(language);
  const quotes: ByLabel<Quote> = Object.fromEntries(
    Object.entries(pack.quotes).map(([label, all = []]) => {
      const matching = all.filter((quote) => base(quote.language ?? "en") === chosen);
      return [label, matching.length > 0 ? matching : all];
    }),
  );
  return { ...pack, quotes };
}

function base(code: string): string {
  return code.replace("_", "-").split("-")[0].toLowerCase();
}

const MARKS: Readonly<Record<string, string>> = { de: "„“", fr: "«»", es: "«»", it: "«»", pl: "„”" };

/** The text of a quote in the quotation marks of its language. */
export function quoted(quote: Quote): string {
  const [opening, closing] = MARKS[base(quote.language ?? "en")] ?? "“”";
  return `${opening}${quote.text}${closing}`;
}

/** Author, work and translator, as they stand under the quote. */
export function sourceOf({ author, work, translator }: Quote): string {
  return [author, work, translator && `translated by ${translator}`].filter(Boolean).join(", ");
}
