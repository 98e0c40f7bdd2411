package android.view;

public abstract class Window {
  public int flags;
  public int statusBar;
  public int navigationBar;
  public boolean barsHidden;
  private final View decor = new View(null);

  public View getDecorView() {
    return decor;
  }

  public void addFlags(int more) {
    flags |= more;
  }

  public void clearFlags(int fewer) {
    flags &= ~fewer;
  }

  public void setStatusBarColor(int colour) {
    statusBar = colour;
  }

  public void setNavigationBarColor(int colour) {
    navigationBar = colour;
  }

  public WindowInsetsController getInsetsController() {
    return new WindowInsetsController() {
      @Override
      public void hide(int kinds) {
        barsHidden = true;
      }

      @Override
      public void show(int kinds) {
        barsHidden = false;
      }

      @Override
      public void setSystemBarsBehavior(int behaviour) {}
    };
  }
}
