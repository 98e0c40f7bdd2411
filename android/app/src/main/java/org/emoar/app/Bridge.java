package org.emoar.app;

import android.content.Intent;
import android.net.Uri;
import android.provider.Settings;
import android.util.Base64;
import android.view.WindowManager;
import android.webkit.JavascriptInterface;

/** What the page may call, as window.EmoARShell: see web/src/shell.ts. Android calls it on a thread of its own. */
final class Bridge {
  private final MainActivity activity;
  private final CameraAccess camera;
  private final Saver saver;

  Bridge(MainActivity activity, CameraAccess camera) {
    this.activity = activity;
    this.camera = camera;
    saver = new Saver(activity);
  }

  Saver saver() {
    return saver;
  }

  /** Begins a file. */
  @JavascriptInterface
  public boolean begin(String name, String mediaType) {
    return saver.begin(name, mediaType);
  }

  /** Adds bytes, in Base64, to the file that was begun. */
  @JavascriptInterface
  public boolean write(String base64) {
    try {
      return saver.write(Base64.decode(base64, Base64.DEFAULT));
    } catch (IllegalArgumentException notBase64) {
      return false;
    }
  }

  /** Ends the file: it is shared, or saved where the person finds it. */
  @JavascriptInterface
  public boolean end(boolean share) {
    boolean done = share ? saver.share() : saver.save();
    if (!done) activity.show(R.string.not_saved);
    return done;
  }

  /** Whether only the phone's settings can allow the camera. */
  @JavascriptInterface
  public boolean cameraBlocked() {
    return camera.blocked();
  }

  @JavascriptInterface
  public void openSettings() {
    Uri app = Uri.fromParts("package", activity.getPackageName(), null);
    activity.open(new Intent(Settings.ACTION_APPLICATION_DETAILS_SETTINGS, app));
  }

  /** While the camera's picture is shown, the screen stays on. */
  @JavascriptInterface
  public void live(final boolean live) {
    activity.runOnUiThread(
        new Runnable() {
          @Override
          public void run() {
            if (live) activity.getWindow().addFlags(WindowManager.LayoutParams.FLAG_KEEP_SCREEN_ON);
            else activity.getWindow().clearFlags(WindowManager.LayoutParams.FLAG_KEEP_SCREEN_ON);
          }
        });
  }
}
