/** A session as files: one table of samples for spreadsheets, one document with everything. */

import { FERPLUS } from "../labels";
import { type Marker, personsIn, segmentsOf, type Session } from "./timeline";

export const SCHEMA = "emoar.session/1";

/** One row a sample; `segment` is the marker that came before it. RFC 4180. */
export function toCsv(session: Session, firstName: string): string {
  const { people, names } = session;
  const head = ["time_s", "segment", "face", "name", "label", "confidence", ...FERPLUS, ...FERPLUS.map((label) => `raw_${label}`)];
  const rows = session.samples.map(({ timeS, trackId, label, confidence, shares, rawShares }) => [
    timeS.toFixed(3),
    segmentAt(session.markers, timeS, firstName),
    String(people.get(trackId)),
    names.get(people.get(trackId)!) ?? "",
    label,
    confidence.toFixed(4),
    ...shares.map((share) => share.toFixed(4)),
    ...FERPLUS.map((_, i) => rawShares?.[i].toFixed(4) ?? ""),
  ]);
  return [head, ...rows].map((row) => row.map(quoted).join(",")).join("\r\n") + "\r\n";
}

export function toJson(session: Session, firstName: string): string {
  const named = (shares: readonly number[]): Record<string, number> =>
    Object.fromEntries(FERPLUS.map((label, i) => [label, rounded(shares[i])]));
  const { people } = session;
  const document = {
    schema: SCHEMA,
    began: session.began.toISOString(),
    duration_s: rounded(session.durationS),
    markers: session.markers.map(({ timeS, name }) => ({ time_s: rounded(timeS), name })),
    faces: personsIn(session.samples, people).map((person) => ({
      face: person,
      name: session.names.get(person) ?? null,
      tracks: [...people].flatMap(([trackId, other]) => (other === person ? [trackId] : [])),
    })),
    neutral: Object.fromEntries([...session.neutral].map(([trackId, shares]) => [people.get(trackId), named(shares)])),
    segments: segmentsOf(session, firstName).map((segment) => ({
      name: segment.name,
      start_s: rounded(segment.startS),
      end_s: rounded(segment.endS),
      faces: segment.people.map((person) => ({
        face: person.person,
        samples: person.samples,
        label_shares: person.labelShares,
        mean: named(person.meanShares),
        change_from_neutral: person.changes ? named(person.changes) : null,
        label_changes: person.labelChanges,
      })),
    })),
    samples: session.samples.map(({ timeS, trackId, label, confidence, shares, rawShares }) => ({
      time_s: rounded(timeS),
      face: people.get(trackId),
      track: trackId,
      label,
      confidence: rounded(confidence),
      ferplus: named(shares),
      ...(rawShares ? { raw_probabilities: { ferplus: named(rawShares) } } : {}),
    })),
  };
  return JSON.stringify(document, undefined, 1);
}

function segmentAt(markers: readonly Marker[], timeS: number, firstName: string): string {
  const before = markers.filter((marker) => marker.timeS <= timeS).sort((a, b) => b.timeS - a.timeS);
  return before[0]?.name ?? firstName;
}

/** Text that a spreadsheet would read as a formula gets an apostrophe in front. */
function quoted(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) && Number.isNaN(Number(text)) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

function rounded(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
