package android.view;

import android.graphics.Insets;

public final class WindowInsets {
  private final Insets edges;
  public int kinds;

  public WindowInsets(Insets edges) {
    this.edges = edges;
  }

  public Insets getInsets(int wanted) {
    kinds = wanted;
    return edges;
  }

  public int getSystemWindowInsetLeft() {
    return edges.left;
  }

  public int getSystemWindowInsetTop() {
    return edges.top;
  }

  public int getSystemWindowInsetRight() {
    return edges.right;
  }

  public int getSystemWindowInsetBottom() {
    return edges.bottom;
  }

  public static final class Type {
    public static int systemBars() {
      return 7;
    }

    public static int ime() {
      return 8;
    }

    public static int displayCutout() {
      return 128;
    }
  }
}
