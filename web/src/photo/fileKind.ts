/** What a file that cannot be shown is, by its first bytes: names and types of files are often wrong. */

/** Why a file is no picture here; `format` fills the message's hole. */
export interface Refusal {
  readonly key:
    | "photo.empty"
    | "photo.no_access"
    | "photo.heic"
    | "photo.svg"
    | "photo.pdf"
    | "photo.video"
    | "photo.other_format"
    | "photo.damaged"
    | "photo.not_a_picture";
  readonly format?: string;
}

/** Bytes that are read: an SVG may begin with a comment. */
const HEAD_BYTES = 4096;
const HEIC = ["heic", "heix", "heim", "heis", "hevc", "hevx", "mif1", "msf1"];
const RAW_NAME = /\.(dng|cr2|cr3|nef|arw|raf|orf|rw2|pef|srw)$/i;

const VIDEO = /^(\x1aE\xdf\xa3|RIFF.{4}AVI |.{4}(moov|mdat|wide|skip)|\x00\x00\x01[\xba\xb3]|FLV|0&\xb2u|OggS|G.{187}G)/s;
const FORMATS: readonly (readonly [RegExp, string])[] = [
  [/^(II\*\x00|MM\x00\*|II\+\x00|MM\x00\+)/, "TIFF"],
  [/^(IIRO|IIRS|IIU\x00|FUJIFILMCCD-RAW)/, "RAW"],
  [/^8BPS/, "Photoshop"],
  [/^(\xff\n|\x00\x00\x00\x0cJXL )/, "JPEG XL"],
  [/^(\x00\x00\x00\x0cjP {2}|\xffO\xffQ)/, "JPEG 2000"],
];
const PICTURE = /^(\xff\xd8\xff|\x89PNG|GIF8|BM|RIFF.{4}WEBP)/s;

/** Why this file cannot be read as a picture, which is known already. */
export async function refusalOf(file: Blob): Promise<Refusal> {
  if (file.size === 0) return { key: "photo.empty" };
  const bytes = await file.slice(0, HEAD_BYTES).arrayBuffer().catch(() => undefined);
  if (!bytes) return { key: "photo.no_access" };
  return refusalOfBytes(new Uint8Array(bytes), { name: file instanceof File ? file.name : "", type: file.type });
}

/**
 * @param bytes the beginning of the file
 */
export function refusalOfBytes(bytes: Uint8Array, { name, type }: { readonly name: string; readonly type: string }): Refusal {
  const head = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  if (/^.{4}ftyp/s.test(head)) return ofBrands(head);
  if (VIDEO.test(head) || type.startsWith("video/")) return { key: "photo.video" };
  if (head.slice(0, 1024).includes("%PDF-")) return { key: "photo.pdf" };
  if (/<svg[\s>]/i.test(head) || type === "image/svg+xml" || /\.svgz?$/i.test(name)) return { key: "photo.svg" };
  const format = FORMATS.find(([start]) => start.test(head))?.[1];
  if (format) return { key: "photo.other_format", format: RAW_NAME.test(name) ? "RAW" : format };
  return { key: PICTURE.test(head) ? "photo.damaged" : "photo.not_a_picture" };
}

/** A file of the ISO family: its first box names what it may be read as. */
function ofBrands(head: string): Refusal {
  const length = ((head.charCodeAt(0) * 256 + head.charCodeAt(1)) * 256 + head.charCodeAt(2)) * 256 + head.charCodeAt(3);
  const brands = head.slice(8, Math.max(Math.min(length, 256), 12)).match(/.{4}/gs) ?? [];
  if (brands.some((brand) => brand.startsWith("avi"))) return { key: "photo.other_format", format: "AVIF" };
  if (brands.some((brand) => HEIC.includes(brand))) return { key: "photo.heic" };
  return brands[0] === "crx " ? { key: "photo.other_format", format: "RAW" } : { key: "photo.video" };
}
