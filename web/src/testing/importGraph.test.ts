import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

import { findCycle, importGraph, relativeImports, roomGraph } from "./importGraph";

describe("the imports of this app", () => {
  const graph = importGraph(fileURLToPath(new URL("..", import.meta.url)));

  it("are found in scripts and components, types included", () => {
    expect(graph.size).toBeGreaterThan(100);
    expect(graph.get("App.svelte")).toContain("screens/Live.svelte");
    expect(graph.get("runtime.ts")).toContain("modelSession.ts");
    expect(graph.get("perceptionClient.ts")).toContain("worker/worker.ts");
  });

  it("have no cycle", () => {
    expect(findCycle(graph)?.join(" -> ")).toBeUndefined();
  });

  it("have no cycle between rooms", () => {
    expect(findCycle(roomGraph(graph))?.join(" -> ")).toBeUndefined();
  });
});

it("roomGraph joins the files of a folder, unless it holds folders", () => {
  const files = new Map([
    ["main.ts", ["a/table.ts"]],
    ["a/table.ts", ["a/inner/x.ts", "a/inner/y.ts"]],
    ["a/inner/x.ts", ["a/inner/y.ts", "b/z.ts"]],
    ["a/inner/y.ts", []],
    ["b/z.ts", []],
  ]);
  expect(roomGraph(files)).toEqual(
    new Map([["main.ts", ["a/table.ts"]], ["a/table.ts", ["a/inner"]], ["a/inner", ["b"]], ["b", []]]),
  );
});

describe("findCycle", () => {
  it("finds none in a graph that only runs down", () => {
    expect(findCycle(new Map([["a", ["b", "c"]], ["b", ["c"]], ["c", []]]))).toBeUndefined();
  });

  it.each([
    ["of one file", [["a", ["a"]]], ["a", "a"]],
    ["of two files", [["a", ["b"]], ["b", ["a"]]], ["a", "b", "a"]],
    ["below others", [["a", ["b"]], ["b", ["c"]], ["c", ["d"]], ["d", ["c"]]], ["c", "d", "c"]],
  ] as [string, [string, string[]][], string[]][])("finds one %s", (_, edges, cycle) => {
    expect(findCycle(new Map(edges))).toEqual(cycle);
  });
});

it.each([
  ['import { a } from "./a";', ["./a"]],
  ["import type { A } from '../a';", ["../a"]],
  ['export { a } from "./a";', ["./a"]],
  ['import "./app.css";', ["./app.css"]],
  ['const a = await import("./a");', ["./a"]],
  ['new Worker(new URL("./worker.ts", import.meta.url))', ["./worker.ts"]],
  ['type A = import("./a").A;', ["./a"]],
  ['import { a } from "three";', []],
])("relative imports of %s", (source, found) => {
  expect(relativeImports(source)).toEqual(found);
});
