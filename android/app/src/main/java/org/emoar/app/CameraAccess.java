package org.emoar.app;

import android.app.Activity;
import android.content.pm.PackageManager;
import java.util.ArrayList;
import java.util.List;

/** The permission for the camera, requested when the page or the file chooser needs it. */
final class CameraAccess {
  static final int REQUEST = 1;
  private static final String PERMISSION = "android.permission.CAMERA";

  /** Gets the person's answer. */
  interface Answer {
    void camera(boolean granted);
  }

  private final Activity activity;
  private final List<Answer> waiting = new ArrayList<>();
  private boolean blocked;

  CameraAccess(Activity activity) {
    this.activity = activity;
  }

  boolean granted() {
    return activity.checkSelfPermission(PERMISSION) == PackageManager.PERMISSION_GRANTED;
  }

  /** Whether Android no longer asks the person: only the phone's settings can allow the camera now. */
  boolean blocked() {
    return blocked && !granted();
  }

  /** Answers at once where the camera is allowed; else Android asks, once for all who wait. */
  void request(Answer answer) {
    if (granted()) {
      answer.camera(true);
      return;
    }
    waiting.add(answer);
    if (waiting.size() == 1) activity.requestPermissions(new String[] {PERMISSION}, REQUEST);
  }

  void onResult(int[] results) {
    boolean granted = results.length > 0 && results[0] == PackageManager.PERMISSION_GRANTED;
    boolean interrupted = results.length == 0;
    blocked = !granted && !interrupted && !activity.shouldShowRequestPermissionRationale(PERMISSION);
    List<Answer> answered = new ArrayList<>(waiting);
    waiting.clear();
    for (Answer answer : answered) answer.camera(granted);
  }
}
