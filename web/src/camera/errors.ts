/** Errors of a camera as message keys. */

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
  OverconstrainedError: "camera.none", // the chosen camera is gone
  NotReadableError: "camera.in_use",
  TrackStartError: "camera.in_use",
  AbortError: "camera.in_use",
  SecurityError: "camera.insecure",
};

/** The key for an error of `getUserMedia`; an insecure page has no cameras. */
export function cameraErrorKey(error: unknown, secure: boolean): CameraErrorKey {
  if (!secure) return "camera.insecure";
  const name = typeof error === "object" && error !== null && "name" in error ? String(error.name) : "";
  return KEYS[name] ?? "camera.failed";
}
