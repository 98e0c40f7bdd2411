import { describe, expect, it } from "vitest";

import { refusalOf, refusalOfBytes } from "./fileKind";

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));
const box = (brands: string): string => `\0\0\0${String.fromCharCode(8 + brands.length)}ftyp${brands}`;
const key = (text: string, name = "a.jpg", type = "image/jpeg"): string => {
  const { key, format } = refusalOfBytes(bytes(text), { name, type });
  return format ? `${key} ${format}` : key;
};

describe("refusalOfBytes", () => {
  it.each([
    ["an iPhone's photo", box("heic\0\0\0\0mif1heic"), "photo.heic"],
    ["one whose main brand is general", box("mif1\0\0\0\0mif1heicmiaf"), "photo.heic"],
    ["a burst of them", box("msf1\0\0\0\0hevc"), "photo.heic"],
    ["AVIF", box("avif\0\0\0\0avifmif1miaf"), "photo.other_format AVIF"],
    ["AVIF with a general main brand", box("mif1\0\0\0\0mif1avif"), "photo.other_format AVIF"],
    ["MP4", box("isom\0\0\x02\0isomiso2avc1mp41"), "photo.video"],
    ["QuickTime", box("qt  \0\0\0\0qt  "), "photo.video"],
    ["an old QuickTime", "\0\0\0\x08wide\0\0", "photo.video"],
    ["WebM", "\x1aE\xdf\xa3\x01\0", "photo.video"],
    ["AVI", "RIFF\x10\0\0\0AVI LIST", "photo.video"],
    ["MPEG transport stream", `G${"\0".repeat(187)}G`, "photo.video"],
    ["a RAW of Canon", box("crx \0\0\0\x01crx isom"), "photo.other_format RAW"],
    ["PDF", "%PDF-1.7\n%", "photo.pdf"],
    ["PDF after a line of something else", "\n\n%PDF-1.4", "photo.pdf"],
    ["SVG", '<svg xmlns="http://www.w3.org/2000/svg">', "photo.svg"],
    ["SVG with a head", `<?xml version="1.0"?>\n<!-- ${"x".repeat(500)} -->\n<svg width="3">`, "photo.svg"],
    ["TIFF", "II*\0\x08", "photo.other_format TIFF"],
    ["Photoshop", "8BPS\0\x01", "photo.other_format Photoshop"],
    ["JPEG XL", "\xff\n\xfa", "photo.other_format JPEG XL"],
    ["half a JPEG", "\xff\xd8\xff\xe0\0\x10JFIF", "photo.damaged"],
    ["half a PNG", "\x89PNG\r\n\x1a\n", "photo.damaged"],
    ["half a WebP", "RIFF\x10\0\0\0WEBPVP8 ", "photo.damaged"],
    ["text", "no picture", "photo.not_a_picture"],
    ["a page", "<!doctype html><p>", "photo.not_a_picture"],
    ["an archive", "PK\x03\x04", "photo.not_a_picture"],
    ["a few bytes", "a", "photo.not_a_picture"],
  ])("%s, whatever its name is", (_, text, expected) => {
    expect(key(text)).toBe(expected);
  });

  it("goes by the name where formats share their beginning", () => {
    expect(key("II*\0\x08", "photo.NEF")).toBe("photo.other_format RAW");
    expect(key("\x1f\x8b\x08", "drawing.svgz", "")).toBe("photo.svg");
  });
});

describe("refusalOf", () => {
  it("names an empty file, and one that cannot be opened, such as a folder", async () => {
    expect(await refusalOf(new Blob([]))).toEqual({ key: "photo.empty" });
    const folder = { size: 4096, type: "", slice: () => ({ arrayBuffer: () => Promise.reject(new DOMException("gone", "NotFoundError")) }) };
    expect(await refusalOf(folder as unknown as Blob)).toEqual({ key: "photo.no_access" });
    expect(await refusalOf(new File(["%PDF-1.7"], "a.jpg"))).toEqual({ key: "photo.pdf" });
  });
});
