package org.emoar.app;

import android.app.Activity;
import android.content.res.Configuration;
import android.graphics.Insets;
import android.os.Build;
import android.view.View;
import android.view.WindowInsets;
import android.view.WindowInsetsController;

/** Keeps the page clear of the system's bars, the cut-out and the keyboard, and hides the bars in full screen. */
final class Bars implements View.OnApplyWindowInsetsListener {
  private static final int HIDDEN =
      View.SYSTEM_UI_FLAG_FULLSCREEN
          | View.SYSTEM_UI_FLAG_HIDE_NAVIGATION
          | View.SYSTEM_UI_FLAG_IMMERSIVE_STICKY
          | View.SYSTEM_UI_FLAG_LAYOUT_STABLE;
  private static final int DARK_ICONS = View.SYSTEM_UI_FLAG_LIGHT_STATUS_BAR | View.SYSTEM_UI_FLAG_LIGHT_NAVIGATION_BAR;
  private final Activity activity;
  private final View root;
  private boolean hidden;

  Bars(Activity activity, View root) {
    this.activity = activity;
    this.root = root;
    root.setOnApplyWindowInsetsListener(this);
    update();
  }

  @Override
  public WindowInsets onApplyWindowInsets(View view, WindowInsets insets) {
    if (Build.VERSION.SDK_INT >= Build.VERSION_CODES.R) {
      int kinds = WindowInsets.Type.systemBars() | WindowInsets.Type.displayCutout() | WindowInsets.Type.ime();
      Insets edges = insets.getInsets(kinds);
      view.setPadding(edges.left, edges.top, edges.right, edges.bottom);
    } else {
      view.setPadding(
          insets.getSystemWindowInsetLeft(),
          insets.getSystemWindowInsetTop(),
          insets.getSystemWindowInsetRight(),
          insets.getSystemWindowInsetBottom());
    }
    return insets;
  }

  /** Colours as the theme has them now. */
  void update() {
    int ground = activity.getColor(R.color.ground);
    root.setBackgroundColor(ground);
    activity.getWindow().setStatusBarColor(ground);
    activity.getWindow().setNavigationBarColor(ground);
    activity.getWindow().getDecorView().setSystemUiVisibility(flags());
  }

  void hide() {
    hidden = true;
    apply();
  }

  void show() {
    hidden = false;
    apply();
  }

  private void apply() {
    WindowInsetsController controller =
        Build.VERSION.SDK_INT >= Build.VERSION_CODES.R ? activity.getWindow().getInsetsController() : null;
    if (controller == null) {
      activity.getWindow().getDecorView().setSystemUiVisibility(flags());
      return;
    }
    controller.setSystemBarsBehavior(WindowInsetsController.BEHAVIOR_SHOW_TRANSIENT_BARS_BY_SWIPE);
    if (hidden) controller.hide(WindowInsets.Type.systemBars());
    else controller.show(WindowInsets.Type.systemBars());
  }

  private int flags() {
    int night = activity.getResources().getConfiguration().uiMode & Configuration.UI_MODE_NIGHT_MASK;
    int icons = night == Configuration.UI_MODE_NIGHT_YES ? 0 : DARK_ICONS;
    return hidden ? icons | HIDDEN : icons;
  }
}
