/** What went wrong with a camera, as a message key. */

export type CameraErrorKey =
  | "camera.denied"
  | "camera.none"
  | "camera.in_use"
  | "camera.insecure"
  | "camera.unplugged"
  | "camera.failed";

/** The names that browsers give to the errors of `getUserMedia`, old ones too. */
const KEYS: Readonly<Record<string, CameraErrorKey>> = {
  NotAllowedError: "camera.denied",
  PermissionDeniedError: "camera.denied",
  NotFoundError: "camera.none",
  DevicesNotFoundError: "camera.none",
  OverconstrainedError: "camera.none", // the camera that was chosen is not there any more
  NotReadableError: "camera.in_use",
  TrackStartError: "camera.in_use",
  AbortError: "camera.in_use",
  SecurityError: "camera.insecure",
};

/** The key for an error of `getUserMedia`; a page that is not secure has no cameras at all. */
export function cameraErrorKey(error: unknown, secure: boolean): CameraErrorKey {
  if (!secure) return "camera.insecure";
  const name = typeof error === "object" && error !== null && "name" in error ? String(error.name) : "";
  return KEYS[name] ?? "camera.failed";
}
