/** Keys of the live view: which key does what, and when it is left to the element with the focus. */

/** In the order of the help panel; `message` is the key of what it does. */
export const SHORTCUTS = [
  { action: "pause", key: " ", message: "shortcut.pause" },
  { action: "snapshot", key: "s", message: "live.snapshot" },
  { action: "record", key: "r", message: "shortcut.record" },
  { action: "overlays", key: "o", message: "live.overlays" },
  { action: "mirror", key: "m", message: "live.mirror" },
  { action: "fullscreen", key: "f", message: "live.fullscreen" },
  { action: "help", key: "?", message: "shortcut.title" },
] as const;

export type ShortcutAction = (typeof SHORTCUTS)[number]["action"];

export type KeyPress = Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "altKey" | "metaKey" | "repeat" | "isComposing" | "defaultPrevented">;

/** What takes letters, and what takes the space bar. */
const TYPING = "input:not([type=checkbox], [type=radio], [type=button]), select, textarea, [contenteditable]:not([contenteditable=false])";
const PRESSED = "button, a[href], input, select, textarea, summary, video, audio, [contenteditable]:not([contenteditable=false])";

/**
 * The action of a key, or undefined for one that means something else.
 *
 * @param focused the element with the focus
 */
export function actionOf(press: KeyPress, focused: Pick<Element, "closest"> | null): ShortcutAction | undefined {
  if (press.ctrlKey || press.altKey || press.metaKey || press.repeat || press.isComposing || press.defaultPrevented) return undefined;
  const key = letterOf(press);
  if (focused?.closest(key === " " ? PRESSED : TYPING)) return undefined;
  return SHORTCUTS.find((shortcut) => shortcut.key === key)?.action;
}

/** The letter on the key, in the layout of the keyboard; where the layout has no Latin letters, the one at its place. */
function letterOf({ key, code }: KeyPress): string {
  if (key === "\u061f") return "?"; // Arabic
  const latin = key.length !== 1 || key.charCodeAt(0) < 0x250;
  return latin ? key.toLowerCase() : (/^Key([A-Z])$/.exec(code)?.[1] ?? key).toLowerCase();
}
