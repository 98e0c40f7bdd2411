package android.app;

import android.content.Intent;
import fake.Phone;

public class Activity extends android.content.ContextWrapper {
  public static final int RESULT_OK = -1;
  public static final int RESULT_CANCELED = 0;

  public android.view.View content;
  public boolean finished;
  public boolean inBackground;
  private final android.view.Window window = new android.view.Window() {};

  protected void onCreate(android.os.Bundle state) {}

  protected void onStart() {}

  protected void onStop() {}

  protected void onDestroy() {}

  protected void onSaveInstanceState(android.os.Bundle state) {}

  public void onLowMemory() {}

  public void onConfigurationChanged(android.content.res.Configuration configuration) {}

  public void onBackPressed() {}

  protected void onActivityResult(int request, int result, Intent data) {}

  public void onRequestPermissionsResult(int request, String[] permissions, int[] results) {}

  public void setContentView(android.view.View view) {
    content = view;
  }

  public final void requestPermissions(String[] permissions, int request) {
    Phone.asked.add(permissions);
  }

  public boolean shouldShowRequestPermissionRationale(String permission) {
    return Phone.rationale;
  }

  public void startActivityForResult(Intent intent, int request) {
    startActivity(intent);
    Phone.requests.add(request);
  }

  public final void runOnUiThread(Runnable action) {
    Phone.mainThread.add(action);
  }

  public android.view.Window getWindow() {
    return window;
  }

  public boolean moveTaskToBack(boolean nonRoot) {
    inBackground = true;
    return true;
  }

  public void finish() {
    finished = true;
  }
}
