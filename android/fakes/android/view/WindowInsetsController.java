package android.view;

public interface WindowInsetsController {
  int BEHAVIOR_SHOW_TRANSIENT_BARS_BY_SWIPE = 2;

  void hide(int kinds);

  void show(int kinds);

  void setSystemBarsBehavior(int behaviour);
}
