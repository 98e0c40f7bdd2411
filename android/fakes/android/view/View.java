package android.view;

public class View {
  public static final int SYSTEM_UI_FLAG_HIDE_NAVIGATION = 0x2;
  public static final int SYSTEM_UI_FLAG_FULLSCREEN = 0x4;
  public static final int SYSTEM_UI_FLAG_LIGHT_NAVIGATION_BAR = 0x10;
  public static final int SYSTEM_UI_FLAG_LAYOUT_STABLE = 0x100;
  public static final int SYSTEM_UI_FLAG_IMMERSIVE_STICKY = 0x1000;
  public static final int SYSTEM_UI_FLAG_LIGHT_STATUS_BAR = 0x2000;

  public int colour;
  public int[] padding = new int[4];
  public int uiFlags;
  public OnApplyWindowInsetsListener insetsListener;
  public OnClickListener clickListener;

  public View(android.content.Context context) {}

  public interface OnApplyWindowInsetsListener {
    WindowInsets onApplyWindowInsets(View view, WindowInsets insets);
  }

  public interface OnClickListener {
    void onClick(View view);
  }

  public void setBackgroundColor(int given) {
    colour = given;
  }

  public void setPadding(int left, int top, int right, int bottom) {
    padding = new int[] {left, top, right, bottom};
  }

  public void setSystemUiVisibility(int flags) {
    uiFlags = flags;
  }

  public void setOnApplyWindowInsetsListener(OnApplyWindowInsetsListener listener) {
    insetsListener = listener;
  }

  public void setOnClickListener(OnClickListener listener) {
    clickListener = listener;
  }
}
