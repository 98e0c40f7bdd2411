/** Calls back with each new frame of a video. */

import type { CameraFrame } from "./types";

/** Uses video frame callbacks where the browser has them, else animation frames; returns a function that stops it. */
export function watchFrames(video: HTMLVideoElement, give: (frame: CameraFrame) => void): () => void {
  return "requestVideoFrameCallback" in video ? byFrames(video, give) : byDisplay(video, give);
}

function byFrames(video: HTMLVideoElement, give: (frame: CameraFrame) => void): () => void {
  let handle = 0;
  const next = () => {
    handle = video.requestVideoFrameCallback((now, { captureTime, width, height }) => {
      next();
      if (width > 0) give({ video, widthPx: width, heightPx: height, timeS: (captureTime ?? now) / 1000 });
    });
  };
  next();
  return () => video.cancelVideoFrameCallback(handle);
}

function byDisplay(video: HTMLVideoElement, give: (frame: CameraFrame) => void): () => void {
  let handle = 0;
  let lastS = -1;
  const next = () => {
    handle = requestAnimationFrame((now) => {
      next();
      const { videoWidth: widthPx, videoHeight: heightPx, currentTime } = video;
      if (widthPx === 0 || currentTime === lastS) return;
      lastS = currentTime;
      give({ video, widthPx, heightPx, timeS: now / 1000 });
    });
  };
  next();
  return () => cancelAnimationFrame(handle);
}
