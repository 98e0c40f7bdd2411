package android.view;

import java.util.ArrayList;
import java.util.List;

public abstract class ViewGroup extends View {
  public final List<View> children = new ArrayList<>();

  public ViewGroup(android.content.Context context) {
    super(context);
  }

  public static class LayoutParams {
    public static final int WRAP_CONTENT = -2;
  }

  public void addView(View view) {
    children.add(view);
  }

  public void addView(View view, LayoutParams parameters) {
    children.add(view);
  }

  public void removeView(View view) {
    children.remove(view);
  }

  public void removeAllViews() {
    children.clear();
  }
}
