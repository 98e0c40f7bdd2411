package android.widget;

public class Toast {
  public static final int LENGTH_LONG = 1;
  private String text;

  public static Toast makeText(android.content.Context context, int id, int duration) {
    Toast toast = new Toast();
    toast.text = fake.Phone.resource(id);
    return toast;
  }

  public void show() {
    fake.Phone.toasts.add(text);
  }
}
