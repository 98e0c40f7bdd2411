import { describe, expect, it } from "vitest";

import { taughtFaces } from "../testing/taught";
import { PersonalHead, readHead, writeHead } from "./head";
import { FEWEST_FACES, train } from "./train";

const MODEL = { name: "emoar-s", sha256: "0".repeat(64) };
/** Four labels at places of their own, and faces of the same that were not taught. */
const PLACES = [1, 2, 3, 4];
const taught = PLACES.map((place) => ({ name: `label ${place}`, faces: taughtFaces(place, FEWEST_FACES) }));
const head = new PersonalHead(train(taught, MODEL)!);

const top = ({ labels, probabilities }: { labels: readonly string[]; probabilities: Float32Array }): string => labels[probabilities.indexOf(Math.max(...probabilities))];
const named = (face: Float32Array, by = head): string => top({ labels: by.labels, probabilities: by.probabilities(face) });

describe("a trained head", () => {
  it("names faces that it was not taught", () => {
    for (const place of PLACES) for (const face of taughtFaces(place, 12, 99)) expect(named(face)).toBe(`label ${place}`);
  });

  it("names none of its labels for faces unlike the taught ones", () => {
    for (const place of [5, 6, 7, 8]) for (const face of taughtFaces(place, 12)) expect(named(face)).toBe("unsure");
  });

  it("gives probabilities that sum to 1", () => {
    for (const place of [1, 4, 7]) expect(head.probabilities(taughtFaces(place, 1)[0]).reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 6);
  });

  it("is the same for the same faces, and in its file", () => {
    expect(train(taught, MODEL)).toEqual(head.document);
    const again = new PersonalHead(readHead(writeHead(head.document)));
    const face = taughtFaces(2, 1, 5)[0];
    again.probabilities(face).forEach((share, i) => expect(share).toBeCloseTo(head.probabilities(face)[i], 4));
  });

  it("does not depend on the unit of the features", () => {
    const larger = taught.map(({ name, faces }) => ({ name, faces: faces.map((face) => face.map((value) => 100 * value)) }));
    const face = taughtFaces(3, 1, 5)[0];
    const of = new PersonalHead(train(larger, MODEL)!).probabilities(face.map((value) => 100 * value));
    of.forEach((share, i) => expect(share).toBeCloseTo(head.probabilities(face)[i], 3));
  });

  it("does not prefer the label with the most faces", () => {
    const many = [{ name: "often", faces: taughtFaces(1, 40) }, { name: "rarely", faces: taughtFaces(2, FEWEST_FACES) }];
    const uneven = new PersonalHead(train(many, MODEL)!);
    for (const face of taughtFaces(2, 20, 7)) expect(named(face, uneven)).toBe("rarely");
  });

  it("leaves labels without enough faces out, and needs two with them", () => {
    const few = { name: "few", faces: taughtFaces(9, FEWEST_FACES - 1) };
    expect(train([...taught, few], MODEL)!.labels).toEqual(head.document.labels);
    expect(train([taught[0], few], MODEL)).toBeUndefined();
  });

  it("survives faces that are all the same", () => {
    const same = [1, 2].map((place) => ({ name: `${place}`, faces: Array.from({ length: 5 }, () => taughtFaces(place, 1)[0]) }));
    expect(named(taughtFaces(2, 1)[0], new PersonalHead(train(same, MODEL)!))).toBe("2");
    const still = ["a", "b"].map((name) => ({ name, faces: Array.from({ length: 5 }, () => new Float32Array(4)) }));
    const [a, b, none] = new PersonalHead(train(still, MODEL)!).probabilities(new Float32Array(4));
    expect(a).toBeCloseTo(b);
    expect(none).toBeLessThan(0.01);
  });
});
